import type { TransactionOptions } from '../native/generated/transaction-options.ts'
import type { Budget } from './read-budget.ts'
import type { Attempt, RunObserver } from './retry-loop.ts'
import type { Transaction } from './transaction.ts'

/** Options of the transaction by their names in the C API, and how to run it. */
export interface RunOptions extends TransactionOptions {
  /** Ends the run: what is under way is cancelled, and the run rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Is told of every attempt. */
  observer?: RunObserver | undefined
  /** Stops an attempt that reads more, or runs longer, with a typed error. */
  budget?: Budget | undefined
}

/** What a transaction's function gets and gives. It may run more than once. */
export type TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T> = (
  tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>,
  attempt: Attempt,
) => PromiseLike<T> | T
