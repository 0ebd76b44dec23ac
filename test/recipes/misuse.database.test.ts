import { afterAll, describe, expect, test } from 'vitest'
import { encoders } from '../../src/index.ts'
import { Blob, MAX_BLOB_STEP, RateLimiter, Topic } from '../../src/recipes/index.ts'
import type { RateLimiterOptions } from '../../src/recipes/index.ts'
import { openTestDatabase } from '../support/database.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const scope = db.at('misuse/')
const left = () => scope.getRangeAllStartsWith('')

describe('a blob', () => {
  const blob = new Blob(scope)

  test.each<[string, () => unknown, RegExp]>([
    ['a negative offset', () => blob.read(-1, 1), /^offset/],
    ['half a byte', () => blob.read(0, 0.5), /^length/],
    ['an offset of text', () => blob.write('0' as never, Buffer.alloc(1)), /^offset/],
    ['text', () => blob.append('text' as never), /Uint8Array/],
    ['nothing', () => blob.write(0, undefined as never), /Uint8Array/],
    ['a length that is none', () => blob.truncate(NaN), /^offset/],
  ])('refuses %s with a TypeError, and writes nothing', async (_, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
    expect(await left()).toEqual([])
  })

  test('refuses a step that no transaction holds, and says to take several', async () => {
    const large = Buffer.alloc(MAX_BLOB_STEP + 1)
    expect(() => blob.append(large)).toThrow(RangeError)
    expect(() => blob.write(0, large)).toThrow(/take several/)
    expect(() => blob.read(0, MAX_BLOB_STEP + 1)).toThrow(RangeError)
    expect(await left()).toEqual([])
  })

  test('holds the bytes of the call, whatever becomes of their buffer', async () => {
    const [changed, moved] = [Buffer.from('changed'), new Uint8Array(Buffer.from(' moved'))]
    const writing = [blob.write(0, changed), blob.write(changed.length, moved)]
    changed.fill('x')
    structuredClone(moved.buffer, { transfer: [moved.buffer] })
    await Promise.all(writing)
    expect(String(await blob.read(0, 100))).toBe('changed moved')
    await blob.truncate(0)
    await blob.sweep()
    await scope.clearRangeStartsWith('')
  })

  test('far behind its end is zero up to there, and takes no room', async () => {
    const far = 2 ** 40
    await blob.write(far, Buffer.from('end'))
    expect(await blob.size()).toBe(far + 3)
    expect((await blob.read(far - 2, 100)).toString('latin1')).toBe('\0\0end')
    expect((await blob.read(12_345, 10)).equals(Buffer.alloc(10))).toBe(true)
    await blob.sweep()
    expect((await left()).length).toBe(2)
    await blob.truncate(0)
    expect(await blob.read(0, 10)).toHaveLength(0)
    await scope.clearRangeStartsWith('')
  })
})

describe('a rate limiter', () => {
  test.each<[string, Partial<Record<keyof RateLimiterOptions, unknown>>, RegExp]>([
    ['no capacity', { perSecond: 1 }, /^capacity/],
    ['an infinite one', { capacity: Infinity, perSecond: 1 }, /^capacity/],
    ['nothing that comes back', { capacity: 1, perSecond: 0 }, /^perSecond/],
    ['an unknown clock', { capacity: 1, perSecond: 1, clock: 'wall' }, /^clock/],
  ])('refuses %s with a TypeError', (_, options, message) => {
    expect(() => new RateLimiter(scope, options as never)).toThrow(TypeError)
    expect(() => new RateLimiter(scope, options as never)).toThrow(message)
  })

  test.each([0, -1, NaN, 3.5, '1'])('refuses to take %s of 3', async (permits) => {
    const limiter = new RateLimiter(scope, { capacity: 3, perSecond: 1 })
    expect(() => limiter.take(permits as number)).toThrow(/^permits/)
    expect(await left()).toEqual([])
  })
})

describe('a topic', () => {
  const topic = new Topic(db.at('topic/').withValueEncoding(encoders.string))
  const publish = async (...values: string[]) => {
    for (const value of values) await topic.publish(value)
  }

  async function take(count: number, from: Buffer | 'start' | 'now' = 'start') {
    const taken: { value: string; cursor: Buffer }[] = []
    if (count === 0) return taken
    for await (const message of topic.subscribe({ from })) {
      taken.push(message)
      if (taken.length === count) break
    }
    return taken
  }

  test('gives what was there before, what comes behind a cursor, and what is new', async () => {
    await publish('a', 'b', 'c')
    const all = await take(3)
    expect(all.map(({ value }) => value)).toEqual(['a', 'b', 'c'])
    const behind = await take(2, all[0]!.cursor)
    expect(behind.map(({ value }) => value)).toEqual(['b', 'c'])
    const news = topic.subscribe({ from: 'now' })[Symbol.asyncIterator]()
    const first = news.next()
    // The subscription begins at some moment: it misses none from then on, so one of these is its first.
    await publish('d', 'e')
    expect(['d', 'e']).toContain((await first).value?.value)
    await news.return?.()
  })

  test('forgets what was trimmed, with the cursor, and goes on behind it', async () => {
    const all = await take(5)
    await topic.trim(all[1]!.cursor)
    expect((await take(3)).map(({ value }) => value)).toEqual(['c', 'd', 'e'])
    // A cursor whose message is gone is still a place.
    expect((await take(1, all[0]!.cursor))[0]?.value).toBe('c')
  })

  test('ends when its signal aborts: while it waits, between messages, and before it began', async () => {
    const controller = new AbortController()
    const seen: string[] = []
    const running = (async () => {
      for await (const { value } of topic.subscribe({ signal: controller.signal })) {
        seen.push(value)
        if (value === 'f') controller.abort()
      }
    })()
    await publish('f', 'g')
    await running
    expect(seen).toEqual(['c', 'd', 'e', 'f'])
    for await (const _ of topic.subscribe({ signal: controller.signal })) expect.fail('it ended')
    const waiting = new AbortController()
    const none = topic.subscribe({ from: 'now', signal: waiting.signal }).next()
    waiting.abort()
    expect((await none).done).toBe(true)
  })

  test.each([Buffer.alloc(11), 'here', 12, null])('refuses %o as a cursor', async (cursor) => {
    await expect(topic.trim(cursor as never)).rejects.toThrow(TypeError)
    await expect(topic.subscribe({ from: cursor as never }).next()).rejects.toThrow(TypeError)
  })
})
