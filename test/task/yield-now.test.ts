// `yieldNow` lets all else go first, on every executor.
import { describe, expect, it } from 'vitest'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  DeterministicEnvironment,
  fdbSpawn,
  InPlaceExecutor,
  QueueingExecutor,
  Runtime,
  sleep,
  yieldNow,
} from '../../src/task/index.ts'
import type { Executor, TaskGenerator } from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { Draw } from './helpers.ts'

const TURNS = 200_000

/** Yields until a timer of the process has fired, or for so many turns. */
function* untilTimer(): TaskGenerator<number> {
  let fired = false
  const timer = setTimeout(() => (fired = true), 1)
  let turns = 0
  for (; turns < TURNS && !fired; turns++) yield* yieldNow()
  clearTimeout(timer)
  return turns
}

describe('a timer fires while a task yields', () => {
  const queueing: QueueingExecutor = new QueueingExecutor(hostEnvironment, {
    onReady: () => queueMicrotask(() => queueing.pollPending()),
  })
  const runtimes = [new Runtime(), new Runtime({ waking: 'in place' })]
  const executors: Record<string, Executor | undefined> = {
    'where nothing else is said': undefined,
    'in place': new InPlaceExecutor(hostEnvironment),
    'queueing in microtasks': queueing,
    'of a runtime that queues': runtimes[0]!.executor,
    'of a runtime in place': runtimes[1]!.executor,
  }

  it.each(Object.keys(executors))('on the executor %s', async (name) => {
    const executor = executors[name]
    const handle = fdbSpawn(untilTimer, executor === undefined ? {} : { executor })
    expect(handle.isFinished).toBe(false)
    expect(await handle).toBeLessThan(TURNS)
  })

  it('also in an async function', async () => {
    let fired = false
    const timer = setTimeout(() => (fired = true), 1)
    let turns = 0
    for (; turns < TURNS && !fired; turns++) await yieldNow()
    clearTimeout(timer)
    expect(turns).toBeLessThan(TURNS)
  })
})

describe('on virtual time', () => {
  it('the same seed gives the same order, no time passes, and nobody is starved', () => {
    forSeeds((seed) => {
      for (const waking of ['queued', 'in place'] as const) {
        const run = (): string => {
          const draw = new Draw(seed)
          const environment = new DeterministicEnvironment({ seed })
          using runtime = new Runtime({ environment, waking })
          const log: string[] = []
          runtime.runSync(function* () {
            const tasks = Array.from({ length: 2 + draw.below(4) }, (_, id) =>
              runtime.spawn(function* () {
                for (let turn = 0; turn < 20; turn++) {
                  log.push(`${id}.${turn}`)
                  yield* yieldNow()
                }
              }),
            )
            for (const task of tasks) yield* task
          })
          expect(environment.now()).toBe(0)
          const count = log.filter((entry) => entry.endsWith('.0')).length
          // Whoever has had a turn waits until all others have had theirs.
          expect(log.map((entry) => Number(entry.split('.')[1]))).toEqual(
            Array.from({ length: 20 * count }, (_, at) => Math.floor(at / count)),
          )
          return log.join()
        }
        expect(run()).toBe(run())
      }
    })
  })

  it('a task that is cancelled while it yields leaves nothing behind', () => {
    const environment = new DeterministicEnvironment({ seed: 1 })
    using runtime = new Runtime({ environment })
    const handle = runtime.fdbSpawn(function* () {
      for (;;) yield* yieldNow()
    })
    handle.cancel()
    runtime.runSync(function* () {
      yield* sleep(1)
    })
    expect(handle.refCount).toBe(0)
  })
})
