// Ranges ask for the next batch before it is wanted. Whoever stops early, in whatever way, sees what he would have seen
// without, and what was asked ahead is given back.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ReadLimitError, StreamingMode, encoders } from '../../src/index.ts'
import { census } from '../../src/future/owners/census.ts'
import { openBackend } from './open-backend.ts'

const ROWS = 400
const database = openBackend()
const db = database.at('read-ahead/').withKeyEncoding(encoders.string)
const keys = Array.from({ length: ROWS }, (_, i) => String(i).padStart(3, '0'))

beforeAll(async () => {
  await db.clearAll()
  await db.doTransaction((tn) => {
    for (const key of keys) tn.set(key, Buffer.alloc(50, key))
  })
})
afterAll(async () => {
  await db.clearAll()
  database.close()
})

const anyStop = fc.constantFrom('break', 'throw', 'leave', 'end')
const anyRange = fc.record({
  first: fc.nat({ max: ROWS }),
  last: fc.nat({ max: ROWS }),
  take: fc.nat({ max: ROWS }),
  limit: fc.option(fc.integer({ min: 1, max: ROWS }), { nil: 0 }),
  reverse: fc.boolean(),
  mode: fc.constantFrom(StreamingMode.Iterator, StreamingMode.Small, StreamingMode.WantAll),
  stop: anyStop,
})
type Range = typeof anyRange extends fc.Arbitrary<infer T> ? T : never

const STOPPED = new Error('that is enough')

async function seenOf({ first, last, take, limit, reverse, mode, stop }: Range): Promise<string[]> {
  const seen: string[] = []
  const bound = (at: number): string => keys[at] ?? '~'
  await db
    .doTransaction(async (tn) => {
      seen.length = 0
      const options = { limit, reverse, streamingMode: mode }
      const range = tn.getRange(bound(first), bound(last), options)
      if (stop === 'leave') {
        // Nobody says that it is over: the transaction ends first.
        while (seen.length < take) {
          const { done, value } = await range.next()
          if (done === true) return
          seen.push(value[0])
        }
        return
      }
      for await (const [key] of range) {
        if (seen.length === take && stop !== 'end') {
          if (stop === 'throw') throw STOPPED
          break
        }
        seen.push(key)
      }
    })
    .catch((error: unknown) => {
      if (error !== STOPPED) throw error
    })
  return seen
}

function expected({ first, last, take, limit, reverse, stop }: Range): string[] {
  const all = keys.slice(first, Math.max(first, last))
  if (reverse) all.reverse()
  const limited = limit > 0 ? all.slice(0, limit) : all
  return stop === 'end' ? limited : limited.slice(0, take)
}

test('who stops early sees what is there, and leaves nothing', async () => {
  const before = census().handles
  await fc.assert(
    fc.asyncProperty(anyRange, async (range) => {
      expect(await seenOf(range)).toEqual(expected(range))
    }),
  )
  // What is in flight comes back with the next answers.
  await db.get('000')
  expect(census().handles).toBe(before)
})

test('a range that is too large leaves nothing', async () => {
  const before = census().handles
  const options = { maxBytes: 300, targetBytes: 100, streamingMode: StreamingMode.Iterator }
  await expect(db.getRangeAll('000', '~', options)).rejects.toThrow(ReadLimitError)
  await db.get('000')
  expect(census().handles).toBe(before)
})

test('rows of a batch can be taken when the transaction is over', async () => {
  const range = await db.doTransaction(async (tn) => {
    const all = tn.getRange('000', '~', { streamingMode: StreamingMode.WantAll })
    await all.next()
    return all
  })
  expect((await range.next()).value?.[0]).toBe('001')
  await range.return?.()
})
