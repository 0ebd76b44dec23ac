import { checkIntegerWithin } from '../../native/values/arguments.ts'

/** A UUID. */
export interface TupleUuid {
  /** Tells it from the other items. */
  type: 'uuid'
  /** 16 bytes in network order. */
  value: Uint8Array
}

/** A 32-bit number. `rawEncoding` (4 bytes, big-endian) wins over `value`: it keeps the bits of a NaN. */
export interface TupleFloat {
  /** Tells it from the other items. */
  type: 'float'
  /** Is rounded to 32 bits. */
  value: number
  /** 4 bytes, big-endian. */
  rawEncoding?: Uint8Array
}

/**
 * A 64-bit number. A plain `number` is packed as an integer when it is one; this packs it as a double in
 * any case. `rawEncoding` (8 bytes, big-endian) wins over `value`: it keeps the bits of a NaN.
 */
export interface TupleDouble {
  /** Tells it from the other items. */
  type: 'double'
  /** Any number, also an integer. */
  value: number
  /** 8 bytes, big-endian. */
  rawEncoding?: Uint8Array
}

/** A complete versionstamp: 12 bytes (stamp and code), or 10 bytes (stamp alone: its own type code). */
export interface TupleVersionstamp {
  /** Tells it from the other items. */
  type: 'versionstamp'
  /** 12 or 10 bytes. */
  value: Uint8Array
}

/**
 * A versionstamp that the commit fills in. `code` (0 to 65535) orders stamps within one transaction;
 * without it the transaction counts. `bits: 80` takes the short form, which has no code.
 */
export interface TupleUnboundVersionstamp {
  /** Tells it from the other items. */
  type: 'unbound versionstamp'
  /** 0 to 65535. */
  code?: number
  /** 96 unless set. */
  bits?: 80 | 96
}

/**
 * A type of the program's own. The specification keeps the type codes 0x40 to 0x4f for such, and leaves
 * what follows to the program: `value` is written as it is, and nothing marks its end. So it can only be
 * the last item of a tuple, and not in a nested one; unpacking gives all bytes that follow. FoundationDB's
 * own C++ tuples do the same, the Python, Java and Go clients refuse these codes.
 *
 * @example tuple.pack(['shape', { type: 'user', code: 0x40, value: Buffer.from('circle') }])
 */
export interface TupleUserType {
  /** Tells it from the other items. */
  type: 'user'
  /** 0x40 to 0x4f. */
  code: number
  /** What follows the code, as it is. */
  value: Uint8Array
}

/**
 * What a tuple holds. Integers outside of ±(2^53-1) are `bigint`, both ways. A number that is no integer,
 * and -0, is packed as a double; all doubles sort behind all integers.
 */
export type TupleItem =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TupleUuid
  | TupleFloat
  | TupleDouble
  | TupleVersionstamp
  | TupleUnboundVersionstamp
  | TupleUserType
  | readonly TupleItem[]

/** What unpacking gives: the same, with `Buffer` for bytes and arrays that may be changed. */
export type UnpackedItem =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | { type: 'uuid'; value: Buffer }
  | { type: 'float'; value: number; rawEncoding?: Buffer }
  | { type: 'double'; value: number; rawEncoding?: Buffer }
  | { type: 'versionstamp'; value: Buffer }
  | TupleUnboundVersionstamp
  | { type: 'user'; code: number; value: Buffer }
  | UnpackedItem[]

/**
 * Bytes with a hole of 10 for the stamp of a commit: where the hole is (`stampPos`), and where the two
 * bytes of the transaction's own count go (`codePos`), when nobody gave them.
 */
export interface UnboundStamp {
  /** What was packed, with the hole in it. */
  data: Buffer
  /** Where the hole begins. */
  stampPos: number
  /** Where the count goes; left out when the code was given. */
  codePos?: number
}

/**
 * A versionstamp to be filled in by the commit, as a tuple item.
 *
 * @param code orders the stamps of one transaction (0 to 65535); left out, the transaction counts.
 * @example
 * const log = tn.withKeyEncoding(encoders.tuple)
 * log.versionstamps.setKey(['log', tuple.unboundVersionstamp()], 'entry')
 */
export function unboundVersionstamp(code?: number): TupleUnboundVersionstamp {
  if (code !== undefined) checkIntegerWithin('code', code, 0, 0xffff)
  return code === undefined
    ? { type: 'unbound versionstamp' }
    : { type: 'unbound versionstamp', code }
}
