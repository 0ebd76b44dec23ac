// What is used after its end says so: which one it is, who ended it, and what to do.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PENDING } from '../../src/future/wakers/waker.ts'
import {
  bounded,
  broadcast,
  BrokenPromiseError,
  CancelledError,
  ChannelClosedError,
  ChannelFullError,
  EndOfStreamError,
  fdbSpawn,
  Fwd,
  fwdToStream,
  LaggedError,
  oneshot,
  PromiseFuture,
  PromiseStream,
  Ret,
  Runtime,
  sleep,
  TaskError,
  timeout,
  TimeoutError,
  unbounded,
} from '../../src/task/index.ts'
import { says, thrownBy } from '../support/thrown-by.ts'

const dropped = <T extends { drop(): void }>(end: T): T => {
  end.drop()
  // A second time it does nothing.
  end.drop()
  return end
}

const senderOf = <T>() => bounded<T>(1)[0]

/** An end that its owner gave up, and what is done with it then. */
const GIVEN_UP: Record<
  string,
  [make: () => { drop(): void }, use: (end: never) => unknown, message: string]
> = {
  'trySend of a Sender': [
    () => senderOf<number>(),
    (end: ReturnType<typeof senderOf<number>>) => end.trySend(1),
    'use of a Sender that was dropped',
  ],
  'send of a Sender': [
    () => senderOf<number>(),
    (end: ReturnType<typeof senderOf<number>>) => end.send(1),
    'use of a Sender that was dropped',
  ],
  'clone of a Sender': [
    () => senderOf<number>(),
    (end: ReturnType<typeof senderOf<number>>) => end.clone(),
    'clone of a Sender that was dropped',
  ],
  'send of an UnboundedSender': [
    () => unbounded<number>()[0],
    (end: { send(value: number): void }) => end.send(1),
    'use of a Sender that was dropped',
  ],
  'clone of an UnboundedSender': [
    () => unbounded<number>()[0],
    (end: { clone(): void }) => end.clone(),
    'clone of a Sender that was dropped',
  ],
  'send of a OneshotSender': [
    () => oneshot<number>()[0],
    (end: { send(value: number): void }) => end.send(1),
    'a OneshotSender sends once, and it has sent or was dropped',
  ],
  'send of a BroadcastSender': [
    () => broadcast<number>(1),
    (end: { send(value: number): void }) => end.send(1),
    'use of a BroadcastSender that was dropped',
  ],
  'clone of a BroadcastSender': [
    () => broadcast<number>(1),
    (end: { clone(): void }) => end.clone(),
    'clone of a BroadcastSender that was dropped',
  ],
  'clone of a BroadcastReceiver': [
    () => broadcast<number>(1).subscribe(),
    (end: { clone(): void }) => end.clone(),
    'clone of a BroadcastReceiver that was dropped',
  ],
  'send of a PromiseStream': [
    () => new PromiseStream<number>(),
    (end: PromiseStream<number>) => end.send(1),
    'send on a stream that was dropped',
  ],
  'sendError of a PromiseStream': [
    () => new PromiseStream<number>(),
    (end: PromiseStream<number>) => end.sendError(),
    'send on a stream that was dropped',
  ],
  'clone of a PromiseStream': [
    () => new PromiseStream<number>(),
    (end: PromiseStream<number>) => end.clone(),
    'clone of a stream that was dropped',
  ],
  'send of a FlowPromise': [
    () => new PromiseFuture<number>().promise,
    (end: { send(value: number): void }) => end.send(1),
    'send on a promise that was sent or dropped',
  ],
  'sendError of a FlowPromise': [
    () => new PromiseFuture<number>().promise,
    (end: { sendError(error: unknown): void }) => end.sendError(1),
    'send on a promise that was sent or dropped',
  ],
  'clone of a FlowPromise': [
    () => new PromiseFuture<number>().promise,
    (end: { clone(): void }) => end.clone(),
    'clone of a promise that was sent or dropped',
  ],
  'clone of a FlowFuture': [
    () => new PromiseFuture<number>().future,
    (end: { clone(): void }) => end.clone(),
    'clone of a future that was dropped',
  ],
  'fwd of a Fwd': [
    () => new Fwd<number>(() => undefined),
    (end: Fwd<number>) => end.fwd(1),
    'use of a Fwd that was dropped',
  ],
  'onAbandoned of a Fwd': [
    () => new Fwd<number>(() => undefined),
    (end: Fwd<number>) => end.onAbandoned(() => undefined),
    'use of a Fwd that was dropped',
  ],
  'clone of a Fwd': [
    () => new Fwd<number>(() => undefined),
    (end: Fwd<number>) => end.clone(),
    'clone of a Fwd that was dropped',
  ],
  'ret of a Ret': [
    () => new Ret<number>(() => undefined),
    (end: Ret<number>) => end.ret(1),
    'a Ret is used once, and it was used or dropped',
  ],
}

describe('an end that was given up', () => {
  it.each(Object.entries(GIVEN_UP))('refuses %s', (_, [make, use, message]) => {
    says(() => use(dropped(make()) as never), TaskError, message)
  })

  /** They do nothing then: whose they were has failed, and nobody needs it. */
  const SILENT = ['ret of a Ret', 'send of a FlowPromise', 'sendError of a FlowPromise']

  /** Its promise is dropped before it: it is settled, and can be had. */
  const withTask = Object.entries(GIVEN_UP).filter(([what]) => what !== 'clone of a FlowFuture')

  it.each(withTask)('with its task: %s', (what, [make, use, message]) => {
    let end: { drop(): void } | undefined
    const task = fdbSpawn(function* () {
      end = make()
      yield* sleep(1_000_000)
    })
    task.cancel()
    const again = (): unknown => use(end as never)
    if (SILENT.includes(what)) expect(again).not.toThrow()
    else if (what === 'send of a OneshotSender') {
      says(again, ChannelClosedError, 'the task of the sender failed')
    } else says(again, CancelledError, `${message}: its task had failed or was cancelled`)
  })

  it('refuses a wait through it', async () => {
    const [, oneshotReceiver] = oneshot<number>()
    await expect(dropped(oneshotReceiver).then()).rejects.toThrow(
      'use of a OneshotReceiver that was dropped',
    )
    const stream = new PromiseStream<number>().getFuture()
    await expect(dropped(stream).then()).rejects.toThrow('wait for a FutureStream that was dropped')
    const { future } = new PromiseFuture<number>()
    await expect(dropped(future).then()).rejects.toThrow(
      'wait for a future that was dropped, or given up by the last who waited: clone it, or wait for byRef(future)',
    )
  })
})

describe('an end whose other end is gone', () => {
  it('says which, and carries what was not sent', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const gone: [() => unknown, string][] = []
        const [sender, receiver] = bounded<unknown>(1)
        receiver.drop()
        gone.push([() => sender.trySend(value), 'the receiver of the channel is gone'])
        gone.push([() => sender.send(value), 'the receiver of the channel is gone'])
        const [one, once] = oneshot<unknown>()
        once.drop()
        gone.push([() => one.send(value), 'the receiver is gone'])
        const news = broadcast<unknown>(1)
        gone.push([() => news.send(value), 'the broadcast has no receiver'])
        const stream = new PromiseStream<unknown>()
        stream.getFuture().drop()
        gone.push([() => stream.send(value), 'the FutureStream was dropped'])
        for (const [send, message] of gone) {
          const error = thrownBy(send)
          expect(error).toBeInstanceOf(ChannelClosedError)
          expect(error.message).toBe(message)
          expect(error.unsent).toBe(value)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('says what is at its end', async () => {
    const [sender, receiver] = bounded<number>(1)
    sender.drop()
    const end = 'every sender of the channel is gone, and nothing is left in it'
    says(() => receiver.tryRecv(), ChannelClosedError, end)
    await expect(receiver.recv().then()).rejects.toThrow(end)
    const [one, once] = oneshot<number>()
    one.drop()
    await expect(once.then()).rejects.toThrow('the sender was dropped without sending')
    const { promise, future } = new PromiseFuture<number>()
    promise.drop()
    says(() => future.get(), BrokenPromiseError, 'broken promise: dropped without a value')
    const stream = new PromiseStream<number>()
    stream.drop()
    await expect(stream.getFuture().then()).rejects.toThrow(
      'broken promise: the last sender of the stream is gone',
    )
    const ended = new PromiseStream<number>()
    ended.sendError()
    await expect(ended.getFuture().then()).rejects.toEqual(new EndOfStreamError('end of stream'))
    says(() => ended.send(1), TaskError, 'send on a stream that has ended')
    says(() => ended.sendError(), TaskError, 'send on a stream that has ended')
  })

  it('names the error that its task failed with as the cause', async () => {
    const failure = new Error('of the task')
    const ends: { drop(): void }[] = []
    const [sender, receiver] = bounded<number>(1)
    const [one, once] = oneshot<number>()
    const [other, otherOnce] = oneshot<number>()
    const news = broadcast<number>(1)
    const { promise, future } = new PromiseFuture<number>()
    const [stream, closed] = [new PromiseStream<number>(), new PromiseStream<number>()]
    const pipe = fwdToStream<number>()
    ends.push(receiver, one, otherOnce, news.subscribe(), promise, stream, closed.getFuture())
    ends.push(pipe.stream)
    const task = fdbSpawn(
      function* () {
        yield* sleep(0)
        throw failure
      },
      { owns: ends },
    )
    await expect(task.then()).rejects.toBe(failure)
    for (const use of [
      () => sender.trySend(1),
      () => other.send(1),
      () => news.send(1),
      () => future.get(),
      () => closed.send(1),
      () => pipe.fwd.fwd({ value: 1 }),
    ]) {
      expect(thrownBy(use).cause).toBe(failure)
    }
    await expect(once.then()).rejects.toMatchObject({ cause: failure })
    await expect(stream.getFuture().then()).rejects.toMatchObject({ cause: failure })
  })
})

describe('what is full', () => {
  it('says how much it holds, and carries what was not sent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (limit) => {
        const [sender] = bounded<number>(limit)
        const [without] = unbounded<number>({ limit })
        const stream = new PromiseStream<number>({ limit })
        const { fwd } = fwdToStream<number>({ limit })
        const channel = `the channel holds ${limit} values already`
        const waits = `${limit} values wait in the stream already`
        const sends: [(n: number) => unknown, string][] = [
          [(n) => sender.trySend(n), channel],
          [(n) => without.send(n), channel],
          [(n) => stream.send(n), waits],
          [(n) => fwd.fwd({ value: n }), waits],
        ]
        for (const [send, message] of sends) {
          for (let n = 0; n < limit; n++) send(n)
          const error = thrownBy(() => send(limit))
          expect([error.message, error.unsent]).toEqual([message, limit])
          expect(error).toBeInstanceOf(ChannelFullError)
        }
      }),
    )
  })

  it('takes limits and capacities from 1 on', () => {
    for (const wrong of [0, -1, NaN, 'a']) {
      const limit = wrong as number
      const message = `limit must be at least 1, not ${wrong}`
      says(() => unbounded({ limit }), RangeError, message)
      says(() => new PromiseStream({ limit }), RangeError, message)
      says(() => fwdToStream({ limit }), RangeError, message)
    }
    for (const wrong of [0, 1.5, NaN, 2 ** 53]) {
      const words = `must be an integer from 1 on, not ${wrong}`
      says(() => bounded(wrong), RangeError, `the capacity of a channel ${words}`)
      says(() => broadcast(wrong), RangeError, `the capacity of a broadcast ${words}`)
    }
  })

  it('of tasks says how many are alive, and what to do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), (taskLimit) => {
        using runtime = new Runtime({ taskLimit })
        for (let n = 0; n < taskLimit; n++) void runtime.fdbSpawn(sleep(1_000_000))
        says(
          () => runtime.fdbSpawn(sleep(1_000_000)),
          TaskError,
          `${taskLimit} tasks are alive: join or cancel some, or raise taskLimit`,
        )
        expect(runtime.size).toBe(taskLimit)
      }),
    )
    const runtime = new Runtime()
    runtime.dispose()
    says(
      () => runtime.spawn(sleep(0)),
      TaskError,
      'the runtime was disposed of: it takes no more tasks',
    )
  })

  it('a broadcast receiver that was too slow says how many it missed', async () => {
    const news = broadcast<number>(2)
    const receiver = news.subscribe()
    for (let n = 0; n < 5; n++) news.send(n)
    const missed =
      'the receiver was too slow and missed 3 messages; it goes on with the oldest kept'
    await expect(receiver.next().then()).rejects.toEqual(
      expect.objectContaining({ name: 'LaggedError', message: missed, missed: 3 }),
    )
    expect(new LaggedError(1)).toBeInstanceOf(TaskError)
    expect(await receiver.next()).toEqual({ done: false, value: 3 })
  })
})

describe('what runs', () => {
  it('has no value before it has ended, and says who it is', () => {
    const { future } = new PromiseFuture<number>()
    says(() => future.get(), TaskError, 'get() on a future that is not ready: wait for it')
    const task = fdbSpawn(sleep(1_000_000), { name: 'slow' })
    says(() => task.result(), TaskError, `task ${task.id} (slow) has not ended`)
    task.cancel()
    says(() => task.result(), CancelledError, `task ${task.id} (slow) was cancelled`)
    const forgetful = fdbSpawn({ poll: () => PENDING }, { name: 'forgetful' })
    says(
      () => forgetful.result(),
      TaskError,
      `task ${forgetful.id} (forgetful) was dropped: its last waker is gone, so nothing could wake it`,
    )
  })

  it('is late after so many milliseconds', async () => {
    const late = timeout(1, sleep(1_000_000))
    await expect(late.then()).rejects.toEqual(
      expect.objectContaining({
        name: 'TimeoutError',
        message: 'timed out after 1 ms',
        code: 1004,
      }),
    )
    expect(new TimeoutError('')).toBeInstanceOf(TaskError)
  })

  it('is refused a clean-up that waits', () => {
    const task = fdbSpawn(function* () {
      try {
        yield* sleep(1_000_000)
      } finally {
        yield* sleep(1)
      }
    })
    task.cancel()
    says(
      () => task.result(),
      TaskError,
      'a task that is ended cannot wait any more: its clean-up yielded',
    )
  })
})
