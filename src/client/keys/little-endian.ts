/** Integers as the atomic operations of the cluster take them: little-endian, with two's complement for what is negative. */

/** The least and the most that so many bytes hold, as an integer with a sign or without. */
function limits(bytes: number, isSigned: boolean): [least: bigint, most: bigint] {
  const bits = BigInt(bytes * 8)
  return [isSigned ? -(1n << (bits - 1n)) : 0n, (1n << bits) - 1n]
}

/** @throws TypeError for a fraction, NaN, an infinity, or a number that is too large to be exact. */
export function integerOf(value: number | bigint, what: string): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value)) return BigInt(value)
  const why = Number.isInteger(value) ? 'above 2 ** 53 pass a bigint' : 'it has no fractions'
  throw new TypeError(`${what} takes an integer, not ${value}: ${why}`)
}

/**
 * The integer in so many bytes. What two readers may take for different numbers (255 and -1 in one byte) is taken from
 * either.
 *
 * @throws RangeError when it doesn't fit.
 */
export function littleEndian(
  value: bigint,
  bytes: number,
  isSigned: boolean,
  what: string,
): Buffer {
  const [least, most] = limits(bytes, isSigned)
  if (value < least || value > most) {
    throw new RangeError(
      `${what} takes an integer from ${least} to ${most} in ${bytes} bytes, not ${value}`,
    )
  }
  const packed = Buffer.allocUnsafe(bytes)
  let rest = BigInt.asUintN(bytes * 8, value)
  for (let at = 0; at < bytes; at++, rest >>= 8n) packed[at] = Number(rest & 0xffn)
  return packed
}

/** The unsigned integer that the bytes are. */
export function littleEndianValue(bytes: Uint8Array): bigint {
  let value = 0n
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at]!)
  return value
}
