/** A read stopped at a limit that the program set, so that it can't fill the memory. */
export class ReadLimitError extends Error {
  override readonly name = 'ReadLimitError'
  readonly code = 'ERR_FDBKIT_READ_LIMIT'
  /** Bytes of keys and values that were read until then. */
  readonly bytesRead: number

  constructor(what: string, maxBytes: number, bytesRead: number) {
    super(
      `${what} read ${bytesRead} bytes, more than its maxBytes of ${maxBytes}: ` +
        'raise maxBytes, set a limit, or take the range in batches with getRangeBatch',
    )
    this.bytesRead = bytesRead
  }
}
