import { brand } from '../values/kinds.ts'

/**
 * No libfdb_c, or no part of this package. The message lists where it looked and what to do.
 *
 * @example
 * try {
 *   open()
 * } catch (error) {
 *   if (error instanceof LibraryNotFoundError) console.error(error.message, error.looked)
 * }
 */
export class LibraryNotFoundError extends Error {
  override readonly name = 'LibraryNotFoundError'
  /** The paths that were tried, in order. */
  readonly looked: readonly string[]

  /** @internal */
  constructor(message: string, looked: readonly string[]) {
    super(message)
    this.looked = looked
  }
}

brand(LibraryNotFoundError, 'LibraryNotFoundError')
