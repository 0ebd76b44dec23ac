/** Tasks, wakers, channels, actors and timers run in the context of who spawned or registered them. */
import { AsyncResource } from 'node:async_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { emit, lifecycle } from '../../src/future/wakers/lifecycle.ts'
import { openEmbedded } from '../../src/index.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  actor,
  BridgeChannel,
  bounded,
  broadcast,
  choose,
  DeterministicEnvironment,
  type Executor,
  fdbSpawn,
  fromPromise,
  Fwd,
  fwdToStream,
  InPlaceExecutor,
  interval,
  oneshot,
  type Pollable,
  PromiseFuture,
  PromiseStream,
  PENDING,
  pullPipe,
  pushPipe,
  QueueingExecutor,
  race,
  Ret,
  Runtime,
  sleep,
  spawnRet,
  streamToFwd,
  type Task,
  type TaskWaker,
  timeout,
  uint32,
  unbounded,
  wait,
  waitNext,
  when,
  yieldNow,
} from '../../src/task/index.ts'
import {
  driven,
  elsewhere,
  nextTurn,
  oneRead,
  storage,
  whatEachSees,
  type Way,
} from '../support/contexts.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { Draw, FakeFuture } from './helpers.ts'

let handle: DatabaseHandle

beforeAll(() => {
  openEmbedded().close() // the network runs from here on
  handle = DatabaseHandle.open()
})

afterAll(() => {
  handle.close()
})

const read = (): FdbFuture<Buffer | undefined> => oneRead(handle)

/** Queues all that is woken, and polls it when somebody else says so. */
class LazyExecutor implements Executor {
  readonly environment = hostEnvironment
  readonly scope = undefined
  readonly #due: TaskWaker[] = []

  start(reference: TaskWaker): void {
    this.wake(reference)
  }

  wake(reference: TaskWaker): void {
    this.#due.push(reference)
    elsewhere(() => this.#run())
  }

  wakeByRef(task: Task): void {
    if (lifecycle.hasSubscribers) emit('clone', 'lazy', task)
    this.wake(task.reference())
  }

  #run(): void {
    const reference = this.#due.shift() as TaskWaker
    const { task } = reference
    if (!task.isCompleted) task.poll('lazy')
    reference.release('lazy')
    if (task.isCompleted) task.settle()
  }

  forget(): void {
    return
  }

  joined(): void {
    return
  }

  reportUnjoined(): void {
    return
  }
}

const inPlace = new InPlaceExecutor(hostEnvironment)
const queueing: QueueingExecutor = new QueueingExecutor(hostEnvironment, {
  onReady: () => elsewhere(() => void queueing.pollPending()),
})
const lazy = new LazyExecutor()
const queuedRuntime = new Runtime()
const inPlaceRuntime = new Runtime({ waking: 'in place' })

const executors: Record<string, Executor> = {
  'in place': inPlace,
  'queueing, driven by somebody else': queueing,
  'of one’s own': lazy,
  'of a runtime that queues': queuedRuntime.executor,
  'of a runtime in place': inPlaceRuntime.executor,
}

/** Three things to wait for: native, woken by somebody else, time. */
function* generatorBody(see: () => void): Generator<Pollable<unknown>, void> {
  see()
  yield* read()
  see()
  const gate = new FakeFuture<void>()
  elsewhere(() => gate.complete())
  yield* gate
  see()
  yield* sleep(1)
  see()
  yield* yieldNow()
  see()
}

async function asyncBody(see: () => void): Promise<void> {
  see()
  await read()
  see()
  const gate = new FakeFuture<void>()
  elsewhere(() => gate.complete())
  await gate
  see()
  await sleep(1)
  see()
}

const ways: Record<string, Way> = {
  'a queued task of a runtime': (see) => queuedRuntime.spawn(() => generatorBody(see)),
  'a runtime that is run': (see) => queuedRuntime.run(() => asyncBody(see)),
  'a task in a task': (see) =>
    fdbSpawn(function* () {
      yield* fdbSpawn(() => generatorBody(see))
      see()
    }),
  'a pollable of one’s own, as a task': (see) => {
    let polls = 0
    return fdbSpawn({
      poll: (waker) => {
        see()
        if (polls++ > 0) return 'done'
        const kept = waker.clone()
        elsewhere(() => kept.wake())
        return PENDING
      },
    })
  },
  'then of a JoinHandle': (see) => {
    const gate = new FakeFuture<void>()
    elsewhere(() => gate.complete())
    return fdbSpawn(gate).then(see)
  },
  'a finally block of a task that somebody else cancels': async (see) => {
    const gate = new FakeFuture<void>()
    const task = fdbSpawn(function* () {
      try {
        yield* gate
      } finally {
        see()
      }
    })
    elsewhere(() => task.cancel())
    await task.then(undefined, see)
  },
  'the signal of a task that somebody else cancels': async (see) => {
    const task = fdbSpawn(async ({ signal }) => {
      signal.addEventListener('abort', see)
      await new Promise(() => undefined)
    })
    elsewhere(() => task.cancel())
    await task.then(undefined, see)
  },
  'sleep, interval and timeout': (see) =>
    fdbSpawn(async () => {
      await sleep(1)
      see()
      await interval(1).tick()
      see()
      await timeout(1000, read())
      see()
      await sleep(1).then(see)
    }),
  fromPromise: (see) => {
    let settle: () => void
    const promise = new Promise<void>((resolve) => (settle = resolve))
    elsewhere(() => settle())
    return fdbSpawn(function* () {
      yield* fromPromise(promise)
      see()
    })
  },
  'choose and race': (see) => {
    const gate = new FakeFuture<string>()
    elsewhere(() => gate.complete('first'))
    return fdbSpawn(function* () {
      yield* choose(when(gate, see), when(sleep(10_000)))
      const other = new FakeFuture<string>()
      elsewhere(() => other.complete('second'))
      yield* race([sleep(10_000), other])
      see()
    })
  },
  'a bounded channel: the receiver, and a sender that waits': async (see) => {
    const [sender, receiver] = bounded<number>(1)
    elsewhere(() => void sender.trySend(1))
    await receiver.recv().then(see)
    sender.trySend(2)
    const sending = fdbSpawn(function* () {
      yield* sender.send(3)
      see()
    })
    elsewhere(() => void receiver.tryRecv())
    await sending
    receiver.drop()
    sender.drop()
  },
  'an unbounded channel, iterated': async (see) => {
    const [sender, receiver] = unbounded<number>()
    elsewhere(() => sender.send(1))
    for await (const value of receiver) {
      see()
      if (value === 3) break
      elsewhere(() => sender.send(value + 1))
    }
    sender.drop()
  },
  'a oneshot: the receiver, and who waits for its end': async (see) => {
    const [sender, receiver] = oneshot<number>()
    const closed = sender.closed().then(see)
    elsewhere(() => sender.send(1))
    await receiver.then(see)
    await closed
  },
  'a broadcast': async (see) => {
    using sender = broadcast<number>(4)
    using receiver = sender.subscribe()
    elsewhere(() => void sender.send(1))
    await receiver.next().then(see)
  },
  'Flow: a promise, wait, a stream, an actor': async (see) => {
    const { promise, future } = new PromiseFuture<number>()
    elsewhere(() => promise.send(1))
    const adder = actor(function* (left: typeof future) {
      const value = yield* wait(left)
      see()
      return value + 1
    })
    await adder(future).then(see)
    const stream = new PromiseStream<number>()
    elsewhere(() => stream.send(1))
    await waitNext(stream.getFuture()).then(see)
  },
  'Flow: a future that somebody else abandons': (see) => {
    const { promise, future } = new PromiseFuture<number>()
    return new Promise<void>((resolve) => {
      promise.onAbandoned(() => {
        see()
        resolve()
      })
      elsewhere(() => {
        future.drop()
        promise.drop()
      })
    })
  },
  'Stakker: the handlers of Fwd and Ret': (see) =>
    new Promise<void>((resolve) => {
      const ret = new Ret<number>(() => {
        see()
        resolve()
      })
      const unused = new Ret<number>(see)
      const fwd = new Fwd<number>(see, see)
      elsewhere(() => fwd.fwd(1))
      elsewhere(() => fwd.fwd(2))
      elsewhere(() => fwd.drop())
      elsewhere(() => unused.drop())
      elsewhere(() => ret.ret(1))
    }),
  'Stakker: pipes': async (see) => {
    const { ret, future } = pushPipe<number>()
    elsewhere(() => ret.ret(1))
    await future.then(see)
    const request = new Ret<Ret<number>>((maybe) => {
      see()
      elsewhere(() => maybe?.value.ret(1))
    })
    await pullPipe(request).then(see)
    await spawnRet(() => asyncBody(see), new Ret(see))
    const { fwd, stream } = fwdToStream<number>()
    elsewhere(() => fwd.fwd({ value: 1 }))
    elsewhere(() => fwd.fwd(undefined))
    await streamToFwd(stream, new Fwd(see))
    fwd.drop()
  },
  'a bridge between workers': async (see) => {
    const way = { capacity: 1, codec: uint32 }
    const { control, data } = new BridgeChannel({ requests: way, responses: way })
    const pinned = data.pin()
    elsewhere(() => void control.trySendRequest(1))
    await pinned.recvRequest().then(see)
    control.trySendRequest(2)
    const sending = control.sendRequest(3).then(see)
    elsewhere(() => void pinned.tryRecvRequest())
    await sending
    const ended = pinned.recvRequests(9).then(() => pinned.recvRequest().then(undefined, see))
    await nextTurn()
    elsewhere(() => control.close())
    await ended
  },
  'an error that nobody joins': (see) =>
    new Promise<void>((resolve) => {
      const runtime = new Runtime({
        onUnjoinedError: () => {
          see()
          resolve()
        },
      })
      const gate = new FakeFuture<void>()
      void runtime.fdbSpawn(gate)
      elsewhere(() => gate.fail(new Error('nobody joins')))
    }),
}

for (const [name, executor] of Object.entries(executors)) {
  ways[`a generator task, ${name}`] = (see) => fdbSpawn(() => generatorBody(see), { executor })
  ways[`an async task, ${name}`] = (see) => fdbSpawn(() => asyncBody(see), { executor })
}

describe('a task runs in the context of its spawner, and a waker in that of who registered it', () => {
  for (const [name, way] of Object.entries(ways)) {
    it(name, async () => {
      const { seen, due } = await whatEachSees(way)
      expect(seen).toEqual(due)
    })
  }
})

describe('a store that a task enters', () => {
  for (const [name, executor] of Object.entries(executors)) {
    for (const outer of ['outer', undefined]) {
      it(`stays its own, and stays: ${name}, spawned with ${outer ?? 'none'}`, async () => {
        const seen: unknown[] = []
        // A resource of its own: what leaks into the spawner must be seen, and must not reach the next test.
        const task = new AsyncResource('TEST').runInAsyncScope(() => {
          if (outer !== undefined) storage.enterWith(outer)
          const task = fdbSpawn(
            function* () {
              seen.push(storage.getStore())
              storage.enterWith('mine')
              yield* read()
              seen.push(storage.getStore())
              storage.enterWith('mine again')
              yield* fdbSpawn(() => generatorBody(() => seen.push(storage.getStore())))
              seen.push(storage.getStore())
            },
            { executor },
          )
          expect(storage.getStore()).toBe(outer)
          return task
        })
        const others = whatEachSees((see) => fdbSpawn(() => generatorBody(see), { executor }))
        await driven(task)
        const again = Array.from({ length: 5 }, () => 'mine again')
        expect(seen).toEqual([outer, 'mine', ...again, 'mine again'])
        const { seen: othersSaw, due } = await driven(others)
        expect(othersSaw).toEqual(due)
      })
    }
  }
})

/** Generator tasks that enter and run stores, spawn others and wait, in an order drawn from a seed. */
class Program {
  readonly #draw: Draw
  readonly #environment: DeterministicEnvironment
  readonly #runtimes: Runtime[]
  #names = 0
  #budget = 40
  failure: string | undefined
  polls = 0

  constructor(seed: number) {
    this.#draw = new Draw(seed)
    this.#environment = new DeterministicEnvironment({ seed })
    const { environment } = { environment: this.#environment }
    this.#runtimes = [
      new Runtime({ environment }),
      new Runtime({ environment, waking: 'in place' }),
      queuedRuntime,
      inPlaceRuntime,
    ]
  }

  async run(): Promise<void> {
    const roots = Array.from({ length: 5 }, (_, i) =>
      i % 2 === 0
        ? this.#spawn(undefined)
        : storage.run(`root ${i}`, () => this.#spawn(`root ${i}`)),
    )
    while (!roots.every((root) => root.isFinished)) {
      const step = (): unknown => this.#environment.step()
      if (this.#draw.chance(0.5)) storage.run('somebody else', step)
      else step()
      await nextTurn()
    }
    for (const root of roots) root.result()
  }

  #spawn(store: string | undefined): ReturnType<Runtime['fdbSpawn']> {
    const runtime = this.#draw.pick(this.#runtimes)
    const body = (): Generator<Pollable<unknown>, void> => this.#body(store)
    return this.#draw.chance(0.5) ? runtime.spawn(body) : runtime.fdbSpawn(body)
  }

  *#body(store: string | undefined): Generator<Pollable<unknown>, void> {
    let expected = store
    const children: Pollable<unknown>[] = []
    for (let steps = this.#draw.below(5); steps >= 0; steps--) {
      this.#check(expected)
      const kind = this.#draw.below(6)
      if (kind === 0) storage.enterWith((expected = `entered ${++this.#names}`))
      else if (kind === 1) yield* sleep(this.#draw.below(3), { environment: this.#environment })
      else if (kind === 2) yield* read()
      else if (kind === 3) yield* yieldNow()
      else if (this.#budget-- > 0) children.push(this.#child(kind === 4 ? expected : undefined))
    }
    for (const child of children) yield* wait(child)
    this.#check(expected)
  }

  #child(store: string | undefined): Pollable<unknown> {
    if (store !== undefined) return this.#spawn(store)
    const name = `run ${++this.#names}`
    return storage.run(name, () => this.#spawn(name))
  }

  #check(expected: string | undefined): void {
    this.polls++
    const found = storage.getStore()
    if (found !== expected) this.failure ??= `${found} instead of ${expected}`
  }
}

it('tasks drawn from a seed, which enter stores, spawn and wait', async () => {
  let polls = 0
  await forSeedsAsync(async (seed) => {
    const program = new Program(seed)
    await program.run()
    expect(program.failure).toBeUndefined()
    polls += program.polls
  })
  expect(polls).toBeGreaterThan(100)
})
