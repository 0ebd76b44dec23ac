/** Transfers in tasks that are joined, or cancelled where they wait. */
import { CancelledError, fdbSpawn } from 'fdbkit/task'
import { accountsOf, drawTransfer } from '../invariants.ts'
import { endedEarly, outcomeOf, type Outcome } from '../violation.ts'
import type { Operation, Turn } from './operation.ts'

/** One attempt, whose transaction is given back however it ends. */
function spawnTransfer({ chance, ground }: Turn) {
  const { from, to, amount } = drawTransfer(chance)
  return fdbSpawn(function* () {
    using tn = accountsOf(ground.db).createTransaction()
    const has = Number(yield* tn.get(from))
    const moved = Math.min(amount, has)
    tn.set(from, has - moved)
    tn.set(to, Number(yield* tn.get(to)) + moved)
    yield* tn.commit()
  })
}

const joined = (turn: Turn): Promise<Outcome> => outcomeOf(spawnTransfer(turn), endedEarly)

async function cancelled(turn: Turn): Promise<Outcome> {
  const handle = spawnTransfer(turn)
  const ended = outcomeOf(handle, (error) =>
    error instanceof CancelledError ? 'cancelled' : endedEarly(error),
  )
  await turn.chance.moment()
  handle.cancel()
  return ended
}

export const tasks: readonly Operation[] = [
  { name: 'task', weight: 5, run: joined },
  { name: 'task that is cancelled', weight: 5, run: cancelled },
]
