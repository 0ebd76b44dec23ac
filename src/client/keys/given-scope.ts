/**
 * What a call is given as a database, a transaction, or a part of the key space, checked before it is used: who passes
 * something else reads which argument it was. Known by their marks, so that another copy of the package may have made them.
 */
import { isOfKind, otherCopy } from '../../native/values/kinds.ts'
import { isGetSubspace } from './subspace.ts'
import { describe } from '../../native/values/describe.ts'

/** @throws TypeError for what is no database; `what` begins the message: `db of a Queue`. */
export function checkDatabase(given: unknown, what: string): void {
  if (!isOfKind('Database', given)) throw wrong(given, what, 'a Database', ['Database'])
}

/** @throws TypeError for what is no transaction; `what` begins the message. */
export function checkTransaction(given: unknown, what: string): void {
  const problem = noTransaction(given, what)
  if (problem !== undefined) throw problem
}

/** What is wrong with what should be a transaction: for calls that answer by a promise. */
export function noTransaction(given: unknown, what: string): TypeError | undefined {
  if (isOfKind('Transaction', given)) return undefined
  return wrong(given, what, 'a Transaction', ['Transaction'])
}

/** What is wrong with what should be a database or a transaction. */
export function noScope(given: unknown, what: string): TypeError | undefined {
  const kinds = ['Database', 'Transaction']
  if (kinds.some((name) => isOfKind(name, given))) return undefined
  return wrong(given, what, 'a Database or a Transaction', kinds)
}

/** @throws TypeError for what names no part of the key space; `what` begins the message. */
export function checkPlace(given: unknown, what: string): void {
  if (isGetSubspace(given)) return
  throw wrong(given, what, 'a Subspace, a Database, a Transaction or a Directory', ['Subspace'])
}

function wrong(given: unknown, what: string, takes: string, kinds: readonly string[]): TypeError {
  const [other] = kinds.flatMap((name) => otherCopy(name, given) ?? [])
  const isPromise = typeof (given as { then?: unknown } | null | undefined)?.then === 'function'
  const advice = isPromise ? ': await it first' : ''
  return new TypeError(`${what} is ${takes}, not ${other ?? describe(given)}${advice}`)
}
