import { describe, expect, it } from 'vitest'
import {
  actor,
  bounded,
  BrokenPromiseError,
  CancelledError,
  ChannelFullError,
  choose,
  EndOfStreamError,
  type FlowFuture,
  type FlowPromise,
  PromiseFuture,
  PromiseStream,
  race,
  type Receiver,
  sleep,
  wait,
  waitNext,
  when,
} from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

describe('PromiseFuture', () => {
  it('gives one value to all who wait, before and after it is sent', () => {
    const { runtime } = deterministic(1)
    const { promise, future } = new PromiseFuture<number>()
    const seen = runtime.runSync(function* () {
      const early = [1, 2].map((add) =>
        runtime.spawn(function* () {
          return (yield* wait(future)) + add
        }),
      )
      yield* sleep(1)
      promise.send(10)
      const values = []
      for (const handle of early) values.push(yield* handle)
      values.push(yield* wait(future))
      return values
    })
    expect(seen).toEqual([11, 12, 10])
    expect(() => promise.send(1)).toThrow(/sent or dropped/)
    runtime.dispose()
  })

  it('breaks when the last promise is dropped unsent, and only then (1100)', () => {
    const { promise, future } = new PromiseFuture<number>()
    const second = promise.clone()
    promise.drop()
    expect(future.isReady).toBe(false)
    second.drop()
    expect(future.isError).toBe(true)
    expect(() => future.get()).toThrow(BrokenPromiseError)
    expect(new BrokenPromiseError().code).toBe(1100)
    second.drop()
  })

  it('a dropped clone breaks nothing once a value is sent, and a second send is refused', () => {
    const { promise, future } = new PromiseFuture<number>()
    const second = promise.clone()
    promise.send(4)
    expect(() => second.send(5)).toThrow(/another owner has sent it/)
    second.drop()
    expect(future.get()).toBe(4)
  })
})

describe('PromiseStream', () => {
  it('agrees with a queue, whoever waits, gives up or sends', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const stream = new PromiseStream<number>()
      const future = stream.getFuture()
      const got: number[] = []
      let sent = 0
      runtime.runSync(function* () {
        const readers = Array.from({ length: 4 }, () =>
          runtime.spawn(function* () {
            try {
              for (;;) got.push(yield* waitNext(future))
            } catch (error) {
              if (!(error instanceof EndOfStreamError)) throw error
            }
          }),
        )
        for (let i = 0; i < 60; i++) {
          const choice = draw.below(4)
          if (choice === 0) yield* sleep(1)
          else if (choice === 1 && readers.length > 1)
            readers.splice(draw.below(readers.length), 1)[0]?.cancel()
          else stream.send(sent++)
        }
        yield* sleep(1)
        stream.sendError()
        yield* sleep(1)
      })
      expect([...got].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i))
      expect(future.size).toBe(0)
      stream.drop()
      runtime.dispose()
    })
  })

  it('says why it was given up first, however often it is given up', () => {
    const reason = new Error('the actor failed')
    const { runtime } = deterministic(1)
    const stream = new PromiseStream<number>()
    const future = stream.getFuture()
    runtime.runSync(function* () {
      const actor = runtime.spawn(
        function* (): Generator<never, void> {
          throw reason
        },
        { owns: [future] },
      )
      let problem: unknown
      try {
        yield* actor
      } catch (error) {
        problem = error
      }
      expect(problem).toBe(reason)
    })
    future.drop()
    expect(() => stream.send(1)).toThrow(
      expect.objectContaining({ name: 'ChannelClosedError', cause: reason }),
    )
    stream.drop()
    runtime.dispose()
  })

  it('a wake that reached a task which then gave up goes on to the next one', () => {
    const { runtime } = deterministic(1)
    const stream = new PromiseStream<number>()
    const got = runtime.runSync(function* () {
      const [first, second] = [0, 1].map(() => runtime.spawn(stream.getFuture().wait()))
      yield* sleep(1)
      stream.send(7)
      first?.cancel()
      return yield* second ?? wait(stream.getFuture())
    })
    expect(got).toBe(7)
    stream.drop()
    runtime.dispose()
  })

  it('gives what waits, then the end; breaks when its last sender goes; is limited', async () => {
    const stream = new PromiseStream<number>({ limit: 2 })
    const future = stream.getFuture()
    stream.send(1)
    stream.send(2)
    expect(() => stream.send(3)).toThrow(ChannelFullError)
    stream.sendError()
    expect(() => stream.send(4)).toThrow(/has ended/)
    const all: number[] = []
    for await (const value of future) all.push(value)
    expect(all).toEqual([1, 2])
    await expect(future).rejects.toBeInstanceOf(EndOfStreamError)
    const broken = new PromiseStream<number>()
    const clone = broken.clone()
    broken.drop()
    clone.send(1)
    clone.drop()
    expect(await broken.getFuture()).toBe(1)
    await expect(broken.getFuture()).rejects.toBeInstanceOf(BrokenPromiseError)
  })
})

describe('choose', () => {
  it('gives back what was received as it is, be it a receiver itself', () => {
    const { runtime } = deterministic(1)
    const [outer, messages] = bounded<Receiver<number>>(1)
    const [inner, numbers] = bounded<number>(1)
    outer.trySend(numbers)
    inner.trySend(5)
    const got = runtime.runSync(() => choose(when(messages.recv()), when(sleep(1))))
    expect(got === numbers).toBe(true)
    expect(numbers.size).toBe(1)
  })

  it('takes the first arm that is ready, in the order written, and consumes nothing of the others', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed)
      const streams = Array.from({ length: 3 }, () => new PromiseStream<number>())
      const queues: number[][] = [[], [], []]
      const got: [number, number][] = []
      const expected: [number, number][] = []
      for (let i = 0; i < 40; i++) {
        const to = draw.below(3)
        environment.setTimer(draw.below(30), () => {
          queues[to]?.push(i)
          streams[to]?.send(i)
        })
      }
      runtime.runSync(function* () {
        for (let i = 0; i < 40; i++) {
          yield* choose(
            ...streams.map((stream, from) =>
              when(waitNext(stream.getFuture()), (value) => {
                // The model: the first queue that is not empty.
                const first = queues.findIndex((queue) => queue.length > 0)
                expected.push([first, queues[first]?.shift() as number])
                got.push([from, value])
              }),
            ),
          )
          if (draw.chance(0.3)) yield* sleep(draw.below(5))
        }
      })
      expect(got).toHaveLength(40)
      expect(got).toEqual(expected)
      for (const stream of streams) stream.drop()
      runtime.dispose()
    })
  })

  it('throws what an arm throws, lets handlers wait, and needs an arm', () => {
    const { runtime } = deterministic(1)
    const broken = new PromiseFuture<number>()
    broken.promise.drop()
    const idle = new FakeFuture<number>()
    const result = runtime.runSync(function* () {
      const slow = yield* choose(
        when(idle),
        when(sleep(5), function* () {
          yield* sleep(5)
          return 'waited'
        }),
      )
      expect(idle.isWaitedFor).toBe(false)
      try {
        yield* choose(when(idle), when(broken.future))
      } catch (error) {
        expect(error).toBeInstanceOf(BrokenPromiseError)
      }
      expect(yield* race([idle, sleep(1)])).toEqual({ index: 1, value: undefined })
      return slow
    })
    expect(result).toBe('waited')
    expect(() => runtime.runSync(() => choose())).toThrow(/at least one arm/)
    runtime.dispose()
  })
})

describe('actors', () => {
  const asyncAdd = actor(function* asyncAdd(f: FlowFuture<number>, offset: number) {
    const value = yield* wait(f)
    return value + offset
  })

  it('the first look of the seed: asynchronous addition', () => {
    const { runtime } = deterministic(1)
    const sum = runtime.runSync(function* () {
      const { promise, future } = new PromiseFuture<number>()
      const result = asyncAdd(future, 2)
      expect(result.isReady).toBe(false)
      promise.send(40)
      return yield* wait(result)
    })
    expect(sum).toBe(42)
    runtime.dispose()
  })

  it('are cancelled when the last owner drops the future: 1101 comes out of the wait', () => {
    const { runtime } = deterministic(1)
    const seen: unknown[] = []
    const never = new FakeFuture<void>()
    const waiting = actor(function* () {
      try {
        yield* never
      } catch (error) {
        seen.push(error instanceof CancelledError && error.code)
        throw error
      } finally {
        seen.push('finally')
      }
    })
    runtime.runSync(function* () {
      const future = waiting()
      const second = future.clone()
      future.drop()
      expect(seen).toEqual([])
      second.drop()
      expect(seen).toEqual([1101, 'finally'])
      expect(never.isWaitedFor).toBe(false)
    })
    runtime.dispose()
  })

  it('an error of an actor that was cancelled is reported, not lost', () => {
    const reported: unknown[] = []
    const { environment, runtime } = deterministic(1, {
      onUnjoinedError: (error) => reported.push(error.cause),
    })
    const bad = new Error('clean-up failed')
    const never = new FakeFuture<void>()
    const waiting = actor(function* () {
      try {
        yield* never
      } catch {
        throw bad
      }
    })
    runtime.runSync(function* () {
      waiting().drop()
      yield* sleep(10)
    })
    while (environment.step());
    expect(reported).toEqual([bad])
    runtime.dispose()
  })
})

describe('the counting server of seed 004', () => {
  interface CountingServerInterface {
    readonly addCount: PromiseStream<number>
    readonly subtractCount: PromiseStream<number>
    readonly getCount: PromiseStream<FlowPromise<number>>
  }

  const serveCountingServerInterface = actor(function* (csi: CountingServerInterface) {
    let count = 0
    for (;;) {
      yield* choose(
        when(waitNext(csi.addCount.getFuture()), (x) => void (count += x)),
        when(waitNext(csi.subtractCount.getFuture()), (x) => void (count -= x)),
        when(waitNext(csi.getCount.getFuture()), (reply) => reply.send(count)),
      )
    }
  })

  it('counts, whatever clients do, and answers each request', () => {
    forSeeds((seed) => {
      const { runtime } = deterministic(seed)
      const random = runtime.environment
      const csi: CountingServerInterface = {
        addCount: new PromiseStream(),
        subtractCount: new PromiseStream(),
        getCount: new PromiseStream(),
      }
      let total = 0
      const final = runtime.runSync(function* () {
        const server = serveCountingServerInterface(csi)
        const ask = function* () {
          const reply = new PromiseFuture<number>()
          csi.getCount.send(reply.promise)
          return yield* wait(reply.future)
        }
        const clients = Array.from({ length: 5 }, () =>
          runtime.spawn(function* () {
            for (let i = 0; i < 20; i++) {
              const x = Math.floor(random.random() * 100)
              if (random.random() < 0.5) {
                total += x
                csi.addCount.send(x)
              } else {
                total -= x
                csi.subtractCount.send(x)
              }
              if (random.random() < 0.3) yield* sleep(random.random() * 10)
              // Alone between two waits, the count is what was sent: adds and subtracts come before gets.
              if (random.random() < 0.2) {
                const before = total
                const sent = yield* ask()
                if (total === before) expect(sent).toBe(total)
              }
            }
          }),
        )
        for (const client of clients) yield* client
        const answer = yield* ask()
        server.drop()
        return answer
      })
      expect(final).toBe(total)
      for (const stream of Object.values(csi) as PromiseStream<unknown>[]) stream.drop()
      runtime.dispose()
    })
  })
})
