// What one attempt at a transaction has gathered, what it may use, and how it refuses when it is over.
/**
 * Stands in for the native transaction of an attempt that is over. Attempts of one run share a native transaction, so
 * what one of them does too late would become part of the next, or of a commit that is under way.
 */
import { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import { FDBStateError } from '../../native/errors/errors.ts'

/** Why an attempt is over. */
export type Ending = 'returned' | 'threw' | 'stopped'

const WHY: Readonly<Record<Ending, string>> = {
  returned: 'its function has returned',
  threw: 'its function has thrown',
  stopped: 'it was stopped by its signal or its budget',
}

/** Who is told of calls that come too late. */
export interface LateCalls {
  noteLateCall(error: FDBStateError): void
}

class EndedTransaction {
  readonly destroyed = true
  readonly #attempt: number
  readonly #ending: Ending
  readonly #owner: LateCalls

  constructor(attempt: number, ending: Ending, owner: LateCalls) {
    this.#attempt = attempt
    this.#ending = ending
    this.#owner = owner
  }

  /** Throws; `call` is its name. */
  refuse(call: string): never {
    const error = new FDBStateError(
      `${call} was called too late: the transaction is that of attempt ${this.#attempt}, which is over since ` +
        `${WHY[this.#ending]}. Something in the function was not awaited: await all that it starts, also ` +
        'the other branches when one fails, and use only the transaction that each attempt is given.',
    )
    this.#owner.noteLateCall(error)
    throw error
  }

  /** There is nothing left to give back. */
  [Symbol.dispose](): void {}
}

// All that a native transaction has, so that none is forgotten.
const members = Object.getOwnPropertyDescriptors(TransactionHandle.prototype)
for (const [name, { value }] of Object.entries(members)) {
  if (name === 'constructor' || name === 'destroyed') continue
  const refuse = function (this: EndedTransaction): never {
    return this.refuse(name)
  }
  const descriptor = value === undefined ? { get: refuse } : { value: refuse }
  Object.defineProperty(EndedTransaction.prototype, name, descriptor)
}

/** Every call of it but `close` throws an FDBStateError that names the call and the attempt, and is told to `owner`. */
export function endedTransaction(
  attempt: number,
  ending: Ending,
  owner: LateCalls,
): TransactionHandle {
  return new EndedTransaction(attempt, ending, owner) as unknown as TransactionHandle
}
