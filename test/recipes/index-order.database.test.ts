// What an index finds, and in which order, against a model that knows nothing of keys.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { encoders, tuple } from '../../src/index.ts'
import type { Database, TupleItem } from '../../src/index.ts'
import { IndexedTable } from '../../src/recipes/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { anyNumber, byNumber } from './any-number.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const RUNS = backend.name === 'engine' ? 400 : 10
let scopes = 0

type Items = readonly TupleItem[]

const typed = fc
  .tuple(fc.constantFrom('float' as const, 'double' as const), anyNumber)
  .map(([type, value]) => ({ type, value: Number(value) }))
const leaf: fc.Arbitrary<TupleItem> = fc.oneof(
  { weight: 6, arbitrary: anyNumber },
  { weight: 3, arbitrary: fc.constantFrom<TupleItem>(0, -0, 1, 2n, 2, 2.5, 2 ** 60, 2n ** 60n) },
  { weight: 2, arbitrary: typed },
  {
    weight: 2,
    arbitrary: fc.constantFrom<TupleItem>(null, true, '', 'a', 'a\0', Buffer.from('a'), NaN),
  },
)
const anyItem: fc.Arbitrary<TupleItem> = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
)
/** Few first items, so that many entries have the same. */
const anyItems = fc.tuple(anyItem, fc.array(anyItem, { maxLength: 2 })).map(([a, b]) => [a, ...b])

const valueOf = (item: TupleItem): number | bigint | undefined => {
  if (typeof item === 'number' || typeof item === 'bigint') return item
  const { type, value } = (item ?? {}) as { type?: string; value?: number }
  if (type === 'float') return Math.fround(value!)
  return type === 'double' ? value : undefined
}

/** As the recipe promises: numbers by their value, a NaN behind them, the rest as in a tuple. */
function compareItem(a: TupleItem, b: TupleItem): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a as Items, b as Items)
  const [left, right] = [valueOf(a), valueOf(b)]
  if (left === undefined || right === undefined) return tuple.compare([a], [b])
  const nan = Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  if (nan !== 0) return nan
  return Number.isNaN(left) ? tuple.compare([a], [b]) : byNumber(left, right)
}

function compareLists(a: Items, b: Items): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareItem(a[at]!, b[at]!)
    if (order !== 0) return order
  }
  return a.length - b.length
}

const packs = (items: Items) => tuple.pack(items).toString('hex')

/** A plain number is the same as a plain number or bigint of its value; a typed one has one form. */
function isSame(wanted: TupleItem, item: TupleItem): boolean {
  if (Array.isArray(wanted) && Array.isArray(item)) {
    return (
      wanted.length === item.length &&
      wanted.every((one, at) => isSame(one as TupleItem, item[at] as TupleItem))
    )
  }
  if (packs([wanted]) === packs([item])) return true
  const plain = (one: TupleItem) => {
    const value = valueOf(one)
    return value !== undefined && packs([value]) === packs([one]) ? value : undefined
  }
  const [left, right] = [plain(wanted), plain(item)]
  return left !== undefined && right !== undefined && byNumber(left, right) === 0
}

const beginsWith = (items: Items, wanted: Items) =>
  wanted.length <= items.length && wanted.every((one, at) => isSame(one, items[at]!))

interface Row {
  readonly key: string
  readonly under: Items[]
}

function makeTable(rows: Map<string, Row>) {
  const scope: Database<string, string, string, string> = db
    .at(`${scopes++}/`)
    .withKeyEncoding(encoders.string)
    .withValueEncoding(encoders.string)
  const table = new IndexedTable(scope, { at: (key: string) => rows.get(key)!.under })
  const add = async (row: Row): Promise<void> => {
    rows.set(row.key, row)
    await db.doTransaction((tn) => table.set(tn, row.key, row.key))
  }
  return { table, add, scope }
}

interface Found {
  readonly key: string
  readonly whole: Items
}

/** All entries that begin so, in order. */
function model(rows: Iterable<Row>, wanted: Items): Found[] {
  const entries = new Map<string, Found>()
  for (const { key, under } of rows) {
    for (const items of under) {
      const whole = [...items, Buffer.from(key)]
      if (beginsWith(items, wanted)) entries.set(packs(whole), { key, whole })
    }
  }
  return [...entries.values()].sort(
    (a, b) => compareLists(a.whole, b.whole) || tuple.compare(a.whole, b.whole),
  )
}

const anyRows = fc
  .array(fc.array(anyItems, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 14 })
  .map((all) => all.map((under, at): Row => ({ key: `k${String(at).padStart(2, '0')}`, under })))

const anySearch = fc.record({
  rows: anyRows,
  row: fc.nat(),
  depth: fc.constantFrom(0, 0, 1, 2),
  swap: fc.boolean(),
  limit: fc.constantFrom(0, 1, 1, 2, 3, 5),
  reverse: fc.boolean(),
})

/** The first items of one of the rows; swapped, numbers are in another form, where they have one. */
function wantedOf({
  rows,
  row,
  depth,
  swap,
}: {
  rows: Row[]
  row: number
  depth: number
  swap: boolean
}) {
  const items = rows[row % rows.length]!.under[0]!.slice(0, depth)
  return swap ? items.map(swapped) : items
}

function swapped(item: TupleItem): TupleItem {
  if (typeof item === 'bigint' && BigInt(Number.isFinite(Number(item)) ? Number(item) : 0) === item)
    return Number(item)
  if (typeof item === 'number' && Number.isInteger(item)) return BigInt(item)
  return item
}

describe('an index', () => {
  test('gives integers, fractions and bigints in the order of numbers', async () => {
    const values = [10, 0.5, 2n, 3, -1, 1.5, -1.5, 2n ** 70n]
    const rows = new Map<string, Row>()
    const { table, add } = makeTable(rows)
    for (const value of values) await add({ key: String(value), under: [[value]] })
    const find = (options: object) => db.doTransaction((tn) => table.find(tn, 'at', [], options))
    const sorted = ['-1.5', '-1', '0.5', '1.5', '2', '3', '10', String(2n ** 70n)]
    expect(await find({})).toEqual(sorted)
    for (let limit = 1; limit <= 8; limit++) {
      expect(await find({ limit })).toEqual(sorted.slice(0, limit))
      expect(await find({ limit, reverse: true })).toEqual(sorted.toReversed().slice(0, limit))
    }
  })

  test('finds what a model finds, in its order, from both ends and with a limit', async () => {
    await fc.assert(
      fc.asyncProperty(anySearch, async (search) => {
        const rows = new Map<string, Row>()
        const { table, add } = makeTable(rows)
        for (const row of search.rows) await add(row)
        const wanted = wantedOf(search)
        const { limit, reverse } = search
        const expected = model(rows.values(), wanted).map(({ key }) => key)
        if (reverse) expected.reverse()
        const found = await db.doTransaction((tn) =>
          table.find(tn, 'at', wanted, { limit, reverse }),
        )
        expect(found).toEqual(limit === 0 ? expected : expected.slice(0, limit))
      }),
      { numRuns: RUNS },
    )
  })

  test('finds a number in whatever form it was written, also where forms multiply', async () => {
    const rows = new Map<string, Row>()
    const { table, add } = makeTable(rows)
    const zeros = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? 0 : -0))
    await add({ key: 'zeros', under: [zeros, [zeros]] })
    await add({ key: 'ones', under: [[...zeros.slice(1), 1]] })
    await add({ key: 'large', under: [[2 ** 60], [2n ** 60n + 1n]] })
    const find = (items: Items, limit = 0) =>
      db.doTransaction((tn) => table.find(tn, 'at', items, { limit }))
    const plain = zeros.map(() => 0)
    expect(await find(plain)).toEqual(['zeros'])
    expect(await find(plain, 5)).toEqual(['zeros'])
    expect(await find([plain])).toEqual(['zeros'])
    expect(await find(plain.slice(2), 1)).toEqual(['zeros'])
    expect(await find([2n ** 60n])).toEqual(['large'])
    expect(await find([{ type: 'double', value: 2 ** 60 }])).toEqual(['large'])
  })

  test('writes the keys that earlier versions read', async () => {
    const { add, scope } = makeTable(new Map())
    await add({ key: 'a', under: [[1.5, -0], [2n ** 64n], [2]] })
    const keys = await scope.withKeyEncoding(encoders.tuple).getRangeAllStartsWith(['index'])
    const row = Buffer.from('a')
    expect(keys.map(([key]) => key)).toEqual([
      ['index', 'at', 2, row],
      ['index', 'at', 2n ** 64n, row],
      ['index', 'at', 1.5, -0, row],
    ])
  })

  test.each([-1, 0.5, NaN, '1', null])('refuses %o as a limit', async (limit) => {
    const { table } = makeTable(new Map())
    const found = db.doTransaction((tn) => table.find(tn, 'at', [], { limit: limit as number }))
    await expect(found).rejects.toThrow(/^limit/)
  })
})

describe('a look-up conflicts', () => {
  test('with what would change its answer, and with nothing behind that', async () => {
    await fc.assert(
      fc.asyncProperty(anySearch, anyItems, async (search, items) => {
        const rows = new Map<string, Row>()
        const { table, add } = makeTable(rows)
        for (const row of search.rows) await add(row)
        const { limit, reverse } = search
        const wanted = wantedOf(search)
        const answer = () => {
          const all = model(rows.values(), wanted)
          if (reverse) all.reverse()
          return limit === 0 ? all : all.slice(0, limit)
        }
        const before = answer()
        using tn = db.getRoot().createTransaction()
        await table.find(tn, 'at', wanted, { limit, reverse })
        tn.set(tuple.pack(['fdbkit-test', 'conflict']), '')
        await add({ key: 'k07a', under: [items] })
        const hasConflict = await tn.commit().then(
          () => false,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 1020 })
            return true
          },
        )
        const after = answer()
        const changed = after.some(
          ({ whole }, at) => before[at] === undefined || packs(whole) !== packs(before[at].whole),
        )
        if (changed) expect(hasConflict).toBe(true)
        const last = before.at(-1)
        const depth = wanted.length
        if (limit === 0 || before.length < limit || last === undefined) return
        // Where a NaN is the last one found, all numbers are looked at, and all nested tuples where one of them is.
        const item = last.whole[depth]!
        if (Array.isArray(item) || Number.isNaN(valueOf(item))) return
        const added = depth < items.length ? items[depth]! : Buffer.from('k07a')
        const order = compareItem(added, item)
        if (!beginsWith(items, wanted) || (reverse ? order < 0 : order > 0)) {
          expect(hasConflict).toBe(false)
        }
      }),
      { numRuns: RUNS },
    )
  })
})
