/** Bodies follow: the signatures are agreed. */
export class FDBError extends Error {
  /** The code of the C API, for example 1020. */
  readonly code: number
  /** Its name in the C API, for example `not_committed`. */
  readonly codeName: string

  constructor(code: number, detail?: string) {
    super(detail ?? `FoundationDB error ${code}`)
    this.name = 'FDBError'
    this.code = code
    this.codeName = 'unknown_error'
  }

  /** A retry loop may try again. */
  get retryable(): boolean {
    return false
  }

  /** The commit may have been applied all the same. */
  get maybeCommitted(): boolean {
    return false
  }

  /** A retry loop may try again, and the commit was not applied. */
  get retryableNotCommitted(): boolean {
    return false
  }
}

/** A call that does not fit the state of the process or of a handle: too late, too early, destroyed. */
export class FDBStateError extends Error {
  override readonly name = 'FDBStateError'
}
