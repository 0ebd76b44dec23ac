/** Work that is ended at any moment: aborted, timed out, cancelled, disposed of. */
import { FDBError, RunAbortedError, type Database } from 'fdbkit'
import { accountsOf, drawTransfer, transfer } from '../invariants.ts'
import { allEnded, outcomeOf, type Outcome } from '../violation.ts'
import type { Operation, Turn } from './operation.ts'

const TIMED_OUT = 1031
const LONGEST_TIMEOUT = 20

/** The reason of an abort, or that the commit had been sent. */
const abortedBy =
  (reason: unknown) =>
  (error: unknown): Outcome | undefined => {
    if (error === reason) return 'aborted'
    return error instanceof RunAbortedError ? 'aborted, maybe committed' : undefined
  }

function timedOut(error: unknown): Outcome | undefined {
  if (!(error instanceof FDBError) || error.code !== TIMED_OUT) return undefined
  return error.maybeCommitted ? 'timed out, maybe committed' : 'timed out'
}

async function abortedRun({ chance, ground }: Turn): Promise<Outcome> {
  const drawn = drawTransfer(chance)
  const controller = new AbortController()
  const reason = new Error('the soak aborts it')
  const { signal } = controller
  const run = accountsOf(ground.db).doTransaction((tn) => transfer(tn, drawn), { signal })
  const ended = outcomeOf(run, abortedBy(reason))
  await chance.moment()
  controller.abort(reason)
  return ended
}

async function timedRun({ chance, ground }: Turn): Promise<Outcome> {
  const drawn = drawTransfer(chance)
  const timeout = chance.between(1, LONGEST_TIMEOUT)
  const run = accountsOf(ground.db).doTransaction((tn) => transfer(tn, drawn), { timeout })
  return outcomeOf(run, timedOut)
}

/** Single calls, of which some are ended at once. */
async function endedCall({ chance, ground: { db } }: Turn): Promise<Outcome> {
  const reason = new Error('the soak aborts the call')
  const controller = new AbortController()
  const limits = chance.pick([
    { timeout: chance.between(1, LONGEST_TIMEOUT) },
    { signal: controller.signal },
  ])
  const call = chance.pick([
    () => db.get('plain', limits),
    () => db.set('plain', 'value', limits),
    () => db.getRangeAllStartsWith('accounts/', limits),
  ])()
  const ended = outcomeOf(call, (error) => timedOut(error) ?? abortedBy(reason)(error))
  await chance.moment()
  controller.abort(reason)
  return ended
}

/** Calls of one transaction, none of which has been waited for. */
function manyCalls({ chance }: Turn, db: Database) {
  const tn = db.createTransaction()
  const calls: PromiseLike<unknown>[] = [
    tn.get('plain'),
    tn.getRangeAllStartsWith('accounts/'),
    tn.getReadVersion(),
    tn.getKey('plain'),
  ]
  tn.set('plain', String(chance.below(100)))
  if (chance.below(2) === 0) calls.push(tn.commit())
  return { tn, calls }
}

type Calls = ReturnType<typeof manyCalls>

/** Ends a transaction that has calls under way, and gives it back once they have settled. */
const endedBy =
  (end: (tn: Calls['tn']) => void, after?: (tn: Calls['tn']) => PromiseLike<unknown>) =>
  async (turn: Turn): Promise<Outcome> => {
    const { tn, calls } = manyCalls(turn, turn.ground.db)
    const ended = allEnded(calls)
    await turn.chance.moment()
    end(tn)
    const outcome = await ended
    if (after !== undefined) await allEnded([after(tn)])
    tn[Symbol.dispose]()
    return outcome
  }

const cancelled = endedBy((tn) => tn.cancel())
const disposed = endedBy((tn) => tn[Symbol.dispose]())
const reset = endedBy(
  (tn) => tn.reset(),
  (tn) => tn.get('plain'),
)

export const earlyEnds: readonly Operation[] = [
  { name: 'aborted transfer', weight: 10, run: abortedRun },
  { name: 'timed transfer', weight: 10, run: timedRun },
  { name: 'call ended early', weight: 10, run: endedCall },
  { name: 'cancelled transaction', weight: 8, run: cancelled },
  { name: 'disposed transaction', weight: 8, run: disposed },
  { name: 'reset transaction', weight: 4, run: reset },
]
