// What a queue promises when several push, lease, die and give up at once. They run with and without faults.
import { expect } from 'vitest'
import { encoders } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import { LeaseLostError, Once, Queue } from '../../src/recipes/index.ts'
import type { QueueMessage } from '../../src/recipes/index.ts'
import { Draw } from '../differential/draw.ts'

const PROCESSES = 4
const EACH = 6
const MAX_TRIES = 3
/** So short that it may run out while its message is worked on. */
const LEASE = 30

function processes(work: (process: number) => Promise<void>): Promise<void[]> {
  return Promise.all(Array.from({ length: PROCESSES }, (_, process) => work(process)))
}

/**
 * Consumers that die with a message, fail, are too slow, or do their work in the transaction that settles it. Every
 * message is done once, or it is a dead letter, after all of its tries.
 */
export async function leasedQueue(db: Database, seed: number): Promise<void> {
  const scope = db.at('queue/').withValueEncoding(encoders.string)
  const done = db.at('done/')
  const tried = new Map<string, number>()
  const open = () => new Queue(scope, { maxTries: MAX_TRIES, leaseMilliseconds: LEASE })

  await processes(async (process) => {
    const draw = new Draw(seed * 100 + process)
    const queue = open()
    const once = new Once(db.at('once/'))
    for (let i = 0; i < EACH; i++) {
      const delay = draw.pick([0, 0, 5])
      const values = draw.oneIn(3) ? ['a', 'b'] : ['a']
      await queue.pushAll(
        values.map((name) => `${process}:${i}:${name}`),
        { delay },
      )
      const message = await queue.receive()
      if (message !== undefined) await work(message, draw, once)
    }
    await queue.sweep()
    await once.sweep()
  })

  async function work(message: QueueMessage<string>, draw: Draw, once: Once): Promise<void> {
    tried.set(message.value, Math.max(tried.get(message.value) ?? 0, message.tries))
    const kind = draw.weighted({ work: 4, die: 1, fail: 1, extend: 1 })
    // Who dies does nothing any more.
    if (kind === 'die') return
    try {
      if (kind === 'fail') return await message.nack({ delay: draw.pick([0, 5]) })
      if (kind === 'extend') await message.extend(1000)
      await once.run(async (tn) => {
        await message.ackIn(tn)
        tn.at(done).add(message.value, 1)
      })
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
    }
  }

  const queue = open()
  const once = new Once(db.at('once/'))
  const finishing = new Draw(seed)
  const keys = db.at('queue/', encoders.tuple)
  while ((await keys.count(['item'])) + (await keys.count(['hidden'])) > 0) {
    const message = await queue.receive({ wait: 1000 })
    if (message !== undefined) await work(message, finishing, once)
  }
  await expectAll(queue, done, tried)
}

async function expectAll(
  queue: Queue<string>,
  done: Database,
  tried: ReadonlyMap<string, number>,
): Promise<void> {
  const counts = await done.getRangeAllStartsWith('')
  const finished = counts.map(([key, count]) => {
    expect(count.readBigUInt64LE(), `${String(key)} is done once`).toBe(1n)
    return String(key)
  })
  const dead: string[] = []
  for (;;) {
    const value = await queue.deadLetters.pop()
    if (value === undefined) break
    expect(tried.get(value), `${value} had all of its tries`).toBe(MAX_TRIES)
    dead.push(value)
  }
  expect([...finished, ...dead].sort()).toEqual([...tried.keys()].sort())
  expect(await queue.length()).toBe(0)
}
