// Undefined and null are no keys, of no encoding, in no call: a slip in a name must not mean everything.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Subspace,
  allKeys,
  encoders,
  keySelector,
  longScan,
  openEmbedded,
  tuple,
} from '../../src/index.ts'
import type { Database, NativeValue, Transaction, Transformer } from '../../src/index.ts'
import { publicCalls, publicProgram } from './public-api.ts'

const database = openEmbedded()
beforeAll(() => database.set('a', 'seed'))
afterAll(() => database.close())

/** Where a key is expected: of which call, at which place, and what else the types allow there. */
interface Place {
  readonly owner: string
  readonly method: string
  readonly parameters: readonly string[]
  readonly at: number
  readonly type: string
  readonly optional: boolean
}

const KEYS = new Set(['key', 'keys', 'start', 'end', 'prefix', 'selector'])

function placesOfKeys(): Place[] {
  const places: Place[] = []
  for (const { name, signature } of publicCalls(publicProgram())) {
    const [, owner, method] = /^fdbkit (?:(\w+)\.)?(\w+)$/.exec(name) ?? []
    if (owner === undefined || method === undefined) continue
    const declared = signature.getParameters().map((parameter) => parameter.name)
    const { parameters } = signature.getDeclaration()
    parameters.forEach((parameter, at) => {
      const type = parameter.type?.getText() ?? ''
      if (!KEYS.has(declared[at]!) || !/\b(KeyIn|NativeValue)\b/.test(type)) return
      const optional = parameter.questionToken !== undefined || type.includes('undefined')
      // Where the types allow both there is nothing to refuse.
      if (optional && type.includes('null')) return
      places.push({ owner, method, parameters: declared, at, type, optional })
    })
  }
  return places
}

/** What has the calls, in a scope; the names are those of the declarations. */
const OWNERS: Readonly<Record<string, (db: AnyDatabase, tn: AnyTransaction) => object>> = {
  Database: (db) => db,
  DatabaseVersionstamps: (db) => db.versionstamps,
  DatabaseLocality: (db) => db.locality,
  DatabaseGranules: (db) => db.granules,
  Transaction: (_db, tn) => tn,
  TransactionVersionstamps: (_db, tn) => tn.versionstamps,
  TransactionConflicts: (_db, tn) => tn.conflicts,
  TransactionLocality: (_db, tn) => tn.locality,
  TransactionGranules: (_db, tn) => tn.granules,
  NativeCalls: (_db, tn) => tn.native,
  Subspace: (db) => db.getSubspace(),
}

type AnyDatabase = Database<unknown, unknown, unknown, unknown>
type AnyTransaction = Transaction<unknown, unknown, unknown, unknown>

/** An encoding that makes bytes of anything, as those of programs may. */
const anything: Transformer<unknown, string> = { pack: String, unpack: String }

const ENCODINGS: readonly (readonly [Transformer<never, unknown> | undefined, key: unknown])[] = [
  [undefined, 'k'],
  [encoders.string, 'k'],
  [encoders.buf, Buffer.from('k')],
  [encoders.json, { k: 1 }],
  [encoders.tuple, ['k', 1]],
  [encoders.int32BE, 5],
  [encoders.int64BE, 5n],
  [anything, 'k'],
]

/** Arguments that are right. */
function rightArguments({ method, parameters, type }: Place, key: unknown): unknown[] {
  const right: Readonly<Record<string, unknown>> = {
    key: type === 'NativeValue' ? 'k' : key,
    keys: [key],
    start: type.startsWith('KeySelector') ? keySelector.firstGreaterOrEqual(key) : key,
    end: type.startsWith('KeySelector') ? keySelector.firstGreaterOrEqual(key) : key,
    prefix: method.startsWith('setPrefixed') ? 'p' : key,
    selector: key,
    value: [method === 'setValue' ? tuple.unboundVersionstamp() : 'v'],
    param: ['v'],
    type: 2,
    chunkSize: 1000,
    ...(method === 'read' && { options: { loadFile: () => Buffer.alloc(0) } }),
    mapper: tuple.pack(['m', '{K[1]}']),
  }
  return parameters.map((name) => right[name])
}

/** The wrong key in the form that the place asks for. */
function wrongArgument({ type }: Place, wrong: unknown, asSelector: boolean): unknown {
  if (type.startsWith('readonly')) return [wrong]
  if (type.startsWith('KeySelector')) return keySelector.firstGreaterThan(wrong)
  return asSelector && type.startsWith('Range') ? keySelector.firstGreaterThan(wrong) : wrong
}

async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const result = call() as Partial<AsyncIterator<unknown>> | undefined
    await (typeof result?.next === 'function' ? result.next() : result)
    return undefined
  } catch (error) {
    return error
  }
}

const places = placesOfKeys()
const REFUSAL = /\b(key|prefix|suffix|end) must be .*, not (undefined|null)/

describe('undefined and null', () => {
  test('are tried with all that takes keys', () => {
    expect(new Set(places.map(({ owner }) => owner))).toEqual(new Set(Object.keys(OWNERS)))
    expect(places.length).toBeGreaterThan(100)
  })

  test('as a key are a TypeError that says so, and nothing is written', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...places),
      fc.constantFrom(...ENCODINGS),
      fc.constantFrom(undefined, null),
      fc.boolean(),
      fc.constantFrom('', 'scope/'),
      async (place, [encoding, key], wrong, asSelector, prefix) => {
        // Left out, or said to be nothing by the types; but see the end of clearRange.
        fc.pre(!(wrong === undefined && place.optional))
        fc.pre(!(wrong === null && place.type.includes('null')))
        await expectRefusal(place, { encoding, key, wrong, asSelector, prefix })
      },
    )
    await fc.assert(property, { numRuns: 1500 })
  })

  test('as a key, in every call', async () => {
    for (const place of places) {
      for (const wrong of [undefined, null]) {
        if (wrong === undefined ? place.optional : place.type.includes('null')) continue
        for (const [encoding, key] of ENCODINGS) {
          await expectRefusal(place, { encoding, key, wrong, asSelector: false, prefix: 's/' })
        }
      }
    }
  })
})

interface Attempt {
  readonly encoding: Transformer<never, unknown> | undefined
  readonly key: unknown
  readonly wrong: unknown
  readonly asSelector: boolean
  readonly prefix: string
}

function scopeOf(
  prefix: string,
  encoding: Transformer<never, unknown> | undefined,
): Subspace<unknown, unknown, unknown, unknown> {
  return new Subspace<unknown, unknown, unknown, unknown>(prefix, encoding, encoders.tuple)
}

async function expectRefusal(place: Place, attempt: Attempt): Promise<void> {
  const { owner, method, at } = place
  const { encoding, key, wrong, asSelector, prefix } = attempt
  const db: AnyDatabase = database.at(scopeOf(prefix, encoding))
  using tn = db.createTransaction()
  const receiver = OWNERS[owner]!(db, tn)
  const given = rightArguments(place, key)
  given[at] = wrongArgument(place, wrong, asSelector)
  const call = (receiver as Record<string, (...args: unknown[]) => unknown>)[method]!
  const error = await outcome(() => call.apply(receiver, given))
  const what = `${owner}.${method} with ${String(wrong)} as ${place.parameters[at]}`
  expect(error, `${what} was taken`).toBeInstanceOf(TypeError)
  expect((error as TypeError).message, what).toMatch(REFUSAL)
  await tn.commit()
  expect(await database.getRangeAll(allKeys), what).toEqual([
    [Buffer.from('a'), Buffer.from('seed')],
  ])
}

describe('calls with keys that are no methods of a scope', () => {
  const tuples = database.withKeyEncoding(encoders.tuple)

  test.each([undefined, null])('longScan refuses %s', async (wrong) => {
    expect(await outcome(() => longScan(tuples, wrong as never))).toBeInstanceOf(TypeError)
    const nullAsEnd = await outcome(() => longScan(tuples, ['a'], null))
    expect(nullAsEnd).toBeInstanceOf(TypeError)
  })

  test('page refuses null, as a start and as an end', async () => {
    for (const options of [{ start: null }, { start: ['a'], end: null }]) {
      expect(await outcome(() => tuples.page(options as never))).toBeInstanceOf(TypeError)
    }
  })

  test('a value that is undefined is refused, whatever the encoding', async () => {
    for (const [encoding] of ENCODINGS) {
      const scope = database.withValueEncoding<NativeValue, Buffer>(encoding as never)
      const error = await outcome(() => scope.set('k', undefined as never))
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toMatch(/value must be .*, not undefined/)
    }
    expect(await database.count(allKeys)).toBe(1)
  })
})

describe('a range', () => {
  test('is not cleared when its end is undefined, or null', async () => {
    const scope = database.at('ends/')
    await scope.set('a/1', 'x')
    for (const end of [undefined, null]) {
      expect(await outcome(() => scope.clearRange('a', end as never))).toBeInstanceOf(TypeError)
    }
    expect(await scope.count(allKeys)).toBe(1)
    await scope.clearRange('a')
    expect(await scope.count(allKeys)).toBe(0)
  })

  test('of all keys of a scope is cleared by name, and nothing else is', async () => {
    const key = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes))
    const property = fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 2 }),
      fc.array(key, { maxLength: 10 }),
      fc.boolean(),
      async (prefix, keys, byRange) => {
        fc.pre(prefix[0] !== 0xff)
        await database.clearAll()
        const scope = database.at(Buffer.from(prefix))
        const written = keys.filter((bytes) => bytes[0] !== 0xff)
        for (const bytes of written) await database.set(bytes, 'x')
        for (const bytes of keys) await scope.set(bytes, 'x')
        await (byRange ? scope.clearRange(allKeys) : scope.clearAll())
        const left = (await database.getRangeAll(allKeys)).map(([found]) => found.toString('hex'))
        const inside = Buffer.from(prefix).toString('hex')
        const expected = written
          .map((bytes) => bytes.toString('hex'))
          .filter((hex) => !hex.startsWith(inside))
        expect(left).toEqual([...new Set(expected)].sort())
      },
    )
    await fc.assert(property, { numRuns: 50 })
    await database.clearAll()
  })

  test('that begins at a selector and has no end goes to the end of its scope', async () => {
    const item = fc.integer({ min: 0, max: 20 })
    const property = fc.asyncProperty(
      fc.uniqueArray(fc.tuple(item, item), { selector: String, maxLength: 20 }),
      fc.tuple(item, item),
      fc.constantFrom('firstGreaterThan' as const, 'firstGreaterOrEqual' as const),
      async (keys, from, which) => {
        await database.clearAll()
        const scope = database.at('numbers/', encoders.tuple)
        for (const key of keys) await scope.set(key, 'x')
        await database.set('other', 'x')
        const selector = keySelector[which]<readonly number[]>(from)
        const found = (await scope.getRangeAll(selector)).map(([key]) => key)
        const counted = await scope.count(selector)
        const expected = keys
          .filter((key) => tuple.compare(key, from) >= (which === 'firstGreaterThan' ? 1 : 0))
          .sort(tuple.compare)
        expect(found).toEqual(expected)
        expect(counted).toBe(expected.length)
      },
    )
    await fc.assert(property, { numRuns: 50 })
    expect(
      await outcome(() => database.getRangeAllStartsWith(keySelector('a', true, 1) as never)),
    ).toBeInstanceOf(TypeError)
  })
})
