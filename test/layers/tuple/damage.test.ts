import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as tuple from '../../../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../../../src/layers/tuple/tuple.ts'
import { bytes, shortStamp, tupleItems, userType } from './arbitraries.ts'
import { decode, describeItem } from './reference-decoder.ts'

const LONG = (process.env['FDBKIT_LONG'] ?? '') !== ''
const RUNS = { numRuns: LONG ? 500_000 : 15_000 }

/** Type codes, ends, escapes and lengths: bytes that mean something. */
const telling = fc.constantFrom(
  ...[
    0x00, 0x01, 0x02, 0x05, 0x0b, 0x0c, 0x0f, 0x13, 0x14, 0x15, 0x1a, 0x1b, 0x1c, 0x1d, 0x20, 0x21,
  ],
  ...[
    0x22, 0x26, 0x27, 0x30, 0x31, 0x32, 0x33, 0x40, 0x4f, 0x7f, 0x80, 0xc2, 0xed, 0xef, 0xf0, 0xff,
  ],
)

type Edit = ['set' | 'insert' | 'remove' | 'repeat', number, number]

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.constantFrom<Edit[0]>('set', 'insert', 'remove', 'repeat'),
  fc.nat(300),
  fc.oneof(telling, fc.nat(255)),
)

function apply(packed: Buffer, [kind, place, byte]: Edit): Buffer {
  const at = place % (packed.length + 1)
  const rest = { set: 1, insert: 0, remove: 1, repeat: 0 }[kind]
  const between =
    kind === 'remove' ? [] : kind === 'repeat' ? [...packed.subarray(at, at + (byte % 16))] : [byte]
  return Buffer.concat([packed.subarray(0, at), Buffer.from(between), packed.subarray(at + rest)])
}

const packedTuple = fc
  .tuple(tupleItems, fc.option(shortStamp), fc.option(userType))
  .map(([items, stamp, user]) =>
    tuple.pack([...items, ...(stamp ? [stamp] : []), ...(user ? [user] : [])]),
  )

/** Text that is nearly UTF-8: what is too long, too large, half a pair, cut off. */
const nearlyUtf8 = fc
  .array(
    fc.constantFrom(
      ...[
        0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0,
        0xf4,
      ],
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((text) => Buffer.from([0x02, ...text, 0x00]))

const damaged = fc.oneof(
  nearlyUtf8,
  fc
    .tuple(packedTuple, fc.array(edit, { maxLength: 5 }), fc.option(fc.nat(300)))
    .map(([packed, edits, length]) => edits.reduce(apply, packed).subarray(0, length ?? undefined)),
  fc.array(telling, { maxLength: 40 }).map((array) => Buffer.from(array)),
  bytes({ maxLength: 40 }),
)

function unpackOrError(input: Uint8Array): tuple.UnpackedItem[] | tuple.TupleError {
  try {
    return tuple.unpack(input, true)
  } catch (error) {
    if (error instanceof tuple.TupleError) return error
    throw error
  }
}

describe('damaged bytes', () => {
  it('give what the specification gives, or a TupleError inside of them when it gives nothing', () => {
    let refused = 0
    let read = 0
    fc.assert(
      fc.property(damaged, (input) => {
        const expected = decode(input)
        const actual = unpackOrError(input)
        if (actual instanceof tuple.TupleError) {
          refused++
          expect(expected, actual.message).toBeUndefined()
          expect(actual.offset).toBeGreaterThanOrEqual(0)
          expect(actual.offset).toBeLessThanOrEqual(input.length)
        } else {
          read++
          expect(actual.map(describeItem)).toEqual(expected)
        }
      }),
      RUNS,
    )
    // Both happen, often.
    expect(Math.min(refused, read)).toBeGreaterThan(RUNS.numRuns / 10)
  })

  it('are damaged at the same place whatever stands before them', () => {
    fc.assert(
      fc.property(bytes({ maxLength: 20 }), damaged, (prefix, input) => {
        const alone = unpackOrError(input)
        const run = () => tuple.unpackFrom(Buffer.concat([prefix, input]), prefix.length)
        if (alone instanceof tuple.TupleError) {
          expect(run).toThrow(`byte ${alone.offset + prefix.length}:`)
        } else {
          expect(run()).toEqual(tuple.unpack(input))
        }
      }),
    )
  })

  it('read the same from a part of a larger array', () => {
    fc.assert(
      fc.property(damaged, fc.nat(20), (input, before) => {
        const larger = new Uint8Array(before + input.length + 20).fill(0x15)
        larger.set(input, before)
        const part = larger.subarray(before, before + input.length)
        expect(unpackOrError(part)).toEqual(unpackOrError(input))
      }),
    )
  })

  it('that were unpacked are not what was unpacked: the items stay when the bytes change', () => {
    fc.assert(
      fc.property(packedTuple, (packed) => {
        const input = Buffer.from(packed)
        const items = tuple.unpack(input, true)
        const before = items.map(describeItem)
        input.fill(0xaa)
        expect(items.map(describeItem)).toEqual(before)
      }),
    )
  })
})

describe('hostile bytes', () => {
  const deep = (length: number) => Buffer.alloc(length, 0x05)

  it('nest as deep as is allowed, and no deeper', () => {
    let nested: TupleItem = []
    for (let depth = 1; depth < 256; depth++) nested = [nested]
    const packed = tuple.pack([nested])
    expect(tuple.unpack(packed)).toEqual([nested])
    expect(() => tuple.pack([[nested]])).toThrow(RangeError)
    const deeper = Buffer.concat([deep(1), packed, Buffer.alloc(1)])
    expect(() => tuple.unpack(deeper)).toThrow('256 deep')
    expect(() => tuple.unpack(deep(1_000_000))).toThrow(tuple.TupleError)
  })

  it('with a length that is not there are refused without room being made for it', () => {
    for (const text of ['1dff', '0b00', '1dff00', '30', '21', '0c']) {
      expect(() => tuple.unpack(Buffer.from(text, 'hex'))).toThrow(tuple.TupleError)
    }
  })
})
