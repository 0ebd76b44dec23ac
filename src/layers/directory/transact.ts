import { patientGenerator } from '../../client/attempt/patient-generator.ts'
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

/**
 * The promise of an operation, for its caller. In a transaction that is one like all that transactions hand out: it may
 * fail before anybody asks for it.
 */
export function handedOut<T>(
  scope: AnyDatabaseOrTransaction,
  operation: () => Promise<T>,
): Promise<T> {
  const given: unknown = scope
  return given instanceof Transaction ? given.doTransaction(operation) : operation()
}

/** As {@link handedOut}, for each promise of a generator. */
export function handedOutOneByOne<T>(
  scope: AnyDatabaseOrTransaction,
  values: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  return patientGenerator(values, (promise) => handedOut(scope, () => promise))
}

/** Runs `body` in the transaction, or in one of the database. */
export function transact<T>(
  scope: AnyDatabaseOrTransaction,
  body: (tn: Transaction) => Promise<T>,
): Promise<T> {
  const given: unknown = scope
  if (given instanceof Transaction) return (given as Transaction).doTransaction(body)
  if (given instanceof Database) return (given as Database).doTransaction(body)
  const problem = `a directory operation takes a Database or a Transaction first, not ${describe(given)}`
  return Promise.reject(new TypeError(problem))
}

/** For generators, which can't be run again from the start. */
export function transactionOnly(scope: AnyDatabaseOrTransaction): Transaction {
  const given: unknown = scope
  if (given instanceof Transaction) return given as Transaction
  throw new TypeError(`list takes a Transaction; listAll also takes a Database`)
}
