// Who holds the end that others wait for, and fails, is cancelled or forgets it, tells them; unless it handed it on.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  actor,
  bounded,
  broadcast,
  type BroadcastSender,
  BrokenPromiseError,
  CancelledError,
  choose,
  fdbSpawn,
  Fwd,
  fwdToStream,
  type JoinHandle,
  oneshot,
  PromiseFuture,
  PromiseStream,
  pushPipe,
  pushPipeResult,
  Ret,
  type Runtime,
  sleep,
  type TaskGenerator,
  unbounded,
  wait,
  waitNext,
  when,
  byRef,
} from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

interface Holder {
  drop(): void
}

/** Makes a holder, and a task that tells what its receiver gets: a value, or how it ended. */
type Kind = (runtime: Runtime, tell: (what: string) => void) => { holder: Holder; use: () => void }

/** Told by one who is no task of the holder's, and has the receiving end. */
function watch(
  runtime: Runtime,
  tell: (what: string) => void,
  body: () => TaskGenerator<unknown>,
  owns: Holder[] = [],
) {
  const watcher = function* (): TaskGenerator<void> {
    try {
      tell(String(yield* body()))
    } catch (error) {
      tell((error as Error).name)
    }
  }
  void runtime.spawn(watcher, { owns })
}

const KINDS: Record<string, Kind> = {
  ret: (runtime, tell) => {
    const { ret, future } = pushPipeResult<string>()
    watch(runtime, tell, function* () {
      const result = yield* future
      return result.ok ? result.value : result.error.name
    })
    return { holder: ret, use: () => ret.ret('value') }
  },
  fwd: (runtime, tell) => {
    let isTold = false
    const once = (what: string) => (): void => {
      if (!isTold) tell(what)
      isTold = true
    }
    // In a task, so that it is told in its turn, as the others are.
    const inTurn = (what: string): void => void runtime.spawn({ poll: once(what) })
    const fwd = new Fwd<string>(inTurn, () => inTurn('gone'))
    return { holder: fwd, use: () => fwd.fwd('value') }
  },
  promise: (runtime, tell) => {
    const { promise, future } = new PromiseFuture<string>()
    watch(runtime, tell, () => future[Symbol.iterator]() as TaskGenerator<unknown>)
    return { holder: promise, use: () => promise.send('value') }
  },
  oneshot: (runtime, tell) => {
    const [sender, receiver] = oneshot<string>()
    watch(runtime, tell, () => receiver[Symbol.iterator]() as never, [receiver])
    return { holder: sender, use: () => sender.send('value') }
  },
  sender: (runtime, tell) => {
    const [sender, receiver] = bounded<string>(1)
    watch(runtime, tell, () => receiver.recv()[Symbol.iterator]() as never, [receiver])
    return { holder: sender, use: () => sender.trySend('value') }
  },
  broadcast: (runtime, tell) => {
    const sender = broadcast<string>(2)
    const receiver = sender.subscribe()
    const body = function* (): TaskGenerator<string> {
      const { done, value } = yield* receiver.next()
      return done === true ? 'end' : value
    }
    watch(runtime, tell, body, [receiver])
    return { holder: sender, use: () => void sender.send('value') }
  },
  stream: (runtime, tell) => {
    const stream = new PromiseStream<string>()
    const future = stream.getFuture()
    watch(runtime, tell, () => waitNext(future)[Symbol.iterator]() as never, [future])
    return { holder: stream, use: () => stream.send('value') }
  },
}
const DROPPED: Record<string, string> = {
  ...{ ret: 'ActorFailError', fwd: 'gone', promise: 'BrokenPromiseError', broadcast: 'end' },
  ...{ oneshot: 'ChannelClosedError', sender: 'ChannelClosedError', stream: 'BrokenPromiseError' },
}

/** The ways to hand one on. Each gives it to a task that holds it, or to nobody: then it is not dropped. */
type Way = (holder: Holder, runtime: Runtime) => JoinHandle<unknown> | undefined

function* hold(): TaskGenerator<void> {
  yield* new FakeFuture<void>()
}

const received = (runtime: Runtime, body: () => TaskGenerator<unknown>) =>
  runtime.fdbSpawn(function* () {
    yield* body()
    yield* hold()
  })

const WAYS: Record<string, Way> = {
  owns: (holder, runtime) => runtime.fdbSpawn(hold, { owns: [holder] }),
  channel: (holder, runtime) => {
    const [sender, receiver] = bounded<unknown>(1)
    const task = received(runtime, () => receiver.recv()[Symbol.iterator]() as never)
    sender.trySend(holder)
    return task
  },
  message: (holder, runtime) => {
    const [sender, receiver] = unbounded<unknown>()
    const task = received(runtime, () => receiver.recv()[Symbol.iterator]() as never)
    sender.send({ question: 'what?', answer: { to: [holder] }.to })
    return task
  },
  oneshot: (holder, runtime) => {
    const [sender, receiver] = oneshot<unknown>()
    sender.send([holder])
    return received(runtime, () => receiver[Symbol.iterator]() as never)
  },
  stream: (holder, runtime) => {
    const stream = new PromiseStream<unknown>()
    stream.send(holder)
    return received(runtime, () => waitNext(stream.getFuture())[Symbol.iterator]() as never)
  },
  ret: (holder) => {
    kept.push(holder)
    new Ret<Holder>((maybe) => kept.push(maybe)).ret(holder)
    return undefined
  },
  fwd: (holder) => {
    new Fwd<Holder>((value) => kept.push(value)).fwd(holder)
    return undefined
  },
}
const kept: unknown[] = []

describe('a task that holds what others wait for', () => {
  it('drops it, in order, when it throws or is cancelled; not what it used or handed on', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed, { onUnjoinedError: () => undefined })
      const run = (): void => {
        while (environment.step());
      }
      const told: [number, string][] = []
      const expected: [number, string][] = []
      const holders: { index: number; kind: string; to: JoinHandle<unknown> | undefined }[] = []
      const mine: typeof holders = []
      const fate = draw.pick(['throw', 'cancel', 'return'] as const)
      const task = runtime.fdbSpawn(function* () {
        for (let index = 0; index < 1 + draw.below(8); index++) {
          const kind = draw.pick(Object.keys(KINDS))
          const { holder, use } = (KINDS[kind] as Kind)(runtime, (what) => told.push([index, what]))
          if (draw.chance(0.3)) yield* sleep(draw.below(3))
          const what = draw.pick(['keep', 'keep', 'use', 'hand on'])
          if (what === 'keep') mine.push({ index, kind, to: undefined })
          if (what === 'use') {
            use()
            yield* sleep(1)
            expected.push([index, 'value'])
          }
          if (what === 'hand on') {
            const way = WAYS[draw.pick(Object.keys(WAYS))] as Way
            holders.push({ index, kind, to: way(holder, runtime) })
          }
        }
        yield* sleep(1)
        if (fate === 'throw') throw new Error('of the task')
        if (fate === 'cancel') yield* hold()
      })
      run()
      task.cancel()
      run()
      const end = ({ index, kind }: { index: number; kind: string }): void =>
        void expected.push([index, DROPPED[kind] as string])
      if (fate !== 'return') mine.forEach(end)
      expect(told).toEqual(expected)
      // Those they were handed to fail one after the other.
      for (const holder of holders) {
        if (holder.to === undefined) continue
        holder.to.cancel()
        run()
        end(holder)
        expect(told).toEqual(expected)
      }
      kept.length = 0
      runtime.dispose()
      run()
    })
  })

  it('also in an async function, up to its first await; a use of it after that stops it', async () => {
    const { promise, future } = new PromiseFuture<number>()
    const [sender, receiver] = bounded<number>(1)
    const [go, gone] = oneshot<void>()
    const after: unknown[] = []
    const handle = fdbSpawn(
      async () => {
        await gone
        promise.send(1)
        after.push('nobody needs it')
        sender.trySend(1)
        after.push('never')
      },
      { owns: [promise, sender] },
    )
    handle.cancel()
    await expect(future.then()).rejects.toBeInstanceOf(BrokenPromiseError)
    expect(await receiver.next()).toMatchObject({ done: true })
    go.send()
    await new Promise((resolve) => setImmediate(resolve))
    expect(after).toEqual(['nobody needs it'])
  })

  it('says why: the error of the task is the cause', async () => {
    const why = new Error('why')
    const { promise, future } = new PromiseFuture<number>()
    const { ret, future: piped } = pushPipe<number>()
    const failing = actor(function* (given: typeof promise, answer: typeof ret) {
      yield* sleep(0)
      throw answer.isUsed || given.isSet ? new Error('too early') : why
    })
    const failed = failing(promise, ret)
    await expect(failed.then()).rejects.toBe(why)
    await expect(future.then()).rejects.toMatchObject({ code: 1100, cause: why })
    await expect(piped.then()).rejects.toMatchObject({ name: 'ActorFailError', cause: why })
  })

  it('forgotten outside of tasks, it is dropped by a finalizer', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const told = new Set<string>()
    const forget = (): void => {
      new Ret<number>(() => told.add('ret'))
      new Fwd<number>(
        () => undefined,
        () => told.add('fwd'),
      )
      const futures = {
        promise: new PromiseFuture<number>().future,
        oneshot: oneshot<number>()[1],
        sender: bounded<number>(1)[1].recv(),
        unbounded: unbounded<number>()[1].recv(),
        stream: new PromiseStream<number>().getFuture(),
      }
      for (const [name, future] of Object.entries(futures)) {
        future.then(undefined, () => told.add(name))
      }
      const receiver = broadcast<number>(1).subscribe()
      void receiver.next().then(() => told.add('broadcast'))
      // And the receiving ends, of which senders are told.
      const [full] = bounded<number>(1)
      full.trySend(1)
      void full.send(2).then(undefined, () => told.add('room'))
      void oneshot<number>()[0]
        .closed()
        .then(() => told.add('closed'))
      const { fwd } = fwdToStream<number>()
      fwd.onAbandoned(() => told.add('abandoned'))
      kept.push(full, fwd, (caster = broadcast<number>(1)))
      void caster.subscribe()
    }
    let caster: BroadcastSender<number> | undefined
    forget()
    while (told.size < 11 || caster?.receivers !== 0) {
      collect()
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
})

describe('a dropped actor', () => {
  it('cancels what it waits for, and the actors that it started and alone holds, and so on down', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed)
      const alive = new Set<number>()
      let made = 0
      const nested = actor(function* (depth: number): TaskGenerator<void> {
        const id = ++made
        alive.add(id)
        try {
          const others = Array.from({ length: draw.below(3) }, () => depth > 0 && nested(depth - 1))
          const how = draw.below(5)
          if (depth === 0 || how === 0) yield* sleep(1000)
          else if (how === 1) yield* wait(nested(depth - 1))
          else if (how === 2) yield* choose(when(nested(depth - 1)), when(nested(depth - 1)))
          else if (how === 3) yield* nested(depth - 1)
          else yield* byRef(others[0] || nested(depth - 1))
        } finally {
          alive.delete(id)
        }
      })
      runtime.runSync(function* () {
        const top = nested(4)
        yield* sleep(draw.below(3))
        expect(alive.size).toBe(made)
        top.drop()
        expect(alive.size).toBe(0)
      })
      while (environment.step());
      runtime.dispose()
    })
  })

  it('an arm that loses is cancelled when nobody else has it, and left as it is when somebody has', () => {
    const { runtime } = deterministic(1)
    const ended: string[] = []
    const inner = actor(function* (name: string) {
      try {
        yield* sleep(1000)
      } catch (error) {
        ended.push(name)
        throw error
      }
      return name
    })
    runtime.runSync(function* () {
      const cloned = inner('cloned')
      const other = cloned.clone()
      const lent = inner('lent')
      const awaited = inner('awaited')
      const waits = runtime.fdbSpawn(awaited)
      yield* choose(
        when(sleep(1)),
        when(inner('lost')),
        when(cloned),
        when(byRef(lent)),
        when(awaited),
      )
      expect(ended).toEqual(['lost'])
      expect([yield* other, yield* lent, yield* waits]).toEqual(['cloned', 'lent', 'awaited'])
      expect(() => fdbSpawn(cloned).result()).not.toThrow(CancelledError)
    })
    runtime.dispose()
  })
})

describe('what an actor is given', () => {
  /** Whether an end can be used still. */
  const open = (use: () => unknown): boolean => {
    try {
      use()
      return true
    } catch {
      return false
    }
  }
  const nothing = (): void => undefined

  it('is dropped when it is cancelled, unless it is a future or a stream, which its caller has still', () => {
    const given = (): [what: string, argument: unknown, use: () => unknown, isOpen: boolean][] => {
      const [sender, receiver] = bounded<number>(1)
      const [once] = oneshot<number>()
      const news = broadcast<number>(1)
      void news.subscribe()
      const [ret, fwd] = [new Ret<number>(nothing), new Fwd<number>(nothing)]
      const { promise } = new PromiseFuture<number>()
      const { future } = new PromiseFuture<number>()
      const [stream, read] = [new PromiseStream<number>(), new PromiseStream<number>()]
      return [
        ['a Sender', sender, () => sender.trySend(1), false],
        ['a Receiver', receiver, () => receiver.tryRecv(), false],
        ['a OneshotSender', once, () => once.send(1), false],
        ['a BroadcastSender', news, () => news.send(1), false],
        ['a Ret', ret, () => expect(ret.isUsed).toBe(false), false],
        ['a Fwd', fwd, () => fwd.fwd(1), false],
        ['a FlowPromise', promise, () => expect(promise.isSet).toBe(false), false],
        ['a FlowFuture', future, () => future.clone(), true],
        ['a PromiseStream', stream, () => stream.send(1), true],
        ['a FutureStream', read.getFuture(), () => read.send(1), true],
        ['a number', 7, nothing, true],
      ]
    }
    for (const [index] of given().entries()) {
      const [what, argument, use, isOpen] = given()[index]!
      const running = actor(function* (its: unknown) {
        expect(its).toBe(argument)
        yield* sleep(1_000_000)
      })(argument)
      running.drop()
      expect([what, open(use)]).toEqual([what, isOpen])
    }
  })
})
