import fc from 'fast-check'
import peer from 'fdb-tuple'
import { describe, expect, it } from 'vitest'
import * as tuple from '../../../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../../../src/layers/tuple/tuple.ts'
import { bytes, shortStamp, tupleItems } from './arbitraries.ts'

const RUNS = { numRuns: 3000 }
const peerItems = (items: readonly TupleItem[]) => items as unknown as peer.TupleItem[]
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('the packed form', () => {
  // The examples of the specification.
  it.each<[string, TupleItem[], string]>([
    ['bytes', [Buffer.from('foo\0bar', 'latin1')], '01 666f6f 00ff 626172 00'],
    ['a string', ['F\u00d4O\0bar'], '02 46c3944f 00ff 626172 00'],
    [
      'a nested tuple',
      [[Buffer.from('foo\0bar'), null, []]],
      '05 01666f6f00ff62617200 00ff 0500 00',
    ],
    ['an integer', [-5551212], '11 ab4b93'],
    ['-1', [-1], '13 fe'],
    ['zero', [0], '14'],
    ['a float', [{ type: 'float', value: -42 }], '20 3dd7ffff'],
    ['booleans', [false, true], '26 27'],
    ['null', [null], '00'],
    ['9 bytes', [2n ** 64n], '1d 09 010000000000000000'],
    ['-9 bytes', [-(2n ** 64n)], '0b f6 feffffffffffffffff'],
    ['8 bytes', [2n ** 64n - 1n], '1c ffffffffffffffff'],
    ['-8 bytes', [-(2n ** 64n) + 1n], '0c 0000000000000000'],
    ['-0', [-0], '21 7fffffffffffffff'],
  ])('of %s is that of the specification', (_, items, expected) => {
    expect(tuple.pack(items).toString('hex')).toBe(hex(expected).toString('hex'))
  })

  it('is that of fdb-tuple', () => {
    fc.assert(
      fc.property(tupleItems, (items) => {
        expect(tuple.pack(items).equals(peer.pack(peerItems(items)))).toBe(true)
      }),
      RUNS,
    )
  })

  it('is read alike by fdb-tuple, with and without the types of numbers', () => {
    fc.assert(
      fc.property(tupleItems, fc.boolean(), (items, exact) => {
        const packed = peer.pack(peerItems(items))
        expect(tuple.unpack(packed, exact)).toEqual(peer.unpack(packed, exact))
      }),
      RUNS,
    )
  })

  it('comes back from what it is unpacked to', () => {
    fc.assert(
      fc.property(tupleItems, shortStamp, (items, stamp) => {
        const packed = tuple.pack([...items, stamp])
        expect(tuple.pack(tuple.unpack(packed, true)).equals(packed)).toBe(true)
      }),
      RUNS,
    )
  })

  it('goes behind a prefix', () => {
    fc.assert(
      fc.property(bytes({ maxLength: 100 }), tupleItems, (prefix, items) => {
        const packed = tuple.packPrefixed(prefix, items)
        expect(packed.equals(Buffer.concat([prefix, tuple.pack(items)]))).toBe(true)
        expect(tuple.unpackFrom(packed, prefix.length)).toEqual(tuple.unpack(tuple.pack(items)))
      }),
    )
  })

  it('of one item is that of a list of one', () => {
    expect(tuple.pack('a')).toEqual(tuple.pack(['a']))
    expect(tuple.pack(null)).toEqual(tuple.pack([null]))
    expect(tuple.pack()).toEqual(Buffer.alloc(0))
  })

  it('may be larger than the scratch buffer', () => {
    const items = [
      'x'.repeat(100_000),
      Buffer.alloc(70_000),
      '漢'.repeat(50_000),
      [Buffer.alloc(2_000_000, 1)],
    ]
    const packed = tuple.pack(items)
    expect(packed.equals(peer.pack(peerItems(items)))).toBe(true)
    expect(tuple.pack(tuple.unpack(packed)).equals(packed)).toBe(true)
    expect(tuple.unpack(tuple.pack(['small']))).toEqual(['small'])
  })

  it('may be asked for while another tuple is being packed', () => {
    const inner = {
      type: 'uuid' as const,
      get value() {
        return tuple.pack('x'.repeat(14))
      },
    }
    expect(tuple.unpack(tuple.pack(['before', inner, 'after']))).toEqual([
      'before',
      { type: 'uuid', value: tuple.pack('x'.repeat(14)) },
      'after',
    ])
  })
})

describe('the order', () => {
  it('is that of the packed bytes', () => {
    fc.assert(
      fc.property(tupleItems, tupleItems, (a, b) => {
        expect(tuple.compare(a, b)).toBe(Buffer.compare(tuple.pack(a), tuple.pack(b)))
        expect(tuple.compare(a, a)).toBe(0)
      }),
      RUNS,
    )
  })

  it('of integers and of doubles is that of their values', () => {
    const integer = fc.oneof(
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
      fc.bigInt({ min: -300n, max: 300n }),
    )
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        expect(tuple.compare([a], [b])).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
      RUNS,
    )
    const double = fc.double({ noNaN: true })
    fc.assert(
      fc.property(double, double, (a, b) => {
        fc.pre(a !== b)
        const order = tuple.compare([{ type: 'double', value: a }], [{ type: 'double', value: b }])
        expect(order).toBe(a < b ? -1 : 1)
      }),
      RUNS,
    )
  })

  it('of a range holds exactly the tuples that begin with its items and have more', () => {
    fc.assert(
      fc.property(tupleItems, tupleItems, (prefix, rest) => {
        const { begin, end } = tuple.range(prefix)
        const packed = tuple.pack([...prefix, ...rest])
        const inside = begin.compare(packed) <= 0 && packed.compare(end) < 0
        expect(inside).toBe(rest.length > 0)
      }),
      RUNS,
    )
  })
})

describe('an unbound versionstamp', () => {
  const withStamp = fc
    .tuple(
      tupleItems,
      tupleItems,
      fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
      fc.boolean(),
    )
    .map(([before, after, code, nested]) => {
      const rest: TupleItem[] = [tuple.unboundVersionstamp(code), ...after]
      return { items: [...before, ...(nested ? [rest] : rest)], code }
    })

  it('leaves the hole where fdb-tuple leaves it', () => {
    fc.assert(
      fc.property(withStamp, ({ items }) => {
        const expected = peer.packUnboundVersionstamp(peerItems(items))
        const stamp = tuple.packUnboundVersionstamp(items)
        expect(stamp.stampPos).toBe(expected.stampPos)
        expect(stamp.codePos).toBe(expected.codePos)
        // The code that nobody gave is left undefined there, and is zero here.
        if (expected.codePos !== undefined) expected.data.writeUInt16BE(0, expected.codePos)
        expect(stamp.data.equals(expected.data)).toBe(true)
      }),
      RUNS,
    )
  })

  it('is baked into the tuple to what the commit wrote', () => {
    fc.assert(
      fc.property(withStamp, bytes({ minLength: 10, maxLength: 10 }), ({ items, code }, stamp) => {
        fc.pre(stamp.some((byte) => byte !== 0xff))
        const { data, stampPos } = tuple.packUnboundVersionstamp(items)
        stamp.copy(data, stampPos)
        tuple.bakeVersionstamp(items, stamp, code === undefined ? Buffer.from([0, 0]) : null)
        expect(tuple.pack(items).equals(data)).toBe(true)
      }),
      RUNS,
    )
  })

  it('has a short form', () => {
    const items: TupleItem[] = ['log', { type: 'unbound versionstamp', bits: 80 }]
    const { data, stampPos, codePos } = tuple.packUnboundVersionstamp(items)
    expect([data.length, stampPos, codePos]).toEqual([16, 6, undefined])
    expect(tuple.unpack(data)).toEqual(items)
    tuple.bakeVersionstamp(items, Buffer.alloc(10, 7), null)
    expect(items[1]).toEqual({ type: 'versionstamp', value: Buffer.alloc(10, 7) })
  })

  it('must be asked for by name, and be the only one', () => {
    const stamp = tuple.unboundVersionstamp()
    expect(() => tuple.pack([stamp])).toThrow(/packUnboundVersionstamp/)
    expect(() => tuple.packUnboundVersionstamp(['no stamp'])).toThrow(TypeError)
    expect(() => tuple.packUnboundVersionstamp([stamp, [stamp]])).toThrow(/item \[1\]|at most one/)
    expect(tuple.pack(['still works'])).toEqual(tuple.pack(['still works']))
  })
})

describe('what has no encoding', () => {
  it.each<[string, unknown, RegExp]>([
    ['undefined deep inside', [1, [2, undefined]], /item \[1\]\[1\].*undefined/],
    ['a symbol', [Symbol('x')], /item \[0\].*symbol/],
    ['an unknown type', [{ type: 'nonsense' }], /'nonsense'/],
    ['a short uuid', [{ type: 'uuid', value: Buffer.alloc(15) }], /uuid.*16 bytes/],
    ['a double that is a string', [{ type: 'double', value: '1' }], /double is a number/],
    ['a stamp of 11 bytes', [{ type: 'versionstamp', value: Buffer.alloc(11) }], /12 bytes/],
    ['a code of 17 bits', [{ type: 'unbound versionstamp', code: 65536 }], /65535/],
    ['a date', [new Date(0)], /item \[0\]/],
    ['half a surrogate pair', ['\ud800'], /surrogate/],
    ['256 bytes of integer', [1n << 2040n], /255 bytes/],
  ])('%s throws a TypeError that names it', (_, items, message) => {
    expect(() => tuple.pack(items as TupleItem[])).toThrow(TypeError)
    expect(() => tuple.pack(items as TupleItem[])).toThrow(message)
  })

  it('says which typed item has a value that is none of its type', () => {
    const values = { float: 'number', double: 'number', uuid: '16 bytes' }
    const types = fc.constantFrom(...(Object.keys(values) as (keyof typeof values)[]))
    const none = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), bytes({ maxLength: 15 }))
    fc.assert(
      fc.property(types, none, fc.array(fc.string()), (type, value, before) => {
        const pack = () => tuple.pack([...before, { type, value } as unknown as TupleItem])
        expect(pack).toThrow(TypeError)
        expect(pack).toThrow(new RegExp(`a ${type} .*${values[type]}`))
      }),
    )
  })
})

describe('malformed bytes', () => {
  it.each<[string, string, number]>([
    ['an unknown type code', '15 01 ff', 2],
    ['a string without an end', '02 41 42', 1],
    ['bytes whose last zero is escaped', '01 41 00 ff', 1],
    ['a cut integer', '15 01 17 01 02', 3],
    ['a cut big integer', '1d 09 01', 2],
    ['a big integer without a length', '1d', 1],
    ['a cut double', '21 80', 1],
    ['a cut uuid', '30 80', 1],
    ['a cut versionstamp', '33 80', 1],
    ['a nested tuple without an end', '14 05 14', 1],
    ['a string that is no UTF-8', '14 02 ff 00', 2],
    ['a surrogate in UTF-8', '02 eda080 00', 1],
  ])('%s: an error with the offset', (_, text, offset) => {
    expect(() => tuple.unpack(hex(text))).toThrow(tuple.TupleError)
    try {
      tuple.unpack(hex(text))
    } catch (error) {
      expect((error as tuple.TupleError).offset).toBe(offset)
    }
  })
})
