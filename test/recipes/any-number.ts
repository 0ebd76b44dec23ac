import fc from 'fast-check'

const near = fc.integer({ min: -2, max: 2 })
const sign = fc.constantFrom(1n, -1n)

/** Bigints around the powers of two, up to beyond the largest double, and around doubles. */
const bigint = fc
  .tuple(fc.constantFrom(0, 1, 8, 31, 53, 54, 63, 64, 70, 128, 1023, 1024, 1100), near, sign)
  .map(([bits, by, side]) => side * ((1n << BigInt(bits)) + BigInt(by)))

const edges = [0, -0, 0.5, -0.5, 1, 2, 2.5, 5e-324, -5e-324, 2.2e-308, 2 ** 53, 2 ** 64, 2 ** 70]
const double = fc.constantFrom(
  ...edges,
  ...edges.map((value) => -value),
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Infinity,
  -Infinity,
)

/** Integers, fractions and bigints of all sizes, many of them equal or next to each other; never NaN. */
export const anyNumber: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.integer({ min: -8, max: 8 }).map((quarters) => quarters / 4),
  fc.integer({ min: -4, max: 4 }).map(BigInt),
  bigint,
  bigint.map(Number),
  double,
  fc.double({ noNaN: true }),
)

/** Two numbers that often are next to each other, one of them a double. */
export const anyNeighbours: fc.Arbitrary<[number | bigint, number | bigint]> = fc.oneof(
  fc.tuple(anyNumber, anyNumber),
  bigint.map((value): [bigint, number] => [value, Number(value)]),
  bigint.map((value): [bigint, number] => [value, Number(value + value / (1n << 52n))]),
)

const SCALE = 1074n

/** A multiple of the least double: exact, and by other means than a comparison of a bigint with a double. */
function scaled(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value << SCALE
  if (value === Infinity) return 1n << 100_000n
  if (value === -Infinity) return -(1n << 100_000n)
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0]!
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & ((1n << 52n) - 1n)
  const size = exponent === 0n ? fraction : ((1n << 52n) | fraction) << (exponent - 1n)
  return bits >> 63n === 0n ? size : -size
}

export function byNumber(a: number | bigint, b: number | bigint): number {
  const difference = scaled(a) - scaled(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
