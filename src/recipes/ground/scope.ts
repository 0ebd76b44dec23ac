import { encoders } from '../../client/keys/encoders.ts'
import type { Database } from '../../client/database/database.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import type { TupleItem, UnpackedItem } from '../../layers/tuple/tuple-item.ts'
import { checkDatabase, noTransaction } from '../../client/keys/given-scope.ts'

type TupleKey = TupleItem | readonly TupleItem[]

/** The part of the database that a recipe lives in: tuples as keys, the caller's values. */
export type RecipeScope<ValIn, ValOut> = Database<TupleKey, UnpackedItem[], ValIn, ValOut>

/** A recipe's own records: tuples as keys, bytes as values. */
export type RawScope = RecipeScope<NativeValue, Buffer>

/** A transaction of any scope: a recipe looks at its own part of the key space through it. */
export type AnyTransaction = Transaction<never, unknown, never, unknown>

/** What a recipe is put into: a scope with the encoding of its values; its key encoding doesn't matter. */
export type AnyScope<ValIn, ValOut> = Database<never, unknown, ValIn, ValOut>

/** @param recipe its name, for the error. @throws TypeError for what is no database. */
export function recipeScope<ValIn, ValOut>(
  db: AnyScope<ValIn, ValOut>,
  recipe: string,
): RecipeScope<ValIn, ValOut> {
  checkDatabase(db, `db of new ${recipe}`)
  return db.withKeyEncoding(encoders.tuple)
}

/** What a call of a recipe does as a part of a transaction of the caller's. Rejects with a TypeError for what is none. */
export function partOf<T>(
  tn: AnyTransaction,
  call: string,
  body: () => PromiseLike<T>,
): Promise<T> {
  const problem = noTransaction(tn, `tn of ${call}`)
  return problem === undefined ? tn.doTransaction(body) : Promise.reject(problem)
}
