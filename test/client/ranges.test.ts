import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReadLimitError, StreamingMode, encoders, keySelector } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { openBackend } from './open-backend.ts'

const COUNT = 300
const db = openBackend()
const numbers = db.at('ranges/', encoders.int32BE, encoders.int32BE)
afterAll(() => db.close())
beforeAll(async () => {
  await db.clearRangeStartsWith('ranges/')
  await numbers.doTransaction((tn) => {
    for (let i = 0; i < COUNT; i++) tn.set(i * 2, i)
  })
})

const all = Array.from({ length: COUNT }, (_, i): [number, number] => [i * 2, i])

const rangeRead = fc.record({
  begin: fc.integer({ min: 0, max: COUNT * 2 }),
  end: fc.integer({ min: 0, max: COUNT * 2 }),
  limit: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: COUNT + 5 })),
  reverse: fc.boolean(),
  targetBytes: fc.constantFrom(0, 0, 1, 100, 5000),
  streamingMode: fc.constantFrom(
    ...Object.values(StreamingMode).filter((mode) => mode !== StreamingMode.Exact),
  ),
})

describe('a range', () => {
  test('is the same however it is read', async () => {
    await fc.assert(
      fc.asyncProperty(rangeRead, async ({ begin, end, ...options }) => {
        fc.pre(begin <= end)
        const inside = all.filter(([key]) => begin <= key && key < end)
        if (options.reverse) inside.reverse()
        const expected = options.limit === 0 ? inside : inside.slice(0, options.limit)
        await numbers.doTransaction(async (tn) => {
          expect(await tn.getRangeAll(begin, end, options)).toEqual(expected)
          const one: [number, number][] = []
          for await (const entry of tn.getRange(begin, end, options)) one.push(entry)
          expect(one).toEqual(expected)
          const batched: [number, number][] = []
          for await (const batch of tn.getRangeBatch(begin, end, options)) batched.push(...batch)
          expect(batched).toEqual(expected)
        })
      }),
      { numRuns: backend.name === 'engine' ? 150 : 40 },
    )
  })

  test('may begin and end at key selectors', async () => {
    const from = keySelector.firstGreaterThan(10)
    const to = keySelector.firstGreaterThan(14)
    expect(await numbers.getRangeAll(from, to)).toEqual(all.slice(6, 8))
    const last = keySelector.add(keySelector.lastLessThan(20), -1)
    expect(await numbers.getRangeAll(last, 20)).toEqual(all.slice(8, 10))
  })

  test('from a selector alone go to the end of the scope', async () => {
    for (const { selector, first } of [
      { selector: keySelector.firstGreaterThan(10), first: 6 },
      { selector: keySelector.firstGreaterOrEqual(10), first: 5 },
      { selector: keySelector.add(keySelector.lastLessOrEqual(10), -2), first: 3 },
    ]) {
      expect(await numbers.getRangeAll(selector)).toEqual(all.slice(first))
    }
  })

  test('without an end is all keys with the prefix', async () => {
    const users = db.at('ranges-prefix/', encoders.tuple)
    await users.clearRangeStartsWith([])
    await users.set(['a\0'], 'no')
    await users.set(['a', 'b'], 'yes')
    await users.set(['a'], 'no')
    expect(await users.getRangeAllStartsWith(['a'])).toEqual([[['a', 'b'], Buffer.from('yes')]])
    const found: unknown[] = []
    await users.doTransaction(async (tn) => {
      found.length = 0
      for await (const [key] of tn.getRangeStartsWith(['a'])) found.push(key)
    })
    expect(found).toEqual([['a', 'b']])
    await users.clearRangeStartsWith(['a'])
    expect((await users.getRangeAllStartsWith([])).map(([key]) => key)).toEqual([['a'], ['a\0']])
  })

  test('of which one batch is read says whether there is more', async () => {
    await numbers.doTransaction(async (tn) => {
      const from = keySelector.firstGreaterOrEqual(0)
      const to = keySelector.firstGreaterOrEqual(8)
      const some = await tn.native.getRange(from, to, { limit: 3 })
      expect(some).toEqual({ results: all.slice(0, 3), more: true })
      const rest = await tn.native.getRange(keySelector.firstGreaterThan(4), to)
      expect(rest).toEqual({ results: all.slice(3, 4), more: false })
    })
  })

  test('stops at maxBytes with a typed error', async () => {
    const entry = 'ranges/'.length + 4 + 4
    const read = (maxBytes: number) => numbers.getRangeAll(0, COUNT * 2, { maxBytes })
    await expect(read(entry * COUNT - 1)).rejects.toThrow(ReadLimitError)
    expect(await read(entry * COUNT)).toHaveLength(COUNT)
  })

  test('answers calls of next that do not wait for each other in order', async () => {
    await numbers.doTransaction(async (tn) => {
      const iterator = tn.getRange(0, 20)
      const results = await Promise.all(Array.from({ length: 12 }, () => iterator.next()))
      expect(results.map((result) => result.value as unknown)).toEqual([
        ...all.slice(0, 10),
        undefined,
        undefined,
      ])
      expect(results.at(-1)).toEqual({ done: true, value: undefined })
    })
  })

  test('that is left early reads no further', async () => {
    await numbers.doTransaction(async (tn) => {
      for await (const [key] of tn.getRange(0, COUNT * 2)) if (key === 4) break
      expect(await tn.getRangeAll(0, 2)).toEqual(all.slice(0, 1))
    })
  })

  test.each([
    [{ limit: -1 }, 'limit'],
    [{ limit: 1.5 }, 'limit'],
    [{ targetBytes: '1' }, 'targetBytes'],
    [{ streamingMode: 17 }, 'streamingMode'],
    [{ maxBytes: 'all' }, 'maxBytes'],
  ])('refuses %j and names it', async (options, name) => {
    await expect(numbers.getRangeAll(0, 1, options as never)).rejects.toThrow(TypeError)
    await expect(numbers.getRangeAll(0, 1, options as never)).rejects.toThrow(name)
  })
})

test('clearing a range takes its keys alone', async () => {
  const scope = db.at('ranges-clear/')
  await scope.clearRangeStartsWith('')
  for (const key of ['a', 'b', 'ba', 'c']) await scope.set(key, key)
  await scope.clearRange('b', 'c')
  expect((await scope.getRangeAllStartsWith('')).map(([key]) => String(key))).toEqual(['a', 'c'])
})
