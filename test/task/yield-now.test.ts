// `yieldNow` lets all else go first, on every executor.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Environment, hostEnvironment } from '../../src/native/environment/environment.ts'
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

/** Each kind of executor on an environment. */
const EXECUTORS: Record<string, (environment: Environment) => Executor> = {
  'in place': (environment) => new InPlaceExecutor(environment),
  'queueing, polled in microtasks': (environment) => {
    const onReady = (): void => queueMicrotask(() => queueing.pollPending())
    const queueing: QueueingExecutor = new QueueingExecutor(environment, { onReady })
    return queueing
  },
  'queueing, polled when deferred': (environment) => {
    const onReady = (): void => environment.defer(() => queueing.pollPending())
    const queueing: QueueingExecutor = new QueueingExecutor(environment, { onReady })
    return queueing
  },
  'of a runtime that queues': (environment) => new Runtime({ environment }).executor,
  'of a runtime in place': (environment) =>
    new Runtime({ environment, waking: 'in place' }).executor,
}

/** Each kind of environment, and what moves it on. */
const ENVIRONMENTS: Record<string, () => { environment: Environment; step: () => void }> = {
  'of the host': () => ({ environment: hostEnvironment, step: () => undefined }),
  deterministic: () => {
    const environment = new DeterministicEnvironment({ seed: 1 })
    return { environment, step: () => void environment.step() }
  },
  // As in a simulation: what is deferred is a microtask, and time moves when there is nothing else to do.
  'whose clock stands still': () => {
    const inner = new DeterministicEnvironment({ seed: 1 })
    const environment: Environment = {
      now: () => inner.now(),
      random: () => inner.random(),
      setTimer: (delay, callback) => inner.setTimer(delay, callback),
      clearTimer: (timer) => inner.clearTimer(timer),
      defer: (callback) => queueMicrotask(callback),
    }
    return { environment, step: () => void inner.step() }
  },
}

/** Yields until a timer of the environment has fired, or for so many turns. */
function untilTimer(environment: Environment, delay: number): () => TaskGenerator<number> {
  return function* () {
    let fired = false
    const timer = environment.setTimer(delay, () => (fired = true))
    let turns = 0
    for (; turns < TURNS && !fired; turns++) yield* yieldNow()
    environment.clearTimer(timer)
    return turns
  }
}

const PAIRS = Object.keys(ENVIRONMENTS).flatMap((where) =>
  Object.keys(EXECUTORS).map((how) => [where, how] as const),
)

describe('a timer fires while a task yields', () => {
  it.each(PAIRS)('in an environment %s, on an executor %s', async (where, how) => {
    const run = async (delay: number): Promise<number> => {
      const { environment, step } = ENVIRONMENTS[where]!()
      const executor = EXECUTORS[how]!(environment)
      const handle = fdbSpawn(untilTimer(environment, delay), { executor }).keep()
      expect(handle.isFinished).toBe(false)
      while (!handle.isFinished) {
        step()
        await turn()
      }
      return handle.result()
    }
    for (const delay of [1, 3, 10]) {
      const turns = await run(delay)
      expect(turns).toBeLessThan(TURNS)
      if (where === 'of the host') continue
      // A millisecond passes with every 64 turns, and the same program does the same.
      expect(turns).toBeLessThan(65 * (delay + 1))
      expect(await run(delay)).toBe(turns)
    }
  })

  it('where nothing else is said', async () => {
    expect(await fdbSpawn(untilTimer(hostEnvironment, 1))).toBeLessThan(TURNS)
  })

  it('also in an async function', async () => {
    let fired = false
    const timer = setTimeout(() => (fired = true), 1)
    let turns = 0
    for (; turns < TURNS && !fired; turns++) await yieldNow()
    clearTimeout(timer)
    expect(turns).toBeLessThan(TURNS)
  })

  it('also in an async function in virtual time', async () => {
    const environment = new DeterministicEnvironment({ seed: 1 })
    using runtime = new Runtime({ environment })
    const turns = await runtime.run(async () => {
      let fired = false
      environment.setTimer(3, () => (fired = true))
      let taken = 0
      for (; taken < 1000 && !fired; taken++) await yieldNow()
      return taken
    })
    expect(turns).toBeLessThan(65 * 4)
  })
})

describe('on virtual time', () => {
  it('the same seed gives the same order, hardly any time passes, and nobody is starved', () => {
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
          const taken = log.length
          expect(environment.now()).toBeLessThanOrEqual(taken <= 64 ? 0 : Math.ceil(taken / 64))
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
