/**
 * Errors. An {@link FDBError} is what the C API answered; an {@link FDBStateError} is a call that came too
 * early, too late, or on something that is gone, and never reached the C API.
 */
import { adviceFor } from './error-advice.ts'
import { errorNames } from './error-names.ts'
import { printable } from './printable.ts'

/** Codes that a commit may end with although it was applied. */
const MAYBE_COMMITTED = new Set([1021, 1039])

/** Codes that a retry may cure, of transactions that were surely not applied. */
const RETRYABLE_NOT_COMMITTED = new Set([
  1007, 1009, 1020, 1037, 1038, 1042, 1051, 1078, 1213, 1223, 1235, 1242,
])

/** Where an error came from. */
export interface ErrorContext {
  /** The call that failed, for example `get`. */
  readonly operation?: string | undefined
  /** The key of the call, or the first key of its range, with the prefix of its scope. */
  readonly key?: Uint8Array | undefined
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
    const name = errorName(code)
    const advice = adviceFor(code, name)
    const from = detail ?? placeOf(context)
    super(`${from === undefined ? '' : `${from}: `}${advice} (${name}, ${code})`)
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

  /** The commit may have been applied all the same. */
  get maybeCommitted(): boolean {
    return isMaybeCommitted(this.code)
  }

  /** A retry loop may try again, and the commit was not applied. */
  get retryableNotCommitted(): boolean {
    return isRetryableNotCommitted(this.code)
  }
}

function placeOf({ operation, key }: ErrorContext): string | undefined {
  if (operation === undefined || key === undefined) return operation
  return `${operation} of ${printable(key)}`
}

/**
 * A call that does not fit the state of the process or of a handle. Nothing was done.
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
}

/** Every slot for operations in flight is taken. The operation was not started: await some, try again. */
export class FDBBusyError extends Error {
  override readonly name = 'FDBBusyError'
}

/** The name in the C API of an error code; `unknown_error` for a code that no release has. */
export function errorName(code: number): string {
  return (Object.hasOwn(errorNames, code) ? errorNames[code] : undefined) ?? 'unknown_error'
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
