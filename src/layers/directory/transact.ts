import { patientGenerator } from '../../client/attempt/patient-generator.ts'
import { checkTransaction, noScope } from '../../client/keys/given-scope.ts'
import type { Transactor } from '../../client/run/transactor.ts'
import type { GetSubspace } from '../../client/keys/subspace.ts'
import { Transaction } from '../../client/transaction/transaction.ts'

const SCOPE = 'scope of a directory operation'

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
  const problem = noScope(scope, SCOPE)
  if (problem !== undefined) return Promise.reject(problem)
  const given: unknown = scope
  return given instanceof Transaction ? given.doTransaction(operation) : operation()
}

/** As {@link handedOut}, for each promise of a generator. */
export function handedOutOneByOne<T>(
  scope: AnyDatabaseOrTransaction,
  values: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const isScope = noScope(scope, SCOPE) === undefined
  return patientGenerator(values, (promise) =>
    isScope ? handedOut(scope, () => promise) : promise,
  )
}

/** Runs `body` in the transaction, or in one of the database. */
export function transact<T>(
  scope: AnyDatabaseOrTransaction,
  body: (tn: Transaction) => Promise<T>,
): Promise<T> {
  const problem = noScope(scope, SCOPE)
  if (problem !== undefined) return Promise.reject(problem)
  return (scope as unknown as Transactor).doTransaction(body)
}

/** For generators, which can't be run again from the start. */
export function transactionOnly(scope: AnyDatabaseOrTransaction): Transaction {
  checkTransaction(scope, 'scope of list, unlike that of listAll,')
  return scope as unknown as Transaction
}
