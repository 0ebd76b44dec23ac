/**
 * The attempts of transactions as events of the simulator's trace, seen where their commands pass: also
 * those of a transaction that a workload retries itself.
 */
import { Code } from '../../future/port/commands.ts'
import { isUnknownAfterCommit } from '../../native/errors/errors.ts'
import type { TraceDetails } from '../author/workload-context.ts'

interface Attempt {
  /** 1, 2, 3, ... among the client's transactions. */
  readonly transaction: number
  number: number
  began: number
  /** The error that the attempt met last. */
  error: number
}

interface Operation {
  readonly code: number
  readonly attempt: Attempt
}

export class TransactionTrace {
  readonly #now: () => number
  readonly #trace: (name: string, details: TraceDetails) => void
  readonly #attempts = new Map<number, Attempt>()
  readonly #operations = new Map<number, Operation>()
  #transactions = 0

  /** @param now milliseconds. */
  constructor(now: () => number, trace: (name: string, details: TraceDetails) => void) {
    this.#now = now
    this.#trace = trace
  }

  /** A command with a future goes out. */
  submitted(code: number, slot: number, object: number): void {
    if (code < Code.get || code > Code.getAddressesForKey) return
    this.#operations.set(slot, { code, attempt: this.#attemptOf(object) })
  }

  settled(slot: number, error: number): void {
    const operation = this.#operations.get(slot)
    if (operation === undefined) return
    this.#operations.delete(slot)
    const { code, attempt } = operation
    if (error !== 0) attempt.error = error
    if (code === Code.commit) {
      if (error === 0) this.#emit('Committed', attempt)
      else {
        const MaybeCommitted = isUnknownAfterCommit(error)
        this.#emit('Failed', attempt, { Error: error, MaybeCommitted })
      }
    } else if (code === Code.onError) {
      this.#emit(error === 0 ? 'Retried' : 'GaveUp', attempt, { Error: attempt.error })
      attempt.number++
      attempt.began = this.#now()
    }
  }

  destroyed(object: number): void {
    this.#attempts.delete(object)
  }

  #attemptOf(object: number): Attempt {
    const known = this.#attempts.get(object)
    if (known !== undefined) return known
    const transaction = ++this.#transactions
    const attempt = { transaction, number: 1, began: this.#now(), error: 0 }
    this.#attempts.set(object, attempt)
    this.#emit('Started', attempt)
    return attempt
  }

  #emit(what: string, attempt: Attempt, more: TraceDetails = {}): void {
    this.#trace(`FdbkitTransaction${what}`, {
      Transaction: attempt.transaction,
      Attempt: attempt.number,
      Milliseconds: (this.#now() - attempt.began).toFixed(3),
      ...more,
    })
  }
}
