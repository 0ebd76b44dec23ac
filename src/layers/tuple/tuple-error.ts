/** Bytes that are no tuple. `offset` is the byte at which that shows. */
export class TupleError extends Error {
  override readonly name = 'TupleError'
  readonly code = 'ERR_FDBKIT_TUPLE'
  readonly offset: number

  constructor(what: string, offset: number) {
    super(`malformed tuple at byte ${offset}: ${what}`)
    this.offset = offset
  }
}
