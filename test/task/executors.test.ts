import { describe, expect, it } from 'vitest'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  bounded,
  fdbSpawn,
  InPlaceExecutor,
  PromiseFuture,
  QueueingExecutor,
  Runtime,
  wait,
  yieldNow,
} from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

describe('waking in place', () => {
  it('polls before wake returns, nested on the stack of the one who wakes', () => {
    const executor = new InPlaceExecutor(hostEnvironment)
    const log: string[] = []
    const outer = new FakeFuture<void>()
    const inner = new FakeFuture<void>()
    const first = fdbSpawn(
      function* () {
        yield* outer
        log.push('first: before')
        inner.complete()
        log.push('first: after')
      },
      { executor },
    )
    const second = fdbSpawn(
      function* () {
        yield* inner
        log.push('second')
      },
      { executor },
    )
    outer.complete()
    expect(log).toEqual(['first: before', 'second', 'first: after'])
    expect([first.isFinished, second.isFinished]).toEqual([true, true])
  })

  it('polls a task again that was woken during its own poll, and never within it', () => {
    const executor = new InPlaceExecutor(hostEnvironment)
    let inside = false
    let polls = 0
    const handle = fdbSpawn(
      {
        poll(waker: Waker): string | typeof PENDING {
          expect(inside).toBe(false)
          inside = true
          if (++polls < 10) waker.clone().wake()
          inside = false
          return polls === 10 ? 'done' : PENDING
        },
      },
      { executor },
    )
    expect([polls, handle.result(), handle.refCount]).toEqual([10, 'done', 0])
  })

  it('takes a chain of any length: what is too deep waits for the outermost poll', () => {
    const executor = new InPlaceExecutor(hostEnvironment)
    const links = Array.from({ length: 20_000 }, () => new FakeFuture<void>())
    let done = 0
    const handles = links.map((link, at) =>
      fdbSpawn(
        function* () {
          yield* link
          links[at + 1]?.complete()
          done++
        },
        { executor },
      ),
    )
    links[0]?.complete()
    expect(done).toBe(links.length)
    expect(handles.every((handle) => handle.isFinished && handle.refCount === 0)).toBe(true)
  })
})

describe('the queueing executor', () => {
  it('queues wakes; those of a poll run after it, in the next round; two wakes make one poll', () => {
    let ready = 0
    const executor = new QueueingExecutor(hostEnvironment, { onReady: () => ready++ })
    const log: string[] = []
    const outer = new FakeFuture<void>()
    const inner = new FakeFuture<void>()
    const first = fdbSpawn(
      function* () {
        yield* outer
        log.push('first: before')
        inner.complete()
        log.push('first: after')
      },
      { executor },
    )
    const second = fdbSpawn(
      function* () {
        yield* inner
        log.push('second')
      },
      { executor },
    )
    outer.complete()
    expect([log, executor.waiting, ready]).toEqual([[], 1, 1])
    expect(executor.pollPending()).toBe(1)
    expect([log, executor.waiting, ready]).toEqual([['first: before', 'first: after'], 1, 2])
    expect(executor.pollPending()).toBe(1)
    expect(log.at(-1)).toBe('second')
    expect([first.isFinished, second.isFinished, executor.pollPending()]).toEqual([true, true, 0])
  })

  it('coalesces wakes: a task is in the queue once, and all its references are given up', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const executor = new QueueingExecutor(hostEnvironment)
      let polls = 0
      const handle = fdbSpawn(
        {
          poll(waker: Waker): string | typeof PENDING {
            polls++
            const wakes = draw.below(5)
            for (let i = 0; i < wakes; i++) waker.clone().wake()
            return polls === 20 || wakes === 0 ? 'done' : PENDING
          },
        },
        { executor },
      )
      while (executor.waiting > 0) {
        expect(executor.waiting).toBe(1)
        executor.pollPending()
      }
      expect([handle.isFinished, handle.refCount]).toEqual([true, 0])
    })
  })

  it('is fair: no task is polled twice while another one waits', () => {
    const { runtime } = deterministic(1)
    const order: number[] = []
    runtime.runSync(function* () {
      const tasks = [0, 1, 2].map((id) =>
        runtime.spawn(function* () {
          for (let round = 0; round < 10; round++) {
            order.push(id)
            yield* yieldNow()
          }
        }),
      )
      for (const task of tasks) yield* task
    })
    expect(order).toEqual(Array.from({ length: 30 }, (_, at) => at % 3))
    runtime.dispose()
  })
})

describe('any program', () => {
  it('ends with the same results on each executor: a ring of tasks that pass a token', () => {
    forSeeds((seed) => {
      const results = (['queued', 'in place'] as const).map((waking) => {
        const draw = new Draw(seed)
        const { runtime } = deterministic(seed, { waking })
        const size = 2 + draw.below(10)
        const rounds = 1 + draw.below(10)
        const links = Array.from({ length: size }, () => bounded<number>(1))
        const result = runtime.runSync(function* () {
          const tasks = links.map(([, receiver], at) =>
            runtime.spawn(function* () {
              const [next] = links[(at + 1) % size] as (typeof links)[number]
              let last = 0
              for (let round = 0; round < rounds; round++) {
                last = yield* receiver.recv()
                if (at < size - 1 || round < rounds - 1) yield* next.send(last + 1)
              }
              return last
            }),
          )
          yield* (links[0] as (typeof links)[number])[0].send(1)
          const all = []
          for (const task of tasks) all.push(yield* task)
          return all
        })
        runtime.dispose()
        return result
      })
      expect(results[0]).toEqual(results[1])
      expect(results[0]?.at(-1)).toBe(Math.max(...(results[0] ?? [])))
    })
  })

  it('that waits for nothing that can come is told so', () => {
    const { runtime } = deterministic(1)
    const { future, promise } = new PromiseFuture<void>()
    expect(() =>
      runtime.runSync(function* () {
        yield* wait(future)
      }),
    ).toThrow(/nothing is left to run, and task \d+ .* waits: at rest/)
    promise.drop()
    expect(() => new Runtime().runSync(function* () {})).toThrow(/await run\(\)/)
    runtime.dispose()
  })
})
