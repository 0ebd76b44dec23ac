import type { Draw } from '../../differential/draw.ts'
import type { Item } from './program.ts'

const TEXTS = ['', 'a', 'F\u00d4O\0bar', '\u{1f4a9}', '\ufb01', 'z'.repeat(70)]
const SPECIAL = ['7fc00000', 'ffc00000', '80000000', '00000000', '7f800000', 'ff800000', '7fc00001']

export function drawBytes(draw: Draw, most: number): Buffer {
  return draw.bytes(draw.integer(0, most))
}

/** Of at most 2,039 bits, so that a difference of two fits the 255 bytes of a tuple. */
export function drawInteger(draw: Draw): bigint {
  const bits = BigInt(draw.pick([0, 1, 8, 16, 31, 32, 53, 54, 63, 64, 65, 200, 2038]))
  const sign = draw.oneIn(2) ? -1n : 1n
  return sign * ((1n << bits) + BigInt(draw.integer(-3, 3)))
}

/** A float or double by its bits, some of them those of NaNs, zeros and infinities. */
export function drawFloating(draw: Draw, type: 'float' | 'double'): Item {
  const length = type === 'float' ? 4 : 8
  const bytes = draw.bytes(length)
  if (draw.oneIn(3)) {
    bytes.fill(0)
    Buffer.from(draw.pick(SPECIAL), 'hex').copy(bytes)
    // The exponent of a double is wider.
    if (type === 'double' && (bytes[0]! & 0x7f) === 0x7f) bytes[1]! |= 0xf0
  }
  const value = type === 'float' ? bytes.readFloatBE() : bytes.readDoubleBE()
  return { type, value, rawEncoding: bytes }
}

export function drawItem(draw: Draw, depth = 0): Item {
  const nested = depth < 3 ? 2 : 0
  const kind = draw.weighted({
    nothing: 1,
    bytes: 2,
    text: 2,
    integer: 4,
    boolean: 1,
    float: 1,
    double: 1,
    uuid: 1,
    stamp: 1,
    nested,
  })
  switch (kind) {
    case 'nothing':
      return null
    case 'bytes':
      return drawBytes(draw, 12)
    case 'text':
      return draw.pick(TEXTS)
    case 'integer':
      return drawInteger(draw)
    case 'boolean':
      return draw.oneIn(2)
    case 'float':
    case 'double':
      return drawFloating(draw, kind)
    case 'uuid':
      return { type: 'uuid', value: draw.bytes(16) }
    case 'stamp':
      return { type: 'versionstamp', value: Buffer.concat([Buffer.of(1), draw.bytes(11)]) }
    default:
      return drawItems(draw, 4, depth + 1)
  }
}

export function drawItems(draw: Draw, most: number, depth = 0): Item[] {
  return Array.from({ length: draw.integer(0, most) }, () => drawItem(draw, depth))
}
