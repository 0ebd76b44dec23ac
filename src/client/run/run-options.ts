import type { TransactionOptions } from '../../native/generated/transaction-options.ts'
import type { Given } from '../attempt/transaction-function.ts'
import type { Budget } from '../attempt/read-budget.ts'
import type { Attempt, RunObserver } from './retry-loop.ts'
import type { Transaction } from '../transaction/transaction.ts'

/** Whose turn is first when the cluster is busy. `immediate` is for the cluster's own tools. */
export type TransactionPriority = 'default' | 'batch' | 'immediate'

/**
 * How a transaction is run. Besides what is listed here, any transaction option by its name in the C API.
 * Options hold for every attempt. A wrong one is a TypeError, before anything is done.
 *
 * @example
 * await db.doTransaction((tn) => tn.set('a', 'b'), {
 *   timeout: 5000,
 *   retryLimit: 10,
 *   tags: ['import'],
 *   priority: 'batch',
 * })
 */
export interface RunOptions extends TransactionOptions {
  /** What it does, for people: its name in traces. Default: the name of its function. */
  name?: string | undefined
  /**
   * Milliseconds for all attempts together, with the waits between them, also while the function waits for something else;
   * 0 for no limit. `maybeCommitted` of the error (1031) tells whether a commit was under way.
   */
  timeout?: number | bigint | undefined
  /** Attempts after the first; -1 for no limit. */
  retryLimit?: number | undefined
  /** The longest wait before another attempt, in milliseconds; 1,000 unless set. */
  maxRetryDelay?: number | undefined
  /** Bytes that the commit may send, 32 to 10,000,000; above them it fails with 2101. */
  sizeLimit?: number | undefined
  /**
   * `automatic`: the cluster remembers the commit, so that a client that lost the answer can find out, and
   * the run doesn't end or repeat by `commit_unknown_result`. From release 7.3 on; in development there. It keeps what it
   * remembers until the client has its answer, or for a day or more (its knob `idempotency_ids_min_age_seconds`): a client
   * that asks later, as after a long outage, gets `commit_unknown_result_fatal` (1022), which no attempt follows.
   */
  idempotency?: 'automatic' | undefined
  /** At most 5, of 1 to 16 bytes each, by which an operator may throttle the transaction. */
  tags?: readonly string[] | undefined
  /** Whose turn is first when the cluster is busy. */
  priority?: TransactionPriority | undefined
  /** Writes throw `transaction_read_only` (2023), and reads add no conflicts. */
  readOnly?: boolean | undefined
  /**
   * Ends the run at once, also while its function waits for something else: what is under way is cancelled. When no
   * commit had been sent the run rejects with the signal's reason, and nothing is applied; after that with a
   * `RunAbortedError`, unless the commit was answered already.
   */
  signal?: AbortSignal | undefined
  /** Is told of every attempt. */
  observer?: RunObserver | undefined
  /** Stops an attempt that reads more, or runs longer, with a `BudgetExceededError`. It never cancels a commit. */
  budget?: Budget | undefined
}

/** Options of a transaction of your own: the same, without what the retry loop does. */
export type TransactionSettings = Omit<RunOptions, 'name' | 'signal' | 'observer' | 'budget'>

/**
 * What a transaction's function gets and gives: a value, a promise, or, of a generator function, a task. It may run more than once, each time with a transaction of its own, which
 * ends when the function has settled: what is called on it later throws an FDBStateError.
 */
export type TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T> = (
  tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>,
  attempt: Attempt,
) => Given<T>
