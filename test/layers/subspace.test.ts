import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Subspace, encoders, root, strInc, tuple } from '../../src/index.ts'
import type { Transformer, TupleItem } from '../../src/index.ts'
import { bytes, tupleItems } from './tuple/arbitraries.ts'

const RUNS = { numRuns: 500 }
const prefix = bytes({ maxLength: 12 })
const concat = (...parts: Uint8Array[]) => Buffer.concat(parts)
const same = (a: Uint8Array, b: Uint8Array) => expect(Buffer.compare(a, b)).toBe(0)

/** Null is a value of some encodings, and a key of none. */
const isKey = ({ value }: Case): boolean => value !== null

/** An encoding, values of it, and the bytes that they are packed to. */
interface Case {
  readonly encoding: Transformer<never, unknown>
  readonly value: unknown
  readonly packed: Uint8Array
}

const of = <T>(
  encoding: Transformer<T, unknown>,
  values: fc.Arbitrary<T>,
  pack: (value: T) => Uint8Array,
): fc.Arbitrary<Case> =>
  values.map((value) => ({ encoding: encoding as never, value, packed: pack(value) }))

const integer = (length: number) => (value: number | bigint) => {
  const hex = BigInt.asUintN(length * 8, BigInt(value)).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex')
}

const cases: fc.Arbitrary<Case> = fc.oneof(
  of(encoders.string, fc.string({ unit: 'grapheme' }), (text) => new TextEncoder().encode(text)),
  of(encoders.buf, bytes(), (value) => value),
  of(encoders.json, fc.jsonValue(), (value) => new TextEncoder().encode(JSON.stringify(value))),
  of(encoders.int32BE, fc.integer(), integer(4)),
  of(encoders.int64BE, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), integer(8)),
  of<TupleItem | readonly TupleItem[]>(encoders.tuple, tupleItems, (value) => tuple.pack(value)),
)

describe('a subspace', () => {
  it('packs a key behind its prefix, and unpacks it again', () => {
    fc.assert(
      fc.property(prefix, cases.filter(isKey), (before, { encoding, value, packed }) => {
        const subspace = new Subspace(before, encoding)
        const key = Buffer.from(subspace.packKey(value as never))
        same(key, concat(before, packed))
        expect(subspace.contains(key)).toBe(true)
        expect(subspace.unpackKey(key)).toEqual(encoding.unpack(Buffer.from(packed)))
      }),
      RUNS,
    )
  })

  it('packs values, with no prefix', () => {
    fc.assert(
      fc.property(prefix, cases, (before, { encoding, value, packed }) => {
        const subspace = new Subspace(before).withValueEncoding(encoding)
        const stored = subspace.packValue(value as never)
        same(stored, packed)
        expect(subspace.unpackValue(Buffer.from(stored))).toEqual(
          encoding.unpack(Buffer.from(packed)),
        )
      }),
      RUNS,
    )
  })

  it('in another one has both prefixes, and its encodings', () => {
    fc.assert(
      fc.property(prefix, cases, prefix, cases, (before, outer, raw, inner) => {
        // As a prefix, null means to stay.
        fc.pre(isKey(outer) && isKey(inner))
        const subspace = new Subspace(before, outer.encoding).at(outer.value as never)
        same(subspace.prefix, concat(before, outer.packed))
        expect(subspace.keyXf).toBe(outer.encoding)
        const deeper = subspace.atRaw(raw).withKeyEncoding(inner.encoding)
        same(deeper.packKey(inner.value as never), concat(before, outer.packed, raw, inner.packed))
        expect(subspace.at(null).prefix).toEqual(subspace.prefix)
        expect(new Subspace(before, outer.encoding).at(null, inner.encoding).keyXf).toBe(
          inner.encoding,
        )
      }),
      RUNS,
    )
  })

  it('contains the keys that begin with its prefix, and no others', () => {
    fc.assert(
      fc.property(prefix, bytes({ maxLength: 14 }), (before, key) => {
        const subspace = new Subspace(before)
        const inside = key.subarray(0, before.length).equals(before)
        expect(subspace.contains(key)).toBe(inside)
        if (inside) same(subspace.unpackKey(key), key.subarray(before.length))
        else expect(() => subspace.unpackKey(key)).toThrow(RangeError)
      }),
      RUNS,
    )
  })

  it('has the range of the keys that begin with a key; of tuples, with its items', () => {
    const low = bytes({ maxLength: 5 }).filter((key) => key[0] !== 0xff)
    fc.assert(
      fc.property(low, low, bytes({ maxLength: 12 }), (before, key, other) => {
        const { begin, end } = new Subspace(before).packRange(key)
        const inside = Buffer.compare(begin, other) <= 0 && Buffer.compare(other, end) < 0
        const starts = concat(before, key)
        // Behind the empty prefix are all keys of programs, which end before 0xFF.
        const expected = starts.length === 0 ? other[0] !== 0xff : undefined
        expect(inside).toBe(expected ?? other.subarray(0, starts.length).equals(starts))
        if (starts.length > 0) same(end, strInc(starts))
      }),
      RUNS,
    )
    fc.assert(
      fc.property(prefix, tupleItems, tupleItems, (before, items, more) => {
        const subspace = new Subspace(before, encoders.tuple)
        const { begin, end } = subspace.packRange(items)
        const key = subspace.packKey([...items, ...more])
        const inside = Buffer.compare(begin, key) <= 0 && Buffer.compare(key, end) < 0
        expect(inside).toBe(more.length > 0)
      }),
      RUNS,
    )
  })

  it('knows where the hole for a versionstamp is', () => {
    fc.assert(
      fc.property(prefix, tupleItems, (before, items) => {
        const subspace = new Subspace(before, encoders.tuple, encoders.tuple)
        const stamped = [...items, tuple.unboundVersionstamp()]
        const alone = tuple.packUnboundVersionstamp(stamped)
        const { data, stampPos, codePos } = subspace.packKeyUnboundVersionstamp(stamped)
        same(data, concat(before, alone.data))
        expect(stampPos).toBe(before.length + alone.stampPos)
        expect(codePos).toBe(before.length + alone.codePos!)
        expect(subspace.packValueUnboundVersionstamp(stamped)).toEqual(alone)
      }),
      RUNS,
    )
    expect(() => root.packKeyUnboundVersionstamp('a')).toThrow(/versionstamps: use encoders.tuple/)
  })

  it('keeps no hold of the bytes that it was made of', () => {
    const before = Buffer.from('app')
    const subspace = new Subspace(before)
    before.fill(0)
    expect(subspace.prefix.toString()).toBe('app')
    expect(subspace.getSubspace()).toBe(subspace)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['a key that needs an encoding', () => root.packKey(1 as never), /^key must be .*encoding/],
    ['a value that needs one', () => root.packValue({} as never), /^value must be .*encoding/],
    ['a prefix that is none', () => new Subspace(1 as never), /^prefix must be/],
    ['a raw prefix that is none', () => root.atRaw([1] as never), /^prefix must be/],
    ['half a surrogate pair', () => root.packKey('\ud800'), /^key holds half/],
  ])('refuses %s with a TypeError that names it', (_, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })
})
