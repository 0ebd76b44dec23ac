import fc from 'fast-check'
import type { TupleItem } from '../../../src/layers/tuple/tuple.ts'

const bytes = (constraints?: { minLength?: number; maxLength?: number }) =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array))

/** Bytes and strings with many zeros and escapes in them. */
const awkwardBytes = fc
  .array(fc.constantFrom(0, 0xff, 0x00, 0x01, 0x05, 0x80), { maxLength: 90 })
  .map((array) => Buffer.from(array))

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('\0', 'a', 'é', '漢', '𐍈'), maxLength: 60 }),
)

const bigInteger = fc
  .tuple(
    fc.integer({ min: 1, max: 255 }),
    fc.boolean(),
    fc.uint8Array({ minLength: 255, maxLength: 255 }),
  )
  .map(([length, negative, digits]) => {
    const size = BigInt(`0x${Buffer.from(digits).subarray(0, length).toString('hex')}`)
    return negative ? -size : size
  })

/** Around the places where the number of bytes changes. */
const edgeInteger = fc
  .tuple(fc.integer({ min: 0, max: 68 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([bits, near, negative]) => (1n << BigInt(bits)) * (negative ? -1n : 1n) + BigInt(near))

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  edgeInteger.map(Number),
  fc.constantFrom(0, -0, Infinity, -Infinity, NaN, 2 ** 53, -(2 ** 53)),
)

const leaf: fc.Arbitrary<TupleItem> = fc.oneof(
  fc.constantFrom(null, true, false),
  number,
  bigInteger,
  edgeInteger,
  text,
  fc.oneof(bytes({ maxLength: 90 }), awkwardBytes),
  bytes({ minLength: 16, maxLength: 16 }).map((value) => ({ type: 'uuid' as const, value })),
  fc.float().map((value) => ({ type: 'float' as const, value })),
  fc.double().map((value) => ({ type: 'double' as const, value })),
  bytes({ minLength: 4, maxLength: 4 }).map((rawEncoding) => ({
    type: 'float' as const,
    value: rawEncoding.readFloatBE(),
    rawEncoding,
  })),
  bytes({ minLength: 8, maxLength: 8 }).map((rawEncoding) => ({
    type: 'double' as const,
    value: rawEncoding.readDoubleBE(),
    rawEncoding,
  })),
  bytes({ minLength: 12, maxLength: 12 })
    .filter((value) => value.subarray(0, 10).some((byte) => byte !== 0xff))
    .map((value) => ({ type: 'versionstamp' as const, value })),
)

/** Any tuple of types that the npm package fdb-tuple has, too. */
export const tupleItems: fc.Arbitrary<TupleItem[]> = fc.array(
  fc.letrec<{ item: TupleItem }>((tie) => ({
    item: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaf, weight: 5 },
      { arbitrary: fc.array(tie('item'), { maxLength: 4 }), weight: 1 },
    ),
  })).item,
  { maxLength: 6 },
)

/** The stamp of 80 bits, which fdb-tuple has not. */
export const shortStamp: fc.Arbitrary<TupleItem> = bytes({ minLength: 10, maxLength: 10 })
  .filter((value) => value.some((byte) => byte !== 0xff))
  .map((value) => ({ type: 'versionstamp', value }))

/** A type of the program's own, which is the last of its tuple. */
export const userType: fc.Arbitrary<TupleItem> = fc
  .tuple(fc.integer({ min: 0x40, max: 0x4f }), fc.oneof(bytes({ maxLength: 60 }), awkwardBytes))
  .map(([code, value]) => ({ type: 'user', code, value }))

export { bytes }
