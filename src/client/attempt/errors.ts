import { brand } from '../../native/values/kinds.ts'

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

brand(ReadLimitError, 'ReadLimitError')

/**
 * The signal of a run aborted after a commit of its had been sent: what was written may have been applied or not. A run
 * that is aborted before rejects with the signal's reason itself, and nothing was applied.
 *
 * Its name is that of aborts everywhere, `AbortError`.
 *
 * @example
 * const signal = AbortSignal.timeout(5000)
 * try {
 *   await db.doTransaction((tn) => tn.set('a', 'b'), { signal })
 * } catch (error) {
 *   if (error instanceof RunAbortedError) console.error('look whether it was applied', error.cause)
 *   else if (signal.aborted) console.error('it was not applied')
 * }
 */
export class RunAbortedError extends Error {
  override readonly name = 'AbortError'
  /** For programs that look at codes. */
  readonly code = 'ERR_FDBKIT_RUN_ABORTED'
  /** What the run wrote may have been applied. */
  readonly maybeCommitted = true

  /** @internal `reason` is the signal's, and becomes the cause. */
  constructor(reason: unknown) {
    super(
      'the run was aborted when a commit of its had been sent: it may have been applied or not, ' +
        'so look before you do it again',
      { cause: reason },
    )
  }
}

brand(RunAbortedError, 'RunAbortedError')
