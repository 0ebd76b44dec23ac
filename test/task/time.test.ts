import { describe, expect, it } from 'vitest'
import { interval, Runtime, sleep, timeout, TimeoutError } from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

describe('sleep', () => {
  it('wakes tasks in the order of their deadlines, at exactly their deadlines', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed)
      const woken: [number, number][] = []
      const delays = Array.from({ length: 40 }, () => draw.below(1000) / 8)
      runtime.runSync(function* () {
        const handles = delays.map((delay, index) =>
          runtime.spawn(function* () {
            yield* sleep(delay)
            woken.push([environment.now(), index])
          }),
        )
        for (const handle of handles) yield* handle
      })
      const model = delays.map((delay, index): [number, number] => [delay, index])
      expect(woken).toEqual(model.sort((a, b) => a[0] - b[0] || a[1] - b[1]))
      runtime.dispose()
      expect(environment.isIdle).toBe(true)
    })
  })

  it('works for async functions on the event loop, and clears its timer when its task is cancelled', async () => {
    const runtime = new Runtime()
    await runtime.run(async () => await sleep(1))
    runtime.dispose()
    const { environment, runtime: simulated } = deterministic(1)
    const handle = simulated.fdbSpawn(sleep(10_000, { environment }))
    expect([handle.isFinished, environment.isIdle]).toEqual([false, false])
    handle.cancel()
    expect([handle.isFinished, environment.isIdle]).toEqual([true, true])
    simulated.dispose()
  })
})

describe('timeout', () => {
  it('gives the value that comes first, or throws TimeoutError; never both, and nothing stays', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed)
      const limit = draw.below(50)
      const answerAt = draw.below(50)
      const future = new FakeFuture<string>()
      environment.setTimer(answerAt, () => future.complete('answer'))
      const result = runtime.runSync(function* () {
        try {
          return yield* timeout(limit, future)
        } catch (error) {
          expect(error).toBeInstanceOf(TimeoutError)
          expect(environment.now()).toBe(limit)
          return 'timeout'
        }
      })
      // At the same instant the answer's timer is the older one.
      expect(result).toBe(answerAt <= limit ? 'answer' : 'timeout')
      expect(future.isWaitedFor).toBe(false)
      runtime.dispose()
    })
  })
})

describe('interval', () => {
  it('ticks at a fixed distance; missed ticks come at once, or are left out', () => {
    const ticksOf = (missed: 'burst' | 'skip'): [number, number][] => {
      const { environment, runtime } = deterministic(1)
      const seen = runtime.runSync(function* () {
        const ticks = interval(10, { missed })
        const all: [number, number][] = []
        for (let i = 0; i < 5; i++) {
          const due = yield* ticks.tick()
          all.push([due, environment.now()])
          if (i === 1) yield* sleep(35)
        }
        return all
      })
      runtime.dispose()
      return seen
    }
    expect(ticksOf('burst')).toEqual([
      [10, 10],
      [20, 20],
      [30, 55],
      [40, 55],
      [50, 55],
    ])
    expect(ticksOf('skip')).toEqual([
      [10, 10],
      [20, 20],
      [30, 55],
      [60, 60],
      [70, 70],
    ])
    expect(() => interval(0)).toThrow(/above 0/)
  })

  it('is an async iterable', async () => {
    const { runtime } = deterministic(1)
    const seen = await runtime.run(async () => {
      const all: number[] = []
      for await (const due of interval(5)) {
        all.push(due)
        if (all.length === 3) return all
      }
      return all
    })
    expect(seen).toEqual([5, 10, 15])
    runtime.dispose()
  })
})
