import { describe, expect, it } from 'vitest'
import {
  bounded,
  broadcast,
  ChannelClosedError,
  ChannelFullError,
  LaggedError,
  oneshot,
  Runtime,
  sleep,
  unbounded,
  type Wait,
} from '../../src/task/index.ts'
import { PENDING, type Pollable, type Waker } from '../../src/future/wakers/waker.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw } from './helpers.ts'

/** As the wait itself, for one that wakes for nothing. */
function* polledOften<T>(wait: Wait<T>, draw: Draw): Generator<Pollable<T>, T, unknown> {
  const times = 1 + draw.below(3)
  const poll = (waker: Waker): T | typeof PENDING => {
    let polled = wait.poll(waker)
    for (let i = 1; i < times && polled === PENDING; i++) polled = wait.poll(waker)
    return polled
  }
  return (yield { poll }) as T
}

describe('bounded channels', () => {
  it('deliver everything once, in the order of each sender, and never hold more than their capacity', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const capacity = 1 + draw.below(4)
      const [first, receiver] = bounded<[number, number]>(capacity)
      const senders = 1 + draw.below(4)
      const each = 30
      const got: [number, number][] = []
      runtime.runSync(function* () {
        for (let id = 0; id < senders; id++) {
          const sender = id === 0 ? first : first.clone()
          void runtime.spawn(function* () {
            for (let i = 0; i < each; i++) {
              yield* sender.send([id, i])
              expect(receiver.size).toBeLessThanOrEqual(capacity)
              if (draw.chance(0.3)) yield* sleep(draw.below(4))
            }
            sender.drop()
          })
        }
        for (;;) {
          const next = yield* receiver.next()
          if (next.done) return
          got.push(next.value)
          if (draw.chance(0.3)) yield* sleep(draw.below(4))
        }
      })
      for (let id = 0; id < senders; id++) {
        const mine = got.filter(([from]) => from === id).map(([, i]) => i)
        expect(mine).toEqual(Array.from({ length: each }, (_, i) => i))
      }
      expect(got).toHaveLength(senders * each)
      expect(receiver.isClosed).toBe(true)
      runtime.dispose()
    })
  })

  it('a send that waits sends once, however often it is polled', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const [sender, receiver] = bounded<number>(1 + draw.below(3))
      const values = Array.from({ length: 20 }, (_, i) => i)
      const got = runtime.runSync(function* () {
        const sends = values.map((value) => runtime.fdbSpawn(polledOften(sender.send(value), draw)))
        const all: number[] = []
        for (const _ of values) all.push(yield* receiver.recv())
        for (const send of sends) yield* send
        expect(receiver.size).toBe(0)
        return all
      })
      expect(got).toEqual(values)
      sender.drop()
      receiver.drop()
      runtime.dispose()
    })
  })

  it('a send that is cancelled sends nothing, and lets the next one in', () => {
    const { runtime } = deterministic(1)
    const [sender, receiver] = bounded<number>(1)
    const got = runtime.runSync(function* () {
      yield* sender.send(1)
      const blocked = [2, 3, 4].map((value) => runtime.fdbSpawn(sender.send(value)))
      blocked[1]?.cancel()
      const all = []
      for (let i = 0; i < 3; i++) all.push(yield* receiver.recv())
      sender.drop()
      yield* blocked[0] ?? sleep(0)
      yield* blocked[2] ?? sleep(0)
      return all
    })
    expect(got).toEqual([1, 2, 4])
    runtime.dispose()
  })

  it('close: sends fail with what was not sent, receives end', () => {
    const { runtime } = deterministic(1)
    const [sender, receiver] = bounded<string>(1)
    sender.trySend('kept')
    expect(() => sender.trySend('too much')).toThrow(ChannelFullError)
    const waiting = runtime.fdbSpawn(sender.send('unsent')).keep()
    receiver.drop()
    runtime.runSync(sleep(0, { environment: runtime.environment }))
    try {
      waiting.result()
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ChannelClosedError)
      expect((error as ChannelClosedError).unsent).toBe('unsent')
    }
    expect(() => sender.send('later')).toThrow(ChannelClosedError)
    expect(sender.isClosed).toBe(true)
    sender.drop()
    expect(() => sender.clone()).toThrow(/was dropped/)
    const [gone, end] = bounded<number>(1)
    gone.trySend(7)
    gone.drop()
    expect(end.tryRecv()).toEqual({ value: 7 })
    expect(() => end.tryRecv()).toThrow(ChannelClosedError)
    expect(() => bounded(0)).toThrow(/from 1 on/)
    runtime.dispose()
  })
})

describe('unbounded channels', () => {
  it('are async iterables, and their limit is a safety net', async () => {
    const [sender, receiver] = unbounded<number>({ limit: 3 })
    for (const value of [1, 2, 3]) sender.send(value)
    expect(() => sender.send(4)).toThrow(ChannelFullError)
    const runtime = new Runtime()
    const reading = runtime.fdbSpawn(async () => {
      const all: number[] = []
      for await (const value of receiver) all.push(value)
      return all
    })
    await runtime.run(async () => {
      await sleep(0)
      sender.send(5)
      sender.drop()
    })
    expect(await reading).toEqual([1, 2, 3, 5])
    runtime.dispose()
  })

  it('pass a wake on that reached a task which then gave up', () => {
    const { runtime } = deterministic(1)
    const [sender, receiver] = unbounded<number>()
    const got = runtime.runSync(function* () {
      const [first, second] = [0, 1].map(() => runtime.spawn(receiver.next()))
      yield* sleep(1)
      sender.send(7)
      first?.cancel()
      return yield* second ?? receiver.next()
    })
    expect(got).toEqual({ done: false, value: 7 })
    sender.drop()
    runtime.dispose()
  })

  it('wake each of several receivers that share the end', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const [sender, receiver] = unbounded<number>()
      const got: number[] = []
      runtime.runSync(function* () {
        const readers = Array.from({ length: 3 }, () =>
          runtime.spawn(function* () {
            for (;;) {
              const next = yield* receiver
              if (next.done) return
              got.push(next.value)
              if (draw.chance(0.3)) yield* sleep(1)
            }
          }),
        )
        for (let i = 0; i < 50; i++) {
          sender.send(i)
          if (draw.chance(0.3)) yield* sleep(1)
        }
        sender.drop()
        for (const reader of readers) yield* reader
      })
      expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
      runtime.dispose()
    })
  })
})

describe('oneshot', () => {
  it('delivers one value; either side may go first', async () => {
    const [sender, receiver] = oneshot<number>()
    sender.send(5)
    expect(() => sender.send(6)).toThrow(/sends once/)
    expect(await receiver).toBe(5)
    const [dropped, waiting] = oneshot<number>()
    dropped.drop()
    await expect(waiting).rejects.toBeInstanceOf(ChannelClosedError)
    const [late, gone] = oneshot<number>()
    const closed = late.closed()
    gone.drop()
    await closed
    expect(late.isClosed).toBe(true)
    expect(() => late.send(1)).toThrow(ChannelClosedError)
  })
})

describe('broadcast', () => {
  it('agrees with a model: each receiver sees what was sent since it came, or is told what it missed', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const capacity = 1 + draw.below(5)
      const sender = broadcast<number>(capacity)
      const sent: number[] = []
      const model: { receiver: ReturnType<typeof sender.subscribe>; next: number }[] = []
      runtime.runSync(function* () {
        for (let i = 0; i < 150; i++) {
          const choice = draw.below(6)
          if (choice === 0) model.push({ receiver: sender.subscribe(), next: sent.length })
          else if (choice <= 2) {
            if (model.length === 0) {
              expect(() => sender.send(i)).toThrow(ChannelClosedError)
            } else {
              expect(sender.send(i)).toBe(model.length)
              sent.push(i)
            }
          } else if (choice === 3 && model.length > 0 && draw.chance(0.3)) {
            model.splice(draw.below(model.length), 1)[0]?.receiver.drop()
          } else if (model.length > 0) {
            const one = draw.pick(model)
            if (one.next === sent.length) continue
            const oldest = Math.max(0, sent.length - capacity)
            try {
              const next = yield* one.receiver.next()
              expect(one.next).toBeGreaterThanOrEqual(oldest)
              expect(next.value).toBe(sent[one.next++])
            } catch (error) {
              if (!(error instanceof LaggedError)) throw error
              expect(error.missed).toBe(oldest - one.next)
              one.next = oldest
            }
          }
        }
        sender.drop()
        for (const one of model) {
          one.next = Math.max(one.next, sent.length - capacity, 0)
          const rest: number[] = []
          for (;;) {
            try {
              const next = yield* one.receiver
              if (next.done) break
              rest.push(next.value)
            } catch (error) {
              if (!(error instanceof LaggedError)) throw error
            }
          }
          expect(rest).toEqual(sent.slice(one.next))
          one.receiver.drop()
        }
      })
      runtime.dispose()
    })
  })
})
