import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { root, encoders } from '../../../src/index.ts'
import * as tuple from '../../../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../../../src/layers/tuple/tuple.ts'
import { tupleItems, userType } from './arbitraries.ts'

const shape: TupleItem = { type: 'user', code: 0x40, value: Buffer.from('circle\0') }

describe('a user type', () => {
  it('is its code and its bytes, which run to the end', () => {
    expect(tuple.pack(['a', shape]).toString('hex')).toBe('02610040636972636c6500')
    fc.assert(
      fc.property(tupleItems, userType, (items, user) => {
        const packed = tuple.pack([...items, user])
        const head = tuple.pack(items)
        const code = Buffer.of((user as { code: number }).code)
        const { value } = user as { value: Uint8Array }
        expect(packed.equals(Buffer.concat([head, code, value]))).toBe(true)
        expect(tuple.unpack(packed, true)).toEqual([...tuple.unpack(head, true), user])
      }),
    )
  })

  it('sorts behind all other types, by its code and then its bytes', () => {
    fc.assert(
      fc.property(userType, userType, tupleItems, (a, b, items) => {
        const order = Buffer.compare(tuple.pack([a]), tuple.pack([b]))
        expect(tuple.compare([a], [b])).toBe(order)
        fc.pre(items.length > 0)
        expect(tuple.compare(items, [a])).toBe(-1)
      }),
    )
  })

  it('goes through the encodings of a subspace', () => {
    const keys = root.at('p').withKeyEncoding(encoders.tuple)
    expect(keys.unpackKey(Buffer.from(keys.packKey(['a', shape])))).toEqual(['a', shape])
  })

  it('may follow an unbound versionstamp', () => {
    const { data, stampPos } = tuple.packUnboundVersionstamp([tuple.unboundVersionstamp(1), shape])
    expect(stampPos).toBe(1)
    expect(tuple.unpack(data).at(-1)).toEqual(shape)
  })

  it.each<[string, TupleItem[]]>([
    ['before another item', [shape, 'a']],
    ['before another one', [shape, shape]],
    ['in a nested tuple', [[shape]]],
    ['deep inside, with more behind', [[['a', shape]], null]],
  ])('%s is a TypeError', (_, items) => {
    expect(() => tuple.pack(items)).toThrow(/last item/)
    expect(() => tuple.pack(items)).toThrow(TypeError)
    expect(() => tuple.packPrefixed(Buffer.from('p'), items)).toThrow(TypeError)
    expect(() => tuple.compare(items, [])).toThrow(TypeError)
    expect(() => tuple.packUnboundVersionstamp([tuple.unboundVersionstamp(), ...items])).toThrow(
      TypeError,
    )
    // Nothing is kept of it.
    expect(tuple.pack(['a']).toString('hex')).toBe('026100')
  })

  it('with a getter that packs another tuple is still the last', () => {
    const sly = {
      type: 'uuid' as const,
      get value() {
        return tuple.pack('x'.repeat(14))
      },
    }
    expect(() => tuple.pack([shape, sly])).toThrow(/last item/)
    const inner = { type: 'user' as const, code: 0x41, get value() { return tuple.pack([shape]) } } // prettier-ignore
    expect(tuple.unpack(tuple.pack(['a', inner]))).toEqual([
      'a',
      { type: 'user', code: 0x41, value: tuple.pack([shape]) },
    ])
  })

  it.each<[string, unknown]>([
    ['a code below', { type: 'user', code: 0x3f, value: Buffer.alloc(1) }],
    ['a code above', { type: 'user', code: 0x50, value: Buffer.alloc(1) }],
    ['no code', { type: 'user', value: Buffer.alloc(1) }],
    ['half a code', { type: 'user', code: 0x40 + 0.5, value: Buffer.alloc(1) }],
    ['text for its value', { type: 'user', code: 0x40, value: 'circle' }],
  ])('with %s is a TypeError that names it', (_, item) => {
    expect(() => tuple.pack(['a', item as TupleItem])).toThrow(/item \[1\].*user type/)
  })

  it('has no range behind it', () => {
    expect(() => tuple.range(['a', shape])).toThrow(TypeError)
    const keys = root.withKeyEncoding(encoders.tuple)
    expect(() => keys.packRange(['a', shape])).toThrow(TypeError)
  })

  it('in a nested tuple is malformed', () => {
    expect(() => tuple.unpack(Buffer.from('1405400000', 'hex'))).toThrow('byte 2: a user type')
  })
})
