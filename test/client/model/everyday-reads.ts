/** Reads of a whole scope, of pages and of several keys, against a sorted list. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { allKeys, longScan } from '../../../src/index.ts'
import type { Database } from '../../../src/index.ts'

type Entry = [key: string, value: string]

/** Keys in hex, as they sort: few bytes, so that many are prefixes of each other, or at the ends of the scope. */
const anyKey = fc
  .array(fc.constantFrom('00', '01', '61', 'fe', 'ff'), { maxLength: 3 })
  .map((bytes) => bytes.join(''))

const anyData = fc
  .uniqueArray(anyKey, { maxLength: 25, size: 'max' })
  .map((keys) => keys.sort().map((key, at): Entry => [key, `value ${at}`]))

export const anyRead = fc.record({
  data: anyData,
  start: fc.option(anyKey, { nil: undefined }),
  end: fc.option(anyKey, { nil: undefined }),
  reverse: fc.boolean(),
  limit: fc.integer({ min: 1, max: 8 }),
  asked: fc.array(anyKey, { maxLength: 8 }),
})

type Read = typeof anyRead extends fc.Arbitrary<infer T> ? T : never

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const readable = (entries: [Buffer, Buffer][]): Entry[] =>
  entries.map(([key, value]) => [key.toString('hex'), String(value)])

/** What the range holds, as the calls of ranges mean it. */
function inside({ data, start, end }: Read): Entry[] {
  if (start === undefined) return data.filter(([key]) => end === undefined || key < end)
  if (end === undefined) return data.filter(([key]) => key.startsWith(start))
  return data.filter(([key]) => start <= key && key < end)
}

async function fill(scope: Database, data: readonly Entry[]): Promise<void> {
  await scope.doOneshot((tn) => {
    tn.clearRange('', Buffer.alloc(9, 0xff))
    for (const [key, value] of data) tn.set(bytes(key), value)
  })
}

/** The scope has neighbours on both sides, which no read may see. */
export async function checkReads(db: Database, read: Read): Promise<void> {
  const { data, start, end, reverse, limit, asked } = read
  const scope = db.at('m')
  await Promise.all([db.set('l\xff', 'before'), db.set('n', 'behind'), fill(scope, data)])
  const expected = inside(read)
  const inOrder = reverse ? expected.toReversed() : expected
  const begin = start === undefined ? (end === undefined ? allKeys : '') : bytes(start)
  const behind = end === undefined ? undefined : bytes(end)

  const one: [Buffer, Buffer][] = []
  for await (const entry of scope.getRange(begin, behind, { reverse })) one.push(entry)
  expect(readable(one), 'getRange').toEqual(inOrder)
  const first: [Buffer, Buffer][] = []
  for await (const entry of scope.getRange(begin, behind, { reverse, limit })) first.push(entry)
  expect(readable(first), 'getRange with a limit').toEqual(inOrder.slice(0, limit))
  expect(await scope.count(begin, behind), 'count').toBe(expected.length)
  await checkWhole(scope, data)
  await checkPages(scope, read, inOrder)

  const values = new Map(data)
  const wanted = asked.map((key) => values.get(key))
  const text = (got: (Buffer | undefined)[]) => got.map((value) => value?.toString())
  expect(text(await scope.getMany(asked.map(bytes))), 'getMany').toEqual(wanted)
  const within = await scope.doTransaction((tn) => tn.getMany(asked.map(bytes)))
  expect(text(within), 'getMany in a transaction').toEqual(wanted)
}

async function checkWhole(scope: Database, data: readonly Entry[]): Promise<void> {
  expect(readable(await scope.getRangeAll(allKeys)), 'all of it').toEqual(data)
  const seen: [Buffer, Buffer][] = []
  for await (const { entries } of longScan(scope, allKeys)) seen.push(...entries)
  expect(readable(seen), 'a long scan of all of it').toEqual(data)
}

/** Pages together are the range; each but the last is full, and only the last has no cursor. */
async function checkPages(scope: Database, read: Read, expected: Entry[]): Promise<void> {
  const { start, end, reverse, limit } = read
  const range = {
    reverse,
    limit,
    ...(start !== undefined && { start: bytes(start) }),
    ...(end !== undefined && { end: bytes(end) }),
  }
  const seen: Entry[] = []
  let after: string | undefined
  do {
    const { entries, cursor } = await scope.page({ ...range, after })
    seen.push(...readable(entries))
    expect(entries.length === limit || cursor === undefined).toBe(true)
    after = cursor
    if (after !== undefined) expect(after).toMatch(/^[\w-]+$/)
  } while (after !== undefined)
  expect(seen, 'pages').toEqual(expected)
}
