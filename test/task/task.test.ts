import { describe, expect, it } from 'vitest'
import { MessageChannel } from 'node:worker_threads'
import { census } from '../../src/future/owners/census.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import {
  bounded,
  broadcast,
  CancelledError,
  currentTask,
  fdbSpawn,
  fromPromise,
  Fwd,
  fwdToStream,
  InPlaceExecutor,
  oneshot,
  PromiseFuture,
  PromiseStream,
  QueueingExecutor,
  Ret,
  Runtime,
  sleep,
  TaskDroppedError,
  type TaskWaker,
  type UnjoinedTaskError,
  Wait,
} from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

/** Timers of one length fire in the order they were set: everything reported by now has been. */
const nextTurn = (): Promise<void> => new Promise((resolve) => hostEnvironment.setTimer(0, resolve))

describe('fdbSpawn', () => {
  it('polls at once: the task runs to its first suspension point before it returns', () => {
    const future = new FakeFuture<number>()
    const seen: string[] = []
    const handle = fdbSpawn(function* () {
      seen.push('before')
      const value = yield* future
      seen.push(`got ${value}`)
      return value + 1
    })
    expect(seen).toEqual(['before'])
    expect([handle.isFinished, handle.refCount]).toEqual([false, 1])
    future.complete(5)
    expect(seen).toEqual(['before', 'got 5'])
    expect([handle.isFinished, handle.refCount, handle.result()]).toEqual([true, 0, 6])
  })

  it('takes generators, generator functions, async functions, and pollables', async () => {
    const runtime = new Runtime()
    const done = new FakeFuture<string>()
    done.complete('pollable')
    const generator = (function* () {
      return (yield* fromPromise(Promise.resolve('generator'))) + '!'
    })()
    expect(await runtime.run(generator)).toBe('generator!')
    expect(await runtime.run(async () => 'async')).toBe('async')
    expect(await runtime.run(done)).toBe('pollable')
    runtime.dispose()
  })

  it('says what is wrong with a body that is none, and with a yield of no pollable', () => {
    expect(() => fdbSpawn(5 as never)).toThrow(/must be a generator function.*not number/)
    const plain = fdbSpawn((() => 5) as never)
    expect(() => plain.result()).toThrow(/must return a generator or a promise, not number/)
    const wrong = fdbSpawn(function* () {
      yield Promise.resolve(1) as never
    })
    expect(() => wrong.result()).toThrow(/use yield\* \(not yield\).*fromPromise/)
  })

  it('delivers what was thrown to the joiner, and errors of futures into the task', async () => {
    const future = new FakeFuture<number>()
    const handle = fdbSpawn(function* () {
      try {
        yield* future
      } catch (error) {
        throw new Error('outer', { cause: error })
      }
    })
    future.fail(new Error('inner'))
    await expect(handle).rejects.toThrow('outer')
  })

  it('joins from a task and from a promise, any number of times', async () => {
    const future = new FakeFuture<number>()
    const handle = fdbSpawn(function* () {
      return yield* future
    })
    const joiners = [1, 2, 3].map((add) =>
      fdbSpawn(function* () {
        return (yield* handle) + add
      }),
    )
    const promises = Promise.all([handle, handle])
    future.complete(10)
    expect(await promises).toEqual([10, 10])
    expect(joiners.map((joiner) => joiner.result())).toEqual([11, 12, 13])
  })
})

describe('cancelling', () => {
  it('ends a generator at its suspension point: finally runs, the waker is dropped', async () => {
    const future = new FakeFuture<number>()
    const seen: string[] = []
    const handle = fdbSpawn(function* () {
      try {
        yield* future
      } catch {
        seen.push('catch')
      } finally {
        seen.push('finally')
      }
    })
    handle.cancel()
    expect(seen).toEqual(['finally'])
    expect([handle.isFinished, handle.refCount, future.isWaitedFor]).toEqual([true, 0, false])
    handle.cancel()
    await expect(handle).rejects.toBeInstanceOf(CancelledError)
    future.complete(1)
  })

  it('a task that cancels itself ends when its poll returns, and its value still counts', () => {
    const runtime = deterministic(1).runtime
    const value = runtime.runSync(function* () {
      currentTask()?.cancel()
      return 7
    })
    expect(value).toBe(7)
    const never = new FakeFuture<void>()
    expect(() =>
      runtime.runSync(function* () {
        currentTask()?.cancel()
        yield* never
      }),
    ).toThrow(CancelledError)
    runtime.dispose()
  })

  it('a clean-up that waits is an error, and the joiner gets it', () => {
    const future = new FakeFuture<number>()
    const handle = fdbSpawn(function* () {
      try {
        yield* future
      } finally {
        yield* future
      }
    })
    handle.cancel()
    expect(() => handle.result()).toThrow(/cannot wait any more/)
  })

  it('aborts the signal of an async function, and leaves its abort error alone', async () => {
    let aborted = false
    const handle = fdbSpawn(async ({ signal }) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason as Error)
        })
      })
    })
    handle.cancel()
    await expect(handle).rejects.toBeInstanceOf(CancelledError)
    expect(aborted).toBe(true)
  })

  it('a runtime that is disposed of cancels its tasks and takes no more', () => {
    const { runtime } = deterministic(1)
    const futures = [1, 2, 3].map(() => new FakeFuture<number>())
    const handles = futures.map((future) => runtime.fdbSpawn(() => waitFor(future)))
    const queued = runtime.spawn(() => waitFor(new FakeFuture<number>()))
    expect(runtime.size).toBe(4)
    runtime.dispose()
    expect(runtime.size).toBe(0)
    expect([...handles, queued].every((handle) => handle.isFinished)).toBe(true)
    expect(futures.some((future) => future.isWaitedFor)).toBe(false)
    expect(() => runtime.spawn(() => waitFor(futures[0] as FakeFuture<number>))).toThrow(
      /takes no more/,
    )
  })

  function* waitFor(future: FakeFuture<number>): Generator<FakeFuture<number>, number, unknown> {
    return (yield future) as number
  }
})

it('a runtime takes so many tasks at once and no more, and takes another when one ends', () => {
  const { runtime } = deterministic(1, { taskLimit: 2 })
  const futures = [0, 1, 2].map(() => new FakeFuture<void>())
  const [first, second, third] = futures as [FakeFuture<void>, FakeFuture<void>, FakeFuture<void>]
  const handles = [runtime.fdbSpawn(first), runtime.fdbSpawn(second)]
  expect(() => runtime.fdbSpawn(third)).toThrow(/2 tasks are alive/)
  expect(third.polls).toBe(0)
  handles[0]?.cancel()
  expect(runtime.fdbSpawn(third).isFinished).toBe(false)
  runtime.dispose()
})

describe('the reference count', () => {
  it('drops a task whose last waker is gone, and tells the joiner', () => {
    class Forgetful extends Wait<void> {
      poll(): typeof PENDING {
        return PENDING
      }
      unregister(): void {}
    }
    let cleaned = false
    const handle = fdbSpawn(function* () {
      try {
        yield* new Forgetful()
      } finally {
        cleaned = true
      }
    })
    expect(cleaned).toBe(true)
    expect(() => handle.result()).toThrow(TaskDroppedError)
  })

  it('has the name of its function, and is a task where there is none', () => {
    const runtime = new Runtime()
    const named = function* fetchAll(): Generator<never, void> {}
    const unnamed = [(() => function* (): Generator<never, void> {})(), sleep(0)]
    expect(runtime.fdbSpawn(named).name).toBe('fetchAll')
    for (const each of unnamed) expect(runtime.fdbSpawn(each).name).toBe('task')
    runtime.dispose()
  })

  it('throws on a use of a waker that was given up', () => {
    let kept: Waker | undefined
    const handle = fdbSpawn({
      poll(waker: Waker): string | typeof PENDING {
        kept = waker.clone()
        return 'done'
      },
    })
    const waker = kept as TaskWaker
    expect(handle.refCount).toBe(1)
    waker.drop()
    expect(handle.refCount).toBe(0)
    for (const use of ['wake', 'wakeByRef', 'clone', 'drop'] as const) {
      expect(() => waker[use]()).toThrow(/given up: clone it before/)
    }
  })

  it('agrees with a model of owners, whatever is done with wakers, on each executor', () => {
    forSeeds((seed) => {
      for (const make of [
        () => new InPlaceExecutor(hostEnvironment),
        () => new QueueingExecutor(hostEnvironment),
      ]) {
        const draw = new Draw(seed)
        const executor = make()
        const owned: Waker[] = []
        let polls = 0
        let inside = 0
        const handle = fdbSpawn(
          {
            poll(waker: Waker): number | typeof PENDING {
              expect(++inside, 'a body is never entered twice').toBe(1)
              polls++
              for (let i = draw.below(4); i > 0; i--) owned.push(waker.clone())
              if (draw.chance(0.2)) waker.wakeByRef()
              inside--
              return polls > 20 ? polls : PENDING
            },
          },
          { executor },
        )
        void handle.keep()
        for (let i = 0; i < 300 && owned.length > 0; i++) {
          const at = draw.below(owned.length)
          const waker = owned[at] as Waker
          const choice = draw.below(4)
          if (choice === 0) owned.push(waker.clone())
          else if (choice === 1) waker.wakeByRef()
          else {
            owned.splice(at, 1)
            if (choice === 2) waker.wake()
            else waker.drop()
          }
          if (executor instanceof QueueingExecutor) {
            if (draw.chance(0.7)) executor.pollPending()
            expect(handle.refCount).toBe(owned.length + executor.waiting)
          } else {
            expect(handle.refCount).toBe(owned.length)
          }
        }
        while (executor instanceof QueueingExecutor && executor.waiting > 0) executor.pollPending()
        for (const waker of owned.splice(0)) waker.drop()
        if (executor instanceof QueueingExecutor) {
          while (executor.waiting > 0) executor.pollPending()
          for (const waker of owned.splice(0)) waker.drop()
        }
        expect(handle.refCount).toBe(0)
        expect(handle.isFinished).toBe(true)
        try {
          handle.result()
        } catch (error) {
          expect(error).toBeInstanceOf(TaskDroppedError)
        }
      }
    })
  })
})

describe('errors that nobody joins', () => {
  it('are reported a turn later, once, with the task and the cause', async () => {
    const reported: UnjoinedTaskError[] = []
    const runtime = new Runtime({ onUnjoinedError: (error) => reported.push(error) })
    const cause = new Error('lost?')
    const handle = runtime.fdbSpawn(
      async () => {
        throw cause
      },
      { name: 'careless' },
    )
    expect(reported).toEqual([])
    await nextTurn()
    await nextTurn()
    expect(reported).toHaveLength(1)
    expect(reported[0]).toMatchObject({ cause, taskId: handle.id })
    expect(reported[0]?.message).toContain('careless')
    runtime.dispose()
    expect(reported).toHaveLength(1)
  })

  it('are reported once, however often wakers of the task are used behind its end', async () => {
    for (const make of [
      (onUnjoinedError: (error: UnjoinedTaskError) => void) =>
        new InPlaceExecutor(hostEnvironment, { onUnjoinedError }),
      (onUnjoinedError: (error: UnjoinedTaskError) => void) =>
        new QueueingExecutor(hostEnvironment, { onUnjoinedError }),
    ]) {
      const reported: UnjoinedTaskError[] = []
      const executor = make((error) => reported.push(error))
      const kept: Waker[] = []
      const careless = {
        poll(waker: Waker): never {
          for (let i = 0; i < 4; i++) kept.push(waker.clone())
          throw new Error('lost?')
        },
      }
      void fdbSpawn(careless, { executor })
      if (executor instanceof QueueingExecutor) executor.pollPending()
      for (const waker of kept.splice(0)) {
        waker.wakeByRef()
        waker.wake()
      }
      if (executor instanceof QueueingExecutor) executor.pollPending()
      await nextTurn()
      await nextTurn()
      expect(reported).toHaveLength(1)
    }
  })

  it('are not reported when somebody joins in time', async () => {
    const reported: unknown[] = []
    const runtime = new Runtime({ onUnjoinedError: (error) => reported.push(error) })
    const handle = runtime.fdbSpawn(function* () {
      throw new Error('caught')
    })
    await expect(handle).rejects.toThrow('caught')
    await nextTurn()
    runtime.dispose()
    expect(reported).toEqual([])
  })

  it('of a kept handle wait for the joiner, and are reported at the end at the latest', () => {
    const reported: unknown[] = []
    const { runtime } = deterministic(1, { onUnjoinedError: (error) => reported.push(error) })
    const result = runtime.runSync(function* () {
      const joined = runtime.spawn(fail).keep()
      void runtime.spawn(fail).keep()
      yield* sleep(1000)
      try {
        yield* joined
      } catch {
        return 'joined late'
      }
      return 'joined nothing'
    })
    expect([result, reported.length]).toEqual(['joined late', 0])
    runtime.dispose()
    expect(reported).toHaveLength(1)
  })

  it('become an unhandled rejection by default', async () => {
    const rejections: unknown[] = []
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.once('unhandledRejection', (error) => rejections.push(error))
    void fdbSpawn(fail)
    await nextTurn()
    await nextTurn()
    for (const listener of listeners) process.on('unhandledRejection', listener)
    expect(rejections).toHaveLength(1)
  })

  function* fail(): Generator<never, void, unknown> {
    throw new Error('failed')
  }
})

describe('pinning', () => {
  it('makes cloning and sending throw, with the reason', () => {
    const runtime = new Runtime()
    const future = new FakeFuture<void>()
    const handle = runtime.fdbSpawn(future)
    const { port1, port2 } = new MessageChannel()
    const { promise, future: flow } = new PromiseFuture<number>()
    const ends = [
      ...[promise, flow, fwdToStream<number>().stream],
      ...[new PromiseStream<number>(), new PromiseStream<number>().getFuture()],
      ...[...bounded<number>(1), ...oneshot<number>(), broadcast<number>(1)],
      ...[new Ret<number>(() => undefined), new Fwd<number>(() => undefined)],
    ]
    for (const pinned of [handle, runtime, { deep: [handle] }, ...ends]) {
      expect(() => structuredClone(pinned)).toThrow(/is pinned to the worker/)
      expect(() => port1.postMessage(pinned)).toThrow(/pinned to the worker that made it/)
    }
    port1.close()
    port2.close()
    runtime.dispose()
  })
})

it('the census counts what is alive', () => {
  const before = census()
  const future = new FakeFuture<void>()
  const handle = fdbSpawn(future)
  expect(census().tasks - before.tasks).toBe(1)
  expect(census().wakers - before.wakers).toBe(1)
  handle.cancel()
  expect(census()).toEqual(before)
})
