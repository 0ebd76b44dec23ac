// What can't be read says which scope, which key, and where.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { DecodeError, allKeys, directory, encoders, longScan, tuple } from '../../src/index.ts'
import type { StandardSchema, Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'decode-errors')
afterAll(() => database.close())

async function failure(work: unknown): Promise<DecodeError> {
  try {
    await work
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError)
    return error as DecodeError
  }
  throw new Error('it was read')
}

async function drained(iterable: AsyncIterable<unknown>): Promise<void> {
  for await (const part of iterable) void part
}

/** JSON with characters of one to four bytes. */
const jsonText = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value))

const cutsCharacter = (start: string): boolean => /[\ud800-\udbff]$/.test(start)

describe('JSON', () => {
  test('that is broken anywhere is told with the byte at which it is', async () => {
    const property = fc.asyncProperty(jsonText, fc.nat(), async (text, at) => {
      const place = at % (text.length + 1)
      // Not between the halves of one character.
      fc.pre(!cutsCharacter(text.slice(0, place)))
      // A control character stands nowhere in JSON, also not in its strings.
      await db.set('ada', `${text.slice(0, place)}\u0001${text.slice(place)}`)
      const error = await failure(db.withValueEncoding(encoders.json).get('ada'))
      expect(error.offset, error.message).toBe(Buffer.byteLength(text.slice(0, place)))
      expect(error.cause).toBeInstanceOf(SyntaxError)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('that ends too early is told with its length', async () => {
    const property = fc.asyncProperty(jsonText, fc.nat(), async (text, at) => {
      const cut = text.slice(0, at % text.length)
      fc.pre(!cutsCharacter(cut) && !/^\s*-?\d/.test(text))
      await db.set('ada', cut)
      const error = await failure(db.withValueEncoding(encoders.json).get('ada'))
      expect(error.offset, error.message).toBe(Buffer.byteLength(cut))
    })
    await fc.assert(property, { numRuns: 300 })
  })
})

const positive: StandardSchema<number, number> = {
  '~standard': {
    validate: (value) =>
      typeof value === 'number' && value > 0
        ? { value }
        : { issues: [{ message: 'above 0', path: ['a', { key: 0 }] }] },
  },
}

describe('a schema', () => {
  test.each([
    ['of the Standard Schema interface', positive, /a\.0: above 0/],
    ['that throws', { parse: (value: unknown) => text(value) }, /no text/],
  ])('%s refuses what it does not take', async (_, schema, message) => {
    await db.set('n', '-1')
    const error = await failure(db.withValueEncoding(encoders.json(schema as never)).get('n'))
    expect(error.message).toMatch(message)
    expect(error.offset).toBeUndefined()
    expect(error.encoding).toBe('json')
  })

  test('gives what it makes of a value', async () => {
    const dates = db.withValueEncoding(encoders.json({ parse: (value) => new Date(text(value)) }))
    await dates.set('day', new Date(0))
    expect(await dates.get('day')).toEqual(new Date(0))
    const numbers = db.withValueEncoding(encoders.json(positive))
    await numbers.set('n', 5)
    expect(await numbers.get('n')).toBe(5)
  })

  test('that answers later, or is none, is refused', async () => {
    const later = { '~standard': { validate: (value: unknown) => Promise.resolve({ value }) } }
    await db.set('n', '1')
    const error = await failure(db.withValueEncoding(encoders.json(later)).get('n'))
    expect(error.message).toMatch(/by a promise/)
    for (const none of [undefined, null, 5, {}, { parse: 'x' }]) {
      expect(() => encoders.json(none as never)).toThrow(TypeError)
    }
  })

  test('is not needed: encoders.json is an encoding itself', async () => {
    expect(encoders.json.name).toBe('json')
    await db.withValueEncoding(encoders.json).set('a', { b: [1] })
    expect(await db.withValueEncoding(encoders.json<{ b: number[] }>()).get('a')).toEqual({
      b: [1],
    })
  })
})

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text')
  return value
}

/** Everything that reads values or keys, and what it is to say. */
const READS: readonly [string, 'key' | 'value', (tn: Transaction) => PromiseLike<unknown>][] = [
  ['get', 'value', (tn) => tn.withValueEncoding(encoders.json).get('b')],
  ['getMany', 'value', (tn) => tn.withValueEncoding(encoders.json).getMany(['a', 'b'])],
  ['getRangeAll', 'value', (tn) => tn.withValueEncoding(encoders.json).getRangeAll('a', 'z')],
  ['getRange', 'value', (tn) => drained(tn.withValueEncoding(encoders.json).getRange('a', 'z'))],
  [
    'getRangeBatch',
    'value',
    (tn) => drained(tn.withValueEncoding(encoders.json).getRangeBatch('a', 'z')),
  ],
  [
    'getPrefixedValue',
    'value',
    (tn) => tn.withValueEncoding(encoders.json).versionstamps.getPrefixedValue('long'),
  ],
  ['getKey', 'key', (tn) => tn.withKeyEncoding(encoders.tuple).getKey(['x'])],
  ['getRangeAll', 'key', (tn) => tn.withKeyEncoding(encoders.tuple).getRangeAll(allKeys)],
  ['longScan', 'key', () => drained(longScan(db.withKeyEncoding(encoders.tuple), allKeys))],
  ['page', 'key', () => db.withKeyEncoding(encoders.tuple).page()],
  ['page', 'value', () => db.withValueEncoding(encoders.json).page({ start: 'b' })],
  [
    'getRange of a database',
    'value',
    () => drained(db.withValueEncoding(encoders.json).getRange('a', 'z')),
  ],
]

describe('an error', () => {
  test.each(READS)('of %s names scope, key and offset, of a %s', async (_, what, read) => {
    await db.set('a', '1')
    await db.set('b', '[1,x')
    await db.set('long', `0123456789[1,x`)
    const error = await failure(db.doTransaction(async (tn) => await read(tn)))
    expect(error.what).toBe(what)
    const prefix = 'decode-errors/'
    expect(String(Buffer.from(error.prefix))).toBe(prefix)
    expect(error.message).toContain(`scope '${prefix}'`)
    const key = String(Buffer.from(error.key!))
    expect(error.message).toContain(`'${key}'`)
    if (what === 'key') {
      // No type of tuple items is an `a` or an `x`; it counts from the start of the whole key.
      expect(error.offset).toBe(prefix.length)
      expect(error.encoding).toBe('tuple')
    } else {
      expect(key).toMatch(/^decode-errors\/(b|long)$/)
      expect(error.offset).toBe(key.endsWith('long') ? 13 : 3)
      expect(error.encoding).toBe('json')
    }
    expect(error.message).toContain(`at byte ${error.offset}`)
  })

  test('names the directory, also of what is in it', async () => {
    const nodes = db.at('nodes').getPrefix()
    const content = db.at('content').getPrefix()
    const { DirectoryLayer } = await import('../../src/index.ts')
    const layer = new DirectoryLayer({ nodePrefix: nodes, contentPrefix: content })
    const users = await layer.createOrOpen(database, ['app', 'users'])
    const scope = database.at(users).at('x', undefined, encoders.json)
    await database.at(scope.getSubspace().withValueEncoding()).set('ada', 'no')
    const error = await failure(scope.get('ada'))
    expect(error.path).toEqual(['app', 'users'])
    expect(error.message).toContain('directory app/users')
    expect(directory.getPath()).toEqual([])
  })

  test('of an encoding of a program has its message and no offset, and its cause', async () => {
    const cause = new RangeError('too round')
    const own = {
      pack: (value: string) => value,
      unpack: (): string => {
        throw cause
      },
    }
    await db.set('a', '1')
    const error = await failure(db.withValueEncoding(own).get('a'))
    expect(error.cause).toBe(cause)
    expect(error.offset).toBeUndefined()
    expect(error.encoding).toBeUndefined()
    expect(error.message).toMatch(/its encoding takes: too round$/)
    expect(() => tuple.unpack(Buffer.from('x'))).toThrow(tuple.TupleError)
  })
})
