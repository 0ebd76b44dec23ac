/**
 * Integers of up to 6 bytes, and tuples of nothing else: those are read without any state between items, in half the time.
 */
import * as code from './type-codes.ts'

const TWO_TO_32 = 0x100000000
/** A longer one may not be held by a number. */
const MOST_BYTES = 6
/** A negative integer of n bytes is this for n more than its bytes say. */
const COMPLEMENT = [0, 1, 2, 3, 4, 5, 6].map((length) => 256 ** length - 1)

/** Up to 6 bytes, big-endian. */
export function unsignedAt(bytes: Uint8Array, from: number, length: number): number {
  switch (length) {
    case 0:
      return 0
    case 1:
      return bytes[from]!
    case 2:
      return (bytes[from]! << 8) | bytes[from + 1]!
    case 3:
      return (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!
    case 4:
      return fourBytesAt(bytes, from)
    case 5:
      return bytes[from]! * TWO_TO_32 + fourBytesAt(bytes, from + 1)
    default:
      return ((bytes[from]! << 8) | bytes[from + 1]!) * TWO_TO_32 + fourBytesAt(bytes, from + 2)
  }
}

export function fourBytesAt(bytes: Uint8Array, from: number): number {
  return (
    ((bytes[from]! << 24) |
      (bytes[from + 1]! << 16) |
      (bytes[from + 2]! << 8) |
      bytes[from + 3]!) >>>
    0
  )
}

/** Of a negative integer: what is taken from its bytes. */
export const complementOf = (length: number): number => COMPLEMENT[length]!

/** The place behind a whole short integer at that place; -1 where there is none. */
function behind(bytes: Uint8Array, at: number, end: number): number {
  const sized = bytes[at]! - code.INTEGER_ZERO
  const length = sized < 0 ? -sized : sized
  const next = at + 1 + length
  return length > MOST_BYTES || next > end ? -1 : next
}

function integerAt(bytes: Uint8Array, at: number): number {
  const sized = bytes[at]! - code.INTEGER_ZERO
  return sized < 0
    ? unsignedAt(bytes, at + 1, -sized) - COMPLEMENT[-sized]!
    : unsignedAt(bytes, at + 1, sized)
}

/** The items of a tuple that has one at least; undefined when they are not all short integers, or one is cut off. */
export function onlyShortIntegers(
  bytes: Uint8Array,
  offset: number,
  end: number,
): number[] | undefined {
  const second = behind(bytes, offset, end)
  if (second < 0) return undefined
  const a = integerAt(bytes, offset)
  if (second === end) return [a]
  const third = behind(bytes, second, end)
  if (third < 0) return undefined
  const b = integerAt(bytes, second)
  if (third === end) return [a, b]
  let next = behind(bytes, third, end)
  if (next < 0) return undefined
  const c = integerAt(bytes, third)
  if (next === end) return [a, b, c]
  let at = next
  next = behind(bytes, at, end)
  if (next < 0) return undefined
  const items = [a, b, c, integerAt(bytes, at)]
  for (at = next; at < end; at = next) {
    next = behind(bytes, at, end)
    if (next < 0) return undefined
    items.push(integerAt(bytes, at))
  }
  return items
}
