// What a part of the key space makes of keys and values: where an encoding reads, what it takes, and how it is told.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError, encoders, root, Subspace } from '../../src/index.ts'
import type { Transformer } from '../../src/index.ts'

const anyBytes = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes))
const byteAt = (offset: number): Error => Object.assign(new Error('damaged'), { offset })

/** An encoding of plain bytes that says at which of them it stops. */
const stopping = (at: number | undefined): Transformer<Buffer, Buffer> => ({
  name: 'stopping',
  pack: (bytes) => bytes,
  unpack: (bytes) => {
    if (at === undefined) return bytes
    throw byteAt(at)
  },
})

describe('a key', () => {
  test('is read behind the prefix, by an encoding that reads from there or gets the rest', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, fc.boolean(), (prefix, rest, readsFrom) => {
        const seen: [Buffer, number | undefined][] = []
        const encoding: Transformer<Buffer, Buffer> = {
          ...stopping(undefined),
          unpack: (bytes) => (seen.push([bytes, undefined]), bytes),
          ...(readsFrom && {
            unpackFrom: (bytes: Buffer, from: number) => {
              seen.push([bytes, from])
              return bytes.subarray(from)
            },
          }),
        }
        const scope = new Subspace(prefix, encoding)
        const key = Buffer.from(scope.packKey(rest))
        expect(key).toEqual(Buffer.concat([prefix, rest]))
        expect(scope.unpackKey(key)).toEqual(rest)
        // Without a prefix there is nothing to read from.
        const isFrom = readsFrom && prefix.length > 0
        expect(seen).toEqual([isFrom ? [key, prefix.length] : [rest, undefined]])
      }),
    )
  })

  test('refuses what is no place of a directory', () => {
    for (const wrong of [null, {}, { path: 'a' }, 'a']) {
      const make = (): unknown => new Subspace('a', undefined, undefined, wrong as never)
      expect(make).toThrow(/^directory must be the place of a directory, not /)
    }
  })

  test('that is damaged is told with the byte of the whole key', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, fc.boolean(), (prefix, rest, readsFrom) => {
        const at = prefix.length + rest.length
        const unpackFrom = (): never => {
          throw byteAt(at)
        }
        const encoding = { ...stopping(rest.length), ...(readsFrom && { unpackFrom }) }
        const scope = new Subspace(prefix, encoding)
        const key = Buffer.concat([prefix, rest])
        const read = (): unknown => scope.unpackKey(key)
        expect(read).toThrow(DecodeError)
        expect(read).toThrow(expect.objectContaining({ offset: at, what: 'key', key, prefix }))
      }),
    )
  })

  test('of another scope is refused', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (prefix, key) => {
        const scope = new Subspace(prefix)
        const isInside = key.subarray(0, prefix.length).equals(prefix)
        expect(scope.contains(key)).toBe(isInside)
        if (isInside) expect(scope.unpackKey(key)).toEqual(key.subarray(prefix.length))
        else {
          expect(() => scope.unpackKey(key)).toThrow(
            new RangeError(
              `key ${key.toString('hex')} is outside of the subspace ${prefix.toString('hex')}`,
            ),
          )
        }
      }),
    )
  })
})

describe('what is not there', () => {
  const nameless: Transformer<string, string> = { pack: (text) => text, unpack: String }
  const scopes: [Subspace<never, unknown, never, unknown>, takes: string][] = [
    [root, 'bytes or text'],
    [root.withKeyEncoding(nameless).withValueEncoding(nameless), 'bytes or text'],
    [root.withKeyEncoding(encoders.tuple).withValueEncoding(encoders.tuple), 'what tuple takes'],
    [
      root.at('p/').withKeyEncoding(encoders.json).withValueEncoding(encoders.json),
      'what json takes',
    ],
  ]
  const keys = '; all keys of a scope are allKeys, or clearAll'
  const uses: [what: string, instead: string, use: (scope: Subspace, nothing: never) => unknown][] =
    [
      ['key', keys, (scope, nothing) => scope.packKey(nothing)],
      ['prefix', keys, (scope, nothing) => scope.packRange(nothing)],
      ['key', keys, (scope, nothing) => scope.packKeyUnboundVersionstamp(nothing)],
      ['value', '', (scope, nothing) => scope.packValue(nothing)],
      ['value', '', (scope, nothing) => scope.packValueUnboundVersionstamp(nothing)],
    ]

  test('is no key, no prefix and no value, in any encoding', () => {
    for (const [scope, takes] of scopes) {
      for (const [what, instead, use] of uses) {
        // A value may be null where the encoding has one.
        for (const nothing of what === 'value' ? [undefined] : [undefined, null]) {
          expect(() => use(scope as never, nothing as never)).toThrow(
            new TypeError(`${what} must be ${takes}, not ${nothing}${instead}`),
          )
        }
      }
    }
  })
})

describe('the encodings of integers', () => {
  const int32 = fc.integer()
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const edges = fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n)

  test('take all that have so many bits, in their order of bytes', () => {
    fc.assert(
      fc.property(int32, fc.oneof(int64, edges), fc.maxSafeInteger(), (small, wide, safe) => {
        const small4 = Buffer.alloc(4)
        small4.writeInt32BE(small)
        expect(encoders.int32BE.pack(small)).toEqual(small4)
        expect(encoders.int32BE.unpack(small4)).toBe(small)
        for (const value of [wide, safe]) {
          const [big, little] = [Buffer.alloc(8), Buffer.alloc(8)]
          big.writeBigInt64BE(BigInt(value))
          little.writeBigInt64LE(BigInt(value))
          expect(encoders.int64BE.pack(value)).toEqual(big)
          expect(encoders.int64LE.pack(value)).toEqual(little)
          expect(encoders.int64BE.unpack(big)).toBe(BigInt(value))
          expect(encoders.int64LE.unpack(little)).toBe(BigInt(value))
        }
      }),
    )
  })

  test('refuse all else, and say what they take', () => {
    for (const wrong of [2 ** 31, -(2 ** 31) - 1, 1.5, NaN, '1', 1n, undefined]) {
      expect(() => encoders.int32BE.pack(wrong as number)).toThrow(
        new TypeError(`int32BE takes an integer of 32 bits, not ${wrong}`),
      )
    }
    for (const name of ['int64BE', 'int64LE'] as const) {
      for (const wrong of [2 ** 53, 1.5, NaN, '1', undefined]) {
        expect(() => encoders[name].pack(wrong as number)).toThrow(
          new TypeError(`${name} takes a bigint or a safe integer, not ${wrong}`),
        )
      }
      for (const wrong of [2n ** 63n, -(2n ** 63n) - 1n]) {
        expect(() => encoders[name].pack(wrong)).toThrow(
          new TypeError(`${name} takes an integer of 64 bits, not ${wrong}`),
        )
      }
    }
  })

  test('read bytes of their own length alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        for (const [name, length] of [
          ['int32BE', 4],
          ['int64BE', 8],
          ['int64LE', 8],
        ] as const) {
          const read = (): unknown => encoders[name].unpack(Buffer.from(bytes))
          if (bytes.length === length) read()
          else {
            expect(read).toThrow(
              new RangeError(`${name} takes ${length} bytes, and these are ${bytes.length}`),
            )
          }
        }
      }),
    )
  })
})
