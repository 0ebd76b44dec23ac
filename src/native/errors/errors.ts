/**
 * Errors. An {@link FDBError} is what the C API answered; an {@link FDBStateError} is a call that came too
 * early, too late, or on something that is gone, and never reached the C API.
 */
import { adviceFor } from './error-advice.ts'
import { errorNames } from './error-names.ts'
import { ownEntry } from '../values/own-entry.ts'
import { shared } from '../values/shared.ts'
import { printable } from '../values/printable.ts'
import { brand } from '../values/kinds.ts'
import { checkIntegerWithin } from '../values/arguments.ts'

/** Codes that a commit may end with although it was applied. */
const MAYBE_COMMITTED = new Set([1021, 1039])

/** Codes that a retry may cure, of transactions that were surely not applied. */
const RETRYABLE_NOT_COMMITTED = new Set([
  1007, 1009, 1020, 1037, 1038, 1042, 1051, 1078, 1213, 1223, 1235, 1242,
])

/** Errors after which a commit may have been applied, whatever their code says. */
const unknownOutcomes = shared('unknown outcomes', () => new WeakSet<object>())

/** A commit fails with it when its transaction is used before the answer is there. */
const USED_DURING_COMMIT = 2017

/**
 * A commit that was sent and failed with this code may have been applied: all codes but those of a refusal. Besides
 * those of transactions that were surely not applied, those are 2000 to 2999 for what a client or a proxy doesn't
 * take, and 6000 and 6001 for permissions.
 */
export function isUnknownAfterCommit(code: number): boolean {
  if (code === USED_DURING_COMMIT) return true
  const refused = (code >= 2000 && code < 3000) || code === 6000 || code === 6001
  return !refused && !RETRYABLE_NOT_COMMITTED.has(code)
}

/** From now on the error says `maybeCommitted`: a commit before it was sent, and its outcome is not known. */
export function markMaybeCommitted(error: unknown): void {
  if (typeof error === 'object' && error !== null) unknownOutcomes.add(error)
}

/** It was marked so. */
export function isMarkedMaybeCommitted(error: object): boolean {
  return unknownOutcomes.has(error)
}

/** Codes whose advice says it already. */
const SAYS_UNKNOWN = new Set([1021, 1022, 1039])

const UNKNOWN = '. The commit had been sent, and may have been applied: look before you do it again'

/** Where an error came from. */
export interface ErrorContext {
  /** The call that failed, for example `get`. */
  readonly operation?: string | undefined
  /** The key of the call, or the first key of its range, with the prefix of its scope. */
  readonly key?: Uint8Array | undefined
  /** It was a commit with something to apply, and had been sent when it failed. */
  readonly commitSent?: boolean | undefined
}

/**
 * An error of the C API.
 *
 * The message says what it came from, what to do about it, and the name and the code:
 * `get of 'user/\x15\x01': The transaction is older than 5 seconds; ... (transaction_too_old, 1007)`.
 *
 * @example
 * try {
 *   await tn.commit()
 * } catch (error) {
 *   if (error instanceof FDBError && error.code === 1020) console.log('a conflict')
 * }
 */
export class FDBError extends Error {
  /** The code of the C API, for example 1020. */
  readonly code: number
  /** Its name in the C API, for example `not_committed`. */
  readonly codeName: string
  /** The call that failed, for example `get`, `commit` or `getRange`, where that is known. */
  readonly operation: string | undefined
  /**
   * The key of that call, or the first key of its range, with the prefix of its scope, where that is known.
   * It was not copied: a buffer that the program has filled anew since shows its new content.
   */
  readonly key: Uint8Array | undefined

  /** An error by its code, as a transaction's function may throw to be run again. */
  constructor(code: number, detail?: string, context: ErrorContext = {}) {
    checkIntegerWithin('code of an FDBError', code, 0, 2 ** 31 - 1)
    const name = errorName(code)
    const from = detail ?? placeOf(context)
    const isUnknown = context.commitSent === true && isUnknownAfterCommit(code)
    const advice = adviceFor(code, name) + (isUnknown && !SAYS_UNKNOWN.has(code) ? UNKNOWN : '')
    super(`${from === undefined ? '' : `${from}: `}${advice} (${name}, ${code})`)
    if (isUnknown) markMaybeCommitted(this)
    this.name = 'FDBError'
    this.code = code
    this.codeName = name
    this.operation = context.operation
    this.key = context.key
  }

  /** A retry loop may try again. */
  get retryable(): boolean {
    return isRetryable(this.code)
  }

  /**
   * A commit may have been applied all the same. True for the codes that say so (1021, 1039); for whatever ended a
   * commit that had been sent, but a refusal: a timeout, `cancel`, `close`; and for the error of a run of which an
   * earlier commit had no known outcome.
   */
  get maybeCommitted(): boolean {
    return isMaybeCommitted(this.code) || unknownOutcomes.has(this)
  }

  /** A retry loop may try again, and nothing was applied. */
  get retryableNotCommitted(): boolean {
    return isRetryableNotCommitted(this.code) && !this.maybeCommitted
  }
}

brand(FDBError, 'FDBError')

function placeOf({ operation, key }: ErrorContext): string | undefined {
  if (operation === undefined || key === undefined) return operation
  return `${operation} of ${printable(key)}`
}

/**
 * A call that does not fit the state of the process or of a handle. The call did nothing; what was under way when its
 * worker closed fails with it, too.
 *
 * @example
 * db.close()
 * try {
 *   await db.get('a')
 * } catch (error) {
 *   if (error instanceof FDBStateError) console.error(error.message) // the database is closed
 * }
 */
export class FDBStateError extends Error {
  override readonly name = 'FDBStateError'

  /** A commit had been sent before, and may have been applied. */
  get maybeCommitted(): boolean {
    return unknownOutcomes.has(this)
  }
}

brand(FDBStateError, 'FDBStateError')

/**
 * There is no room: the operation was not started. Await some, and try again. A worker has room for 65,536 transactions and
 * 262,144 operations in flight, and 1,000,000 single calls (`db.set`) may wait for theirs.
 *
 * @example
 * try {
 *   await db.set('a', 'b')
 * } catch (error) {
 *   if (error instanceof FDBBusyError) console.error('too much at one time', error.message)
 * }
 */
export class FDBBusyError extends Error {
  override readonly name = 'FDBBusyError'
}

brand(FDBBusyError, 'FDBBusyError')

/** The name in the C API of an error code; `unknown_error` for a code that no release has. */
export function errorName(code: number): string {
  return ownEntry(errorNames, code) ?? 'unknown_error'
}

/** As `fdb_error_predicate(RETRYABLE)` of release 7.4. */
export function isRetryable(code: number): boolean {
  return MAYBE_COMMITTED.has(code) || RETRYABLE_NOT_COMMITTED.has(code)
}

/** As `fdb_error_predicate(MAYBE_COMMITTED)` of release 7.4. */
export function isMaybeCommitted(code: number): boolean {
  return MAYBE_COMMITTED.has(code)
}

/** As `fdb_error_predicate(RETRYABLE_NOT_COMMITTED)` of release 7.4. */
export function isRetryableNotCommitted(code: number): boolean {
  return RETRYABLE_NOT_COMMITTED.has(code)
}
