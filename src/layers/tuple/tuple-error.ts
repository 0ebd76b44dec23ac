// The tuple layer: bytes that sort as the items do that they are packed from.
import { brand } from '../../native/values/kinds.ts'

/**
 * Bytes that are no tuple.
 *
 * @example
 * try {
 *   tuple.unpack(Buffer.from('0241', 'hex'))
 * } catch (error) {
 *   if (!(error instanceof TupleError)) throw error
 *   console.log(error.message) // malformed tuple at byte 1: a string has no end
 * }
 */
export class TupleError extends Error {
  override readonly name = 'TupleError'
  /** The same for every one, for those who don't have the class at hand. */
  readonly code = 'ERR_FDBKIT_TUPLE'
  /** The byte at which it shows; 0 is the first. */
  readonly offset: number

  constructor(what: string, offset: number) {
    super(`malformed tuple at byte ${offset}: ${what}`)
    this.offset = offset
  }
}

brand(TupleError, 'TupleError')
