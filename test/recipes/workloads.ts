import { expect } from 'vitest'
import { allKeys, encoders } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import {
  Blob,
  IndexedTable,
  Lock,
  PriorityQueue,
  Queue,
  RateLimiter,
  ShardedCounter,
  Topic,
} from '../../src/recipes/index.ts'
import { Draw } from '../differential/draw.ts'
import { leasedQueue } from './queue-workloads.ts'

/** What each recipe promises, tried by several at once in a random order. They run with and without faults. */
export type Workload = (db: Database, seed: number) => Promise<void>

const PROCESSES = 4

function processes(work: (process: number) => Promise<void>): Promise<void[]> {
  return Promise.all(Array.from({ length: PROCESSES }, (_, process) => work(process)))
}

const sorted = (items: Iterable<string>) => [...items].sort()

/** Every item comes out once, and those of one producer in its order for each consumer. */
const queue: Workload = async (db, seed) => {
  const scope = db.withValueEncoding(encoders.string)
  const pushed: string[] = []
  const popped: string[] = []
  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const own = new Queue(scope)
    const mine: string[] = []
    for (let i = 0; i < 12; i++) {
      if (draw.oneIn(2)) {
        const item = `${process}:${String(i).padStart(3, '0')}`
        await own.push(item)
        pushed.push(item)
      } else {
        const item = await own.pop()
        if (item !== undefined) mine.push(item)
      }
    }
    for (let producer = 0; producer < PROCESSES; producer++) {
      const ofOne = mine.filter((item) => item.startsWith(`${producer}:`))
      expect(ofOne).toEqual(sorted(ofOne))
    }
    popped.push(...mine)
    await own.sweep()
  })
  const rest = new Queue(scope)
  for (let item = await rest.pop(); item !== undefined; item = await rest.pop()) popped.push(item)
  expect(sorted(popped)).toEqual(sorted(pushed))
  expect(await rest.isEmpty()).toBe(true)
  await rest.sweep()
  const left = await db.withKeyEncoding(encoders.tuple).getRangeAll(allKeys)
  expect(
    left.map(([key]) => key),
    'what is left behind',
  ).toEqual([['bell']])
}

/** Every item comes out once; with one consumer, by priority and then in the order of the pushes. */
const priorityQueue: Workload = async (db, seed) => {
  const scope = db.withValueEncoding(encoders.string)
  const pushed: string[] = []
  const popped: string[] = []
  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const own = new PriorityQueue(scope)
    for (let i = 0; i < 10; i++) {
      if (draw.oneIn(4)) {
        const item = await own.pop()
        if (item !== undefined) popped.push(item)
      } else {
        const priority = draw.integer(0, 3)
        const item = `${priority}:${process}:${String(i).padStart(3, '0')}`
        await own.push(priority, item)
        pushed.push(item)
      }
    }
    await own.sweep()
  })
  const rest = new PriorityQueue(scope)
  const inOrder: string[] = []
  for (let item = await rest.pop(); item !== undefined; item = await rest.pop()) inOrder.push(item)
  const priorities = inOrder.map((item) => item.split(':')[0])
  expect(priorities).toEqual(sorted(priorities as string[]))
  for (let process = 0; process < PROCESSES; process++) {
    const ofOne = inOrder.filter((item) => item.split(':')[1] === String(process))
    expect(ofOne).toEqual(sorted(ofOne))
  }
  expect(sorted([...popped, ...inOrder])).toEqual(sorted(pushed))
}

/** The sum is that of all that was added. */
const counter: Workload = async (db, seed) => {
  let expected = 0n
  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const own = new ShardedCounter(db, { shards: draw.integer(1, 8) })
    for (let i = 0; i < 10; i++) {
      const amount = BigInt(draw.integer(-1000, 1000))
      await own.add(amount)
      expected += amount
    }
    await own.sweep()
  })
  expect(await new ShardedCounter(db).value()).toBe(expected)
}

/** Every subscriber gets every message once, in the same order, whenever it begins and however often it restarts. */
const topic: Workload = async (db, seed) => {
  const scope = db.withValueEncoding(encoders.string)
  const total = PROCESSES * 6
  const published: string[] = []
  const received: string[][] = []
  const publish = processes(async (process) => {
    const own = new Topic(scope)
    for (let i = 0; i < 6; i++) {
      const text = `${process}:${i}`
      await own.publish(text)
      published.push(text)
    }
    await own.sweep()
  })
  const subscribe = processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const mine: string[] = []
    let from: Buffer | 'start' = 'start'
    while (mine.length < total) {
      for await (const message of new Topic(scope).subscribe({ from })) {
        mine.push(message.value)
        from = message.cursor
        if (mine.length === total || draw.oneIn(5)) break
      }
    }
    received.push(mine)
  })
  await Promise.all([publish, subscribe])
  for (const mine of received) expect(mine).toEqual(received[0])
  expect(sorted(received[0]!)).toEqual(sorted(published))
}

/** The bytes are those of a model; appends of many land once each, whole. */
const blob: Workload = async (db, seed) => {
  const draw = new Draw(seed)
  const own = new Blob(db.at('one/'))
  let model = Buffer.alloc(0)
  const resize = (length: number) => Buffer.concat([model, Buffer.alloc(length)], length)
  for (let i = 0; i < 12; i++) {
    const bytes = Buffer.alloc(draw.integer(0, 25_000), draw.integer(1, 255))
    const at = draw.integer(0, 30_000)
    const kind = draw.pick(['write', 'append', 'truncate', 'read'])
    if (kind === 'write' && bytes.length > 0) {
      await own.write(at, bytes)
      model = resize(Math.max(model.length, at + bytes.length))
      bytes.copy(model, at)
    } else if (kind === 'append') {
      expect(await own.append(bytes)).toBe(model.length)
      model = Buffer.concat([model, bytes])
    } else if (kind === 'truncate') {
      await own.truncate(at)
      model = resize(Math.max(model.length, at)).subarray(0, at)
    }
    const from = draw.integer(0, 40_000)
    const length = draw.integer(0, 30_000)
    expect(await own.size()).toBe(model.length)
    expect((await own.read(from, length)).equals(model.subarray(from, from + length))).toBe(true)
  }
  await processes(async (process) => {
    const shared = new Blob(db.at('many/'))
    for (let i = 0; i < 3; i++) await shared.append(Buffer.alloc(100, process + 1))
  })
  const many = await new Blob(db.at('many/')).read(0, 100_000)
  expect(many.length).toBe(PROCESSES * 300)
  const blocks = Array.from({ length: PROCESSES * 3 }, (_, i) =>
    many.subarray(i * 100, i * 100 + 100),
  )
  for (const block of blocks) expect(block.equals(Buffer.alloc(100, block[0]))).toBe(true)
}

/** A read sees a write whole or not at all, and so does what is left at the end: all are of whole blocks. */
const sharedBlob: Workload = async (db, seed) => {
  const BLOCK = 12_500
  const own = () => new Blob(db)
  const isWhole = (bytes: Buffer) => {
    expect(bytes.length % BLOCK).toBe(0)
    for (let at = 0; at < bytes.length; at += BLOCK) {
      const block = bytes.subarray(at, at + BLOCK)
      expect(block.equals(Buffer.alloc(BLOCK, block[0]))).toBe(true)
    }
  }
  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const blob = own()
    for (let i = 0; i < 6; i++) {
      const bytes = Buffer.alloc(BLOCK * draw.integer(1, 2), 1 + process * 6 + i)
      const kind = draw.pick(['write', 'append', 'truncate', 'read', 'read'])
      if (kind === 'append') expect((await blob.append(bytes)) % BLOCK).toBe(0)
      else if (kind === 'truncate') await blob.truncate(BLOCK * draw.integer(0, 4))
      else if (kind === 'write') await blob.write(BLOCK * draw.integer(0, 4), bytes)
      else isWhole(await blob.read(0, BLOCK * 20))
    }
    await blob.sweep()
  })
  const blob = own()
  const all = await blob.read(0, BLOCK * 40)
  expect(all.length).toBe(await blob.size())
  isWhole(all)
}

/**
 * A subscriber that keeps its cursor in the transaction that does its work does each message's work once,
 * however often it starts again, and whatever the messages before its place are trimmed.
 */
const handledTopic: Workload = async (db, seed) => {
  const messages = db.at('topic/').withValueEncoding(encoders.string)
  const total = PROCESSES * 5
  const place = 'place'
  const publish = processes(async (process) => {
    const own = new Topic(messages)
    for (let i = 0; i < 5; i++) await own.publish(`${process}:${i}`)
    await own.sweep()
  })
  const draw = new Draw(seed)
  const handle = async (): Promise<void> => {
    let handled = 0
    while (handled < total) {
      const from = (await db.get(place)) ?? 'start'
      for await (const { value, cursor } of new Topic(messages).subscribe({ from })) {
        handled = await db.doTransaction(async (tn) => {
          const last = await tn.get(place)
          const count = Number((await tn.get('count')) ?? 0)
          // An earlier attempt was applied, or another subscriber was here.
          if (last !== undefined && Buffer.compare(cursor, last) <= 0) return count
          tn.set(place, cursor)
          tn.set('count', String(count + 1))
          tn.set(`done/${value}/${String(count).padStart(3, '0')}`, '')
          return count + 1
        })
        if (draw.oneIn(6)) await new Topic(messages).trim(cursor)
        if (handled >= total || draw.oneIn(4)) break
      }
    }
  }
  await Promise.all([publish, handle()])
  const done = await db.getRangeAllStartsWith('done/')
  const order = done.map(([key]) => key.toString().split('/').slice(-2) as [string, string])
  expect(order.length).toBe(total)
  expect(new Set(order.map(([value]) => value)).size).toBe(total)
  const inOrder = order.sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([value]) => value)
  for (let process = 0; process < PROCESSES; process++) {
    const ofOne = inOrder.filter((value) => value.startsWith(`${process}:`))
    expect(ofOne).toEqual(sorted(ofOne))
  }
}

/** What the index finds is what a look at all rows finds; damage is found and repaired. */
const index: Workload = async (db, seed) => {
  const rows = db.withKeyEncoding(encoders.string).withValueEncoding(encoders.json<string[]>())
  const own = new IndexedTable(rows, {
    tag: (tags) => tags.map((tag) => [tag]),
  })
  const keys = ['a', 'b', 'c\0', 'd', 'e']
  const tags = ['x', 'y', 'z']
  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    for (let i = 0; i < 8; i++) {
      const key = draw.pick(keys)
      const value = tags.filter(() => draw.oneIn(2))
      await db.doTransaction((tn) => (draw.oneIn(4) ? own.clear(tn, key) : own.set(tn, key, value)))
      const tag = draw.pick(tags)
      await db.doTransaction(async (tn) => {
        const values = await Promise.all(keys.map((each) => own.get(tn, each)))
        const expected = keys.filter((_, at) => values[at]?.includes(tag))
        expect(await own.find(tn, 'tag', [tag])).toEqual(expected)
      })
    }
  })
  expect(await own.verify()).toEqual({ missing: 0, stale: 0 })
  await db.doTransaction((tn) => own.set(tn, 'a', ['x']))
  const entries = await db.withKeyEncoding(encoders.tuple).getRangeAllStartsWith(['index'])
  await db.withKeyEncoding(encoders.tuple).clear(entries[0]![0])
  await db.withKeyEncoding(encoders.tuple).set(['index', 'tag', 'none', Buffer.from('a')], '')
  expect(await own.verify()).toEqual({ missing: 1, stale: 1 })
  expect(await own.rebuild()).toEqual({ missing: 1, stale: 1 })
  expect(await own.verify()).toEqual({ missing: 0, stale: 0 })
}

/** No two hold the lock at once, and tokens grow. */
const lock: Workload = async (db) => {
  let holders = 0
  const tokens: bigint[] = []
  await processes(async () => {
    const own = new Lock(db.at('lock/'))
    for (let i = 0; i < 3; i++) {
      const held = await own.acquire()
      expect(++holders).toBe(1)
      tokens.push(held.token)
      await db.doTransaction(async (tn) => {
        await held.guard(tn)
        tn.set('work', String(held.token))
      })
      expect(held.isHeld).toBe(true)
      holders--
      await held.release()
    }
  })
  expect(tokens).toEqual(Array.from({ length: PROCESSES * 3 }, (_, i) => BigInt(i + 1)))
}

/** Permits that are granted are exactly those of the bucket, when no time passes. */
const rateLimit: Workload = async (db, seed) => {
  const capacity = new Draw(seed).integer(1, 20)
  let granted = 0
  await processes(async () => {
    // So slow that nothing comes back while this runs.
    const own = new RateLimiter(db, { capacity, perSecond: 1e-9, clock: 'versions' })
    for (let i = 0; i < 8; i++) if ((await own.take()).granted) granted++
  })
  expect(granted).toBe(Math.min(capacity, PROCESSES * 8))
}

/** However many ask: no more than the bucket held and what came back meanwhile, by the cluster's clock. */
const refillingLimit: Workload = async (db, seed) => {
  const draw = new Draw(seed)
  const capacity = draw.integer(2, 10)
  const perSecond = draw.integer(1, 2000)
  const millions = async () => Number(await db.doTransaction((tn) => tn.getReadVersion())) / 1e6
  const begin = await millions()
  let granted = 0
  let asked = 0
  await processes(async (process) => {
    const own = new RateLimiter(db, { capacity, perSecond, clock: 'versions' })
    const drawn = new Draw(seed * 100 + process)
    for (let i = 0; i < 8; i++) {
      const permits = drawn.integer(1, capacity)
      const { granted: given, waitMilliseconds } = await own.take(permits)
      asked += permits
      if (given) granted += permits
      expect(given ? waitMilliseconds === 0 : waitMilliseconds > 0).toBe(true)
    }
    await own.sweep()
  })
  const elapsed = (await millions()) - begin
  expect(granted).toBeLessThanOrEqual(capacity + perSecond * elapsed + 1e-6)
  // The first ones found a full bucket.
  expect(granted).toBeGreaterThanOrEqual(Math.min(asked, 1))
}

export const workloads: Record<string, Workload> = {
  queue,
  'queue with leases': leasedQueue,
  'priority queue': priorityQueue,
  'sharded counter': counter,
  topic,
  'handled topic': handledTopic,
  blob,
  'shared blob': sharedBlob,
  'indexed table': index,
  lock,
  'rate limiter': rateLimit,
  'refilling rate limiter': refillingLimit,
}
