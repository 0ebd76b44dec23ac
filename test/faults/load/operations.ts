/** The calls of the load, and what they may end with. */
import type { Database } from '../../../src/index.ts'
import { checkTotal, post, readTotal, type Posting } from './ledger.ts'
import type { Fate } from './recorder.ts'

/**
 * `patient` waits as long as the cluster is away; `limited` is a run with a timeout, `single` one attempt with a timeout, and
 * `look` a read of all accounts with a timeout.
 */
export type Kind = 'patient' | 'limited' | 'single' | 'look'

/** As often as each is drawn. */
export const KINDS: readonly Kind[] = ['patient', 'limited', 'limited', 'single', 'look']
export const WITH_TIMEOUT = KINDS.filter((kind) => kind !== 'patient')

const TIMED_OUT = 1031
/** What one attempt may fail with: errors.md says of all of them that a retry may help. */
const OF_AN_ATTEMPT = new Set([
  1007, 1009, 1020, 1021, 1037, 1039, 1042, 1051, 1078, 1213, 1223, 1235, 1242,
])

/** What a call came to; `code` is that of its error. */
export interface Ended {
  readonly fate: Fate
  readonly code?: number
}

interface CodedError {
  readonly name: string
  readonly code: number
  readonly maybeCommitted: boolean
}

/** @throws the error, when it is none that the kind of call may end with. */
function endOf(kind: Kind, error: unknown): Ended {
  const { name, code, maybeCommitted } = error as CodedError
  const isKnown =
    name === 'FDBError' &&
    kind !== 'patient' &&
    (code === TIMED_OUT || (kind === 'single' && OF_AN_ATTEMPT.has(code)))
  if (!isKnown) throw error
  return { fate: maybeCommitted ? 'unknown' : 'refused', code }
}

async function attemptOnce(db: Database, posting: Posting, timeout: number): Promise<void> {
  const tn = db.createTransaction({ timeout })
  try {
    await post(tn, posting)
    await tn.commit()
  } finally {
    tn[Symbol.dispose]()
  }
}

/** Does it once: settles however the cluster is. */
export async function operate(
  db: Database,
  kind: Kind,
  posting: Posting,
  timeout: number,
): Promise<Ended> {
  try {
    switch (kind) {
      case 'patient':
        await db.doTransaction((tn) => post(tn, posting))
        break
      case 'limited':
        await db.doTransaction((tn) => post(tn, posting), { timeout })
        break
      case 'single':
        await attemptOnce(db, posting, timeout)
        break
      case 'look':
        checkTotal(await db.doTransaction(readTotal, { timeout, readOnly: true }))
    }
    return { fate: 'acknowledged' }
  } catch (error) {
    return endOf(kind, error)
  }
}
