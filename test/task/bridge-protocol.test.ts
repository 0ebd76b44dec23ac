/** The bridge's sleeping and waking, in every interleaving of its two sides: see bridge-interleavings.ts. */
import { describe, expect, it } from 'vitest'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import { BridgeClosedError, type Codec } from '../../src/task/index.ts'
import { BridgeWait } from '../../src/task/bridge/bridge-wait.ts'
import { Doorbell } from '../../src/task/bridge/doorbell.ts'
import { Endpoint } from '../../src/task/bridge/endpoint.ts'
import { Consumer, Producer, ringBytes, type RingPlace } from '../../src/task/bridge/shared-ring.ts'
import type { Wait } from '../../src/task/waits/wait.ts'
import { explore, type Faults, type Thread, type World } from './bridge-interleavings.ts'

const isLong = (process.env['FDBKIT_LONG'] ?? '') !== ''

interface Setting {
  readonly capacity: number
  readonly messages: readonly number[]
  /** How many messages the consumer takes; Infinity: until the bridge is closed. */
  readonly wanted: number
}

const messagesOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

/** The word of a ring by which its producer says that it closed. */
const CLOSED_WORD = 6 * 16

type Side = Endpoint<number, number>

/** Messages are words beside the ring, so that a slot that is read too early, or written too early, is seen. */
function codecOf(world: World): Codec<number> {
  return {
    maxBytes: 4,
    write(value, _memory, at) {
      world.poke(at, value)
      return 4
    },
    read: (_memory, at) => world.peek(at),
  }
}

class Pair {
  readonly #ways: readonly RingPlace[]

  constructor(capacity: number) {
    const size = ringBytes(capacity, 4)
    const buffer = new SharedArrayBuffer(2 * size)
    this.#ways = [0, size].map((byteOffset) => ({ buffer, byteOffset, capacity, maxBytes: 4 }))
  }

  /** The side that sends on the first way, or the one that receives there. */
  side(world: World, which: 'sends' | 'receives'): Side {
    const [first, second] = this.#ways as [RingPlace, RingPlace]
    const codec = codecOf(world)
    return which === 'sends'
      ? new Endpoint(new Producer(first, codec), new Consumer(second, codec))
      : new Endpoint(new Producer(second, codec), new Consumer(first, codec))
  }
}

/** Counts nothing: a thread that is stopped in the middle gives nothing back. */
class PlainWaker implements Waker {
  readonly taskId = 0
  readonly refCount = 1
  woken = true
  wake(): void {
    this.woken = true
  }
  wakeByRef(): void {
    this.woken = true
  }
  clone(): Waker {
    return this
  }
  drop(): void {}
}

/** An event loop: polls who was woken, until all are done. */
function loop(world: World, bodies: Iterator<Wait<unknown>, unknown, unknown>[]): unknown[] {
  const tasks = bodies.map((body) => ({ body, waker: new PlainWaker(), wait: body.next() }))
  for (;;) {
    for (const task of tasks) {
      while (task.waker.woken && task.wait.done !== true) {
        task.waker.woken = false
        try {
          const value = task.wait.value.poll(task.waker)
          if (value === PENDING) break
          task.wait = task.body.next(value)
        } catch (error) {
          if (!(error instanceof BridgeClosedError) || task.body.throw === undefined) throw error
          task.wait = task.body.throw(error)
        }
        task.waker.woken = true
      }
    }
    if (tasks.every((task) => task.wait.done === true)) return tasks.map((task) => task.wait.value)
    world.event()
  }
}

type Body<R> = Generator<Wait<unknown>, R, unknown>
type Role = (setting: Setting, world: World, side: Side) => unknown

/** What was sent before the bridge was closed. */
function untilClosed(run: (done: number[]) => void): number[] {
  const done: number[] = []
  try {
    run(done)
  } catch (error) {
    if (!(error instanceof BridgeClosedError)) throw error
  }
  return done
}

const TWO_TASKS = 'two tasks that send'

const producers = {
  'a blocking producer': ({ messages }, _world, side) =>
    untilClosed((done) => {
      for (const message of messages) {
        expect(side.sendBlocking(message, Infinity)).toBe(true)
        done.push(message)
      }
    }),
  'a producer in an event loop': ({ messages }, world, side) =>
    loop(world, [sendAll(side, messages)]).flat(),
  [TWO_TASKS]: ({ messages }, world, side) =>
    loop(world, [
      sendAll(
        side,
        messages.filter((message) => message % 2 === 1),
      ),
      sendAll(
        side,
        messages.filter((message) => message % 2 === 0),
      ),
    ]).flat(),
} satisfies Record<string, Role>

function* sendAll(side: Side, messages: readonly number[]): Body<number[]> {
  const done: number[] = []
  try {
    for (const message of messages) {
      yield side.send(message)
      done.push(message)
    }
  } catch (error) {
    if (!(error instanceof BridgeClosedError)) throw error
  }
  return done
}

const GIVES_UP = 'a consumer that gives up a wait'

const consumers = {
  'a blocking consumer': ({ wanted }, _world, side) =>
    untilClosed((got) => {
      while (got.length < wanted) got.push(side.receiveBlocking(Infinity)!.value)
    }),
  'a consumer in an event loop': ({ wanted }, world, side) =>
    loop(world, [receiveAll(side, wanted)]).flat(),
  'a consumer of batches': ({ wanted }, world, side) =>
    loop(world, [receiveBatches(side, wanted)]).flat(),
  [GIVES_UP]: ({ wanted }, world, side) =>
    untilClosed((got) => {
      const waker = new PlainWaker()
      for (let patience = 1; got.length < wanted;) {
        waker.woken = false
        const wait = side.receive()
        const value = wait.poll(waker)
        if (value !== PENDING) {
          got.push(value)
        } else if (patience-- > 0 && world.choose(2) === 1) {
          // Now with another wait, beside the one that is under way, or blocking.
          wait.unregister()
          if (world.choose(2) === 1) got.push(side.receiveBlocking(Infinity)!.value)
        } else {
          while (!waker.woken) world.event()
        }
      }
    }),
} satisfies Record<string, Role>

function* receiveAll(side: Side, count: number): Body<number[]> {
  const got: number[] = []
  try {
    while (got.length < count) got.push((yield side.receive()) as number)
  } catch (error) {
    if (!(error instanceof BridgeClosedError)) throw error
  }
  return got
}

function* receiveBatches(side: Side, count: number): Body<number[]> {
  const got: number[] = []
  try {
    while (got.length < count) got.push(...((yield side.receiveMany(2)) as number[]))
  } catch (error) {
    if (!(error instanceof BridgeClosedError)) throw error
  }
  return got
}

interface Roles {
  readonly produce: Role
  readonly consume: Role
}

function threadsOf({ produce, consume }: Roles, setting: Setting): Thread[] {
  const pair = new Pair(setting.capacity)
  return [
    (world) => produce(setting, world, pair.side(world, 'sends')),
    (world) => consume(setting, world, pair.side(world, 'receives')),
  ]
}

/** Enough messages to fill the ring, empty it, and fill it again; one more in the long mode. */
function settingOf(capacity: number, receiver: string): Setting {
  const count = receiver === GIVES_UP ? 2 : capacity + 1
  const messages = messagesOf(isLong ? count + 1 : count)
  return { capacity, messages, wanted: messages.length }
}

describe.each([1, 2])('a ring of %i, in every interleaving', (capacity) => {
  for (const [sender, produce] of Object.entries(producers)) {
    for (const [receiver, consume] of Object.entries(consumers)) {
      it(`${sender}, ${receiver}: every message arrives, in order, and nobody sleeps for ever`, () => {
        const setting = settingOf(capacity, receiver)
        const found = explore(threadsOf({ produce, consume }, setting), ([sent, got]) => {
          expect([...(sent as number[])].sort()).toEqual(setting.messages)
          for (const mine of perTask(sender, setting.messages)) {
            expect((got as number[]).filter((message) => mine.includes(message))).toEqual(mine)
          }
          expect(got).toHaveLength(setting.wanted)
        })
        expect(found.sleeps).toBeGreaterThan(0)
        expect(found.ends).toBeGreaterThan(1)
      })
    }
  }
})

/** The messages of each task that sends: each task's are received in order. */
function perTask(sender: string, messages: readonly number[]): number[][] {
  if (sender !== TWO_TASKS) return [[...messages]]
  return [1, 0].map((rest) => messages.filter((message) => message % 2 === rest))
}

describe('closing, in every interleaving', () => {
  for (const [sender, produce] of Object.entries(producers)) {
    for (const [receiver, consume] of Object.entries(consumers)) {
      it(`${sender} closes: ${receiver} reads what was sent, then learns it`, () => {
        const count = receiver === GIVES_UP && !isLong ? 1 : 2
        const setting = { capacity: 1, messages: messagesOf(count), wanted: Infinity }
        const closing: Role = (...args) => {
          const sent = produce(...args)
          args[2].close()
          return sent
        }
        const found = explore(threadsOf({ produce: closing, consume }, setting), ([sent, got]) => {
          expect(sent).toEqual(setting.messages)
          expect([...(got as number[])].sort()).toEqual(setting.messages)
        })
        expect(found.sleeps).toBeGreaterThan(0)
      })

      it(`${receiver} closes: ${sender} learns it, also when it waits for room`, () => {
        const setting = { capacity: 1, messages: messagesOf(4), wanted: 1 }
        const closing: Role = (...args) => {
          const got = consume(...args)
          args[2].close()
          return got
        }
        const found = explore(threadsOf({ produce, consume: closing }, setting), ([sent, got]) => {
          // One was taken out, and one more fits; a consumer of batches may take two.
          expect((sent as number[]).length).toBeLessThan(4)
          expect((got as number[]).length).toBeGreaterThan(0)
          expect((got as number[]).length).toBeLessThanOrEqual((sent as number[]).length)
        })
        expect(found.sleeps).toBeGreaterThan(0)
      })
    }
  }

  it('a side that closes ends its own waits', () => {
    function* close(side: Side): Body<void> {
      yield side.send(1)
      side.close()
    }
    const produce: Role = ({ messages }, world, side) =>
      loop(world, [close(side), sendAll(side, messages)])
    const consume: Role = () => []
    const setting = { capacity: 1, messages: [2, 3], wanted: 0 }
    explore(threadsOf({ produce, consume }, setting), ([sent]) => {
      expect(sent).toEqual([undefined, []])
    })
  })

  it('both sides close at once', () => {
    const produce: Role = (setting, world, side) => {
      const sent = producers['a blocking producer'](setting, world, side)
      side.close()
      return sent
    }
    const consume: Role = (setting, world, side) => {
      const got = consumers['a consumer in an event loop'](setting, world, side)
      side.close()
      return got
    }
    const setting = { capacity: 1, messages: [1, 2], wanted: 1 }
    explore(threadsOf({ produce, consume }, setting), ([sent, got]) => {
      expect(got).toEqual([1])
      expect([[1], [1, 2]]).toContainEqual(sent)
    })
  })
})

describe('every part of the protocol is needed: without it, a side sleeps for ever', () => {
  const setting = { capacity: 1, messages: messagesOf(2), wanted: 2 }
  const produce = producers['a blocking producer']
  const consume = consumers['a consumer in an event loop']

  function fails({ produce, consume }: Roles, faults: Faults = {}): void {
    const sleeps = /^at rest: .*thread \d at (wait|event)/
    const run = (): unknown => explore(threadsOf({ produce, consume }, setting), () => {}, faults)
    expect(run).toThrow(sleeps)
  }

  it('stores that the other side sees at once', () => {
    fails({ produce, consume }, { lateStores: true })
  })

  it('a signal that changes', () => {
    fails({ produce, consume }, { lostAdds: true })
  })

  it('a second look after it said that it waits', () => {
    const hasty: Role = ({ wanted }, world, side) => {
      function* receive(): Body<number[]> {
        const got: number[] = []
        const doorbell = new Doorbell(() => side.consumer.beginWait())
        while (got.length < wanted) {
          let looks = 0
          const attempt = (): number | typeof PENDING =>
            looks++ % 2 === 0 ? (side.consumer.tryPop()?.value ?? PENDING) : PENDING
          got.push((yield new BridgeWait(doorbell, attempt)) as number)
        }
        return got
      }
      return loop(world, [receive()])
    }
    fails({ produce, consume: hasty })
  })

  it('a signal that is read before the second look', () => {
    const late: Role = ({ wanted }, _world, side) => {
      const got: number[] = []
      while (got.length < wanted) {
        const { words, index } = side.consumer.beginWait()
        const next = side.consumer.tryPop()
        if (next === undefined) Atomics.wait(words, index, Atomics.load(words, index))
        else got.push(next.value)
      }
      return got
    }
    fails({ produce, consume: late })
  })

  it('a signal of who closes', () => {
    const silent: Role = (setting, world, side) => {
      const sent = produce(setting, world, side)
      // The words of `close`, without its signals.
      const { words } = side.producer.beginWait()
      Atomics.store(words, CLOSED_WORD, 1)
      return sent
    }
    const greedy: Role = (setting, world, side) =>
      consume({ ...setting, wanted: Infinity }, world, side)
    fails({ produce: silent, consume: greedy })
  })
})
