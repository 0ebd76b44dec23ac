import type { Given } from '../attempt/transaction-function.ts'
import type { NativeValue } from '../keys/bytes.ts'
import type { Transaction } from '../transaction/transaction.ts'

/**
 * What a transaction runs in: a database, where it is one of its own, or a transaction, of which it becomes a part.
 *
 * @example
 * async function count(on: Transactor): Promise<number> {
 *   return await on.doTransaction(async (tn) => (await tn.getRangeAll('a', 'b')).length)
 * }
 */
export interface Transactor<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> {
  /** Runs `body`: on a database with commit and retries, in a transaction as a part of that. */
  doTransaction<T>(body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => Given<T>): Promise<T>
}
