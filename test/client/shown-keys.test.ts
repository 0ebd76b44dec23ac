// How keys and ranges are shown to people: a model, by what was packed.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encoders, root } from '../../src/index.ts'
import { showKey, showRange } from '../../src/client/keys/show-key.ts'
import { Subspace } from '../../src/client/keys/subspace.ts'
import { printable } from '../../src/native/values/printable.ts'

type Item = string | number | boolean | null | bigint | Buffer | Item[]

const anyBytes = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes))
const someBytes = anyBytes.filter((bytes) => bytes.length > 0)
// What is seen needs no escape; what is not seen has a test of its own.
const anyText = fc.string({ unit: fc.constantFrom('a', 'é', ' ', "'", '\\'), maxLength: 4 })
const { item } = fc.letrec<{ item: Item }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2 },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    anyBytes,
    fc.array(tie('item'), { maxLength: 3 }),
  ),
}))
const anyTuple = fc.array(item, { maxLength: 4 })

const NAMES = ['app', 'üb er', 'a\\b']
const anyPath = fc.option(fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }), { nil: undefined })

/** A scope with the bytes of its prefix that stand for a directory, if it is in one. */
const anyPlace = fc.record({ path: anyPath, before: someBytes, behind: anyBytes })
type Place = typeof anyPlace extends fc.Arbitrary<infer T> ? T : never

function scopeAt({ path, before, behind }: Place) {
  const directory = path && { path, length: before.length }
  return new Subspace(Buffer.concat([before, behind]), encoders.tuple, undefined, directory)
}

const shownPath = (path: readonly string[]): string =>
  path.map((name) => `/${name.replaceAll('\\', '\\\\')}`).join('')

function shownPlace({ path, before, behind }: Place): string {
  if (path === undefined) return `${printable(Buffer.concat([before, behind]))} `
  return `${shownPath(path)} ${behind.length === 0 ? '' : `${printable(behind)} `}`
}

function shownItem(value: Item): string {
  if (Buffer.isBuffer(value)) return printable(value)
  if (Array.isArray(value)) return `(${value.map(shownItem).join(', ')})`
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\')}'` : inspect(value)
}

describe('a key', () => {
  test('of tuples is the place of its scope, and the tuple', () => {
    fc.assert(
      fc.property(anyPlace, anyTuple, (place, tuple) => {
        const scope = scopeAt(place)
        const key = scope.packKey(tuple)
        expect(showKey(scope as never, key)).toBe(shownPlace(place) + shownItem(tuple))
      }),
    )
  })

  test('that the encoding says nothing about is its bytes, behind the directory if it is in one', () => {
    fc.assert(
      fc.property(anyPlace, anyBytes, (place, rest) => {
        const { path, before, behind } = place
        const scope = scopeAt(place).withKeyEncoding()
        const key = Buffer.concat([before, behind, rest])
        const inside = `${shownPath(path ?? [])} ${printable(Buffer.concat([behind, rest]))}`
        expect(showKey(scope as never, key)).toBe(path === undefined ? printable(key) : inside)
        // No tuple begins with it.
        const damaged = Buffer.concat([before, behind, Buffer.from([0xfe])])
        const shown = showKey(scopeAt(place), damaged)
        expect(shown.endsWith("\\xfe'")).toBe(true)
      }),
    )
  })

  test('outside of the scope is its bytes', () => {
    fc.assert(
      fc.property(anyPlace, anyTuple, (place, tuple) => {
        const elsewhere = scopeAt({ ...place, before: Buffer.from([place.before[0]! ^ 1]) })
        const key = elsewhere.packKey(tuple)
        expect(showKey(scopeAt(place) as never, key)).toBe(printable(key))
      }),
    )
  })

  test('brings nothing along that is not seen', () => {
    const unseen = fc.constantFrom('\n', '\u0000', '\u001b', '\u202e', '\u2028', '\u2029', '\ud800')
    fc.assert(
      fc.property(unseen, anyText, (hidden, text) => {
        const scope = root.withKeyEncoding({ ...encoders.json, unpack: () => hidden + text })
        const code = hidden.codePointAt(0)!.toString(16)
        const expected = `'\\u{${code}}${text.replaceAll('\\', '\\\\')}'`
        expect(showKey(scope as never, Buffer.from('key'))).toBe(expected)
      }),
    )
  })
})

describe('a range', () => {
  test('of all tuples behind one is that one', () => {
    fc.assert(
      fc.property(anyPlace, anyTuple, (place, tuple) => {
        const scope = scopeAt(place)
        const { begin, end } = scope.packRange(tuple)
        const expected = `${shownPlace(place)}${shownItem(tuple)} …`
        expect(showRange(scope as never, begin, end)).toBe(expected)
      }),
    )
  })

  test('of one key is that key, and of a prefix what it begins with', () => {
    fc.assert(
      fc.property(someBytes, (key) => {
        fc.pre(key.some((byte) => byte !== 0xff))
        const next = Buffer.concat([key, Buffer.from([0])])
        expect(showRange(root as never, key, next)).toBe(printable(key))
        const { begin, end } = root.packRange(key)
        expect(showRange(root as never, begin, end)).toBe(`${printable(key)} …`)
      }),
    )
  })

  test('else is its ends', () => {
    const scope = scopeAt({ path: undefined, before: Buffer.from('p'), behind: Buffer.from('') })
    fc.assert(
      fc.property(fc.nat({ max: 99 }), fc.integer({ min: 1, max: 100 }), (from, count) => {
        const [begin, end] = [scope.packKey([from]), scope.packKey([from, count])]
        const shown = `'p' (${from}) to 'p' (${from}, ${count})`
        expect(showRange(scope as never, begin, end)).toBe(shown)
      }),
    )
    const last = Buffer.from([0xff, 0xff])
    const ends = `'\\xff\\xff' to '\\xff\\xff\\x01'`
    expect(showRange(root as never, last, Buffer.from([0xff, 0xff, 1]))).toBe(ends)
    // It looks like one of tuples, but its ends begin with different bytes; or it is too short for the scope.
    const other = [Buffer.from([0x70, 0]), Buffer.from([0x71, 0xff])] as const
    expect(showRange(scope as never, ...other)).toBe(`'p' (null) to 'q\\xff'`)
    expect(showRange(scope as never, Buffer.from([0]), Buffer.from([0xff]))).toBe(
      `'\\x00' to '\\xff'`,
    )
  })
})
