/**
 * A read stopped at a limit that the program set, so that it can't fill the memory.
 *
 * @example
 * try {
 *   await tn.getRangeAll('a', 'z', { maxBytes: 10_000 })
 * } catch (error) {
 *   if (error instanceof ReadLimitError) console.error(`stopped after ${error.bytesRead} bytes`)
 * }
 */
export class ReadLimitError extends Error {
  override readonly name = 'ReadLimitError'
  /** For programs that look at codes. */
  readonly code = 'ERR_FDBKIT_READ_LIMIT'
  /** Bytes of keys and values that were read until then. */
  readonly bytesRead: number

  /** @internal */
  constructor(what: string, maxBytes: number, bytesRead: number) {
    super(
      `${what} read ${bytesRead} bytes, more than its maxBytes of ${maxBytes}: ` +
        'raise maxBytes, set a limit, or take the range in batches with getRangeBatch',
    )
    this.bytesRead = bytesRead
  }
}
