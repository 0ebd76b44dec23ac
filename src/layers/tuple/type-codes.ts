/** The first byte of every packed item. Items of different types sort by it. */

export const NULL = 0x00
export const BYTES = 0x01
export const STRING = 0x02
export const NESTED = 0x05
/** Integers of 9 to 255 bytes, with one byte of length after the code. */
export const NEGATIVE_BIG = 0x0b
export const POSITIVE_BIG = 0x1d
/** `INTEGER_ZERO ± n` is an integer of n bytes, n from 0 to 8. */
export const INTEGER_ZERO = 0x14
export const FLOAT = 0x20
export const DOUBLE = 0x21
export const FALSE = 0x26
export const TRUE = 0x27
export const UUID = 0x30
export const VERSIONSTAMP_80 = 0x32
export const VERSIONSTAMP_96 = 0x33
/** What a program chose to mean by these, the tuple layer doesn't know: it takes all bytes that follow. */
export const USER_FIRST = 0x40
export const USER_LAST = 0x4f

/** Follows a zero byte that is data (in a string, or a null in a nested tuple) and not an end. */
export const ESCAPE = 0xff

/** Bytes of a versionstamp that the cluster writes: 8 of commit version, 2 of order in its batch. */
export const STAMP_BYTES = 10
/** The order within the transaction, which the client writes behind the stamp. */
export const STAMP_CODE_BYTES = 2

/** Tuples nest at most this deep, so that no input can exhaust the stack. */
export const MAX_DEPTH = 256
/** A packed tuple has at most this many bytes. Far above what a key (10 kB) or a value (100 kB) holds. */
export const MAX_PACKED_BYTES = 64 * 1024 * 1024
