/**
 * The mark that each transaction leaves: its number, below a stamp of its commit. So the range of marks is the list of all
 * commits in their order, with those whose outcome nobody was told.
 *
 * It lies with the system keys that are no metadata, where no read or clear of users' keys comes.
 */
const PREFIX = '\xff\x02/fdbkit/oracle/'
const STAMP_BYTES = 10

export const MARKS = { begin: PREFIX, end: `${PREFIX}\xff` }

/** The operand of a set with a stamped key: where the stamp goes is in the last four bytes. */
const STAMPED_KEY = Buffer.concat([
  Buffer.from(PREFIX, 'latin1'),
  Buffer.alloc(STAMP_BYTES),
  Buffer.from([PREFIX.length, 0, 0, 0]),
])

export function stampedKey(): Buffer {
  return STAMPED_KEY
}

export function markOf(id: number): Buffer {
  const value = Buffer.alloc(8)
  value.writeBigUInt64BE(BigInt(id))
  return value
}

/** A mark that was found. */
export interface Mark {
  /** Ten bytes in hexadecimal. */
  readonly stamp: string
  readonly id: number
}

export function readMark(key: Buffer, value: Buffer): Mark {
  return {
    stamp: key.subarray(PREFIX.length).toString('hex'),
    id: Number(value.readBigUInt64BE()),
  }
}
