import { describe } from '../../client/keys/bytes.ts'
import { Database } from '../../client/database/database.ts'
import type { GetSubspace } from '../../client/keys/subspace.ts'
import { Transaction } from '../../client/transaction/transaction.ts'

/**
 * A scope of a database or of a transaction. On a database an operation is a transaction of its own; in
 * a transaction it is a part of that. The directories it gives take the encodings of the scope.
 */
export interface DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut> extends GetSubspace<
  KeyIn,
  KeyOut,
  ValIn,
  ValOut
> {
  /** Both have it, subspaces and directories have not. */
  setOption(option: never, value?: never): void
}

/** Any scope, when the encodings don't matter. */
export type AnyDatabaseOrTransaction = DatabaseOrTransaction<never, unknown, never, unknown>

/** Runs `body` in the transaction, or in one of the database. */
export async function transact<T>(
  scope: AnyDatabaseOrTransaction,
  body: (tn: Transaction) => Promise<T>,
): Promise<T> {
  const given: unknown = scope
  if (given instanceof Transaction) return await body(given as Transaction)
  if (given instanceof Database) return await (given as Database).doTransaction(body)
  throw new TypeError(
    `a directory operation takes a Database or a Transaction first, not ${describe(given)}`,
  )
}

/** For generators, which can't be run again from the start. */
export function transactionOnly(scope: AnyDatabaseOrTransaction): Transaction {
  const given: unknown = scope
  if (given instanceof Transaction) return given as Transaction
  throw new TypeError(`list takes a Transaction; listAll also takes a Database`)
}
