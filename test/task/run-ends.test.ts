// A run in virtual time ends: with its task, with its runtime, or when nothing can ever wake it.
import { describe, expect, it } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import {
  actor,
  type Awaitable,
  bounded,
  CancelledError,
  choose,
  DeadlockError,
  oneshot,
  PromiseFuture,
  pushPipe,
  type Runtime,
  sleep,
  type TaskGenerator,
  timeout,
  wait,
  when,
} from '../../src/task/index.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { deterministic, Draw } from './helpers.ts'

type Way = (runtime: Runtime, keep: unknown[]) => { body: () => TaskGenerator<unknown>; is: string }

/** A task that waits for this. */
function waitingFor(awaited: Awaitable<unknown>): () => TaskGenerator<unknown> {
  return function* () {
    return yield* awaited
  }
}

/** Waits that nobody ends: their other ends are kept, so that nobody is told that they are gone. */
const WAYS: Record<string, Way> = {
  oneshot: (_, keep) => {
    const [sender, receiver] = oneshot<number>()
    keep.push(sender)
    return { body: waitingFor(receiver), is: 'a oneshot' }
  },
  channel: (_, keep) => {
    const [sender, receiver] = bounded<number>(1)
    keep.push(sender)
    return { body: waitingFor(receiver.recv()), is: 'a channel' }
  },
  room: (_, keep) => {
    const [sender, receiver] = bounded<number>(1)
    keep.push(receiver)
    sender.trySend(1)
    return { body: waitingFor(sender.send(2)), is: 'room in a channel' }
  },
  future: (_, keep) => {
    const { promise, future } = new PromiseFuture<number>()
    keep.push(promise)
    return { body: waitingFor(wait(future)), is: 'a FlowFuture' }
  },
  ret: (_, keep) => {
    const { ret, future } = pushPipe<number>()
    keep.push(ret)
    return { body: waitingFor(future), is: 'a Ret' }
  },
  both: (runtime, keep) => {
    const [a, b] = [WAYS['oneshot']!(runtime, keep), WAYS['channel']!(runtime, keep)]
    return {
      body: () => choose(...[a, b].map(({ body }) => when(runtime.spawn(body)))),
      is: 'the first of task',
    }
  },
}

describe('a run in virtual time', () => {
  it('rejects with who waits for what when nothing can wake it', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const { runtime } = deterministic(seed)
      const keep: unknown[] = []
      const { body, is } = WAYS[draw.pick(Object.keys(WAYS))]!(runtime, keep)
      const isAsync = draw.chance(0.3)
      const after = draw.below(3)
      const run = isAsync
        ? runtime.run(
            async () => {
              await sleep(after)
              await runtime.spawn(body, { name: 'inner' })
            },
            { name: 'main' },
          )
        : runtime.run(
            function* () {
              yield* sleep(after)
              yield* body()
            },
            { name: 'main' },
          )
      const problem: unknown = await run.catch((error: unknown) => error)
      expect(problem).toBeInstanceOf(DeadlockError)
      const { message } = problem as DeadlockError
      expect(message).toMatch(/^nothing is left to run, and task \d+ \(main\) waits: .*; task/)
      const who = isAsync ? 'inner' : 'main'
      expect(message).toContain(`(${who}) waits for ${is}`)
      runtime.dispose()
    })
  })

  it('names each that waits, up to ten, and how many more there are', async () => {
    for (const others of [0, 3, 9, 10, 40]) {
      const { runtime } = deterministic(1)
      const [sender, receiver] = oneshot<number>()
      for (let i = 0; i < others; i++)
        void runtime.spawn(waitingFor(oneshot<number>()[1]), { name: 'other' })
      const run = runtime.run(waitingFor(receiver), { name: 'main' })
      const { message } = (await run.catch((error: unknown) => error)) as DeadlockError
      const [, ...parts] = message.split('; ')
      const named = parts.filter((part) =>
        /^task \d+ \((main|other)\) waits for a oneshot$/.test(part),
      )
      expect(named).toHaveLength(Math.min(others + 1, 10))
      const more = others + 1 - named.length
      expect(parts.slice(named.length)).toEqual(more > 0 ? [`and ${more} more`] : [])
      runtime.dispose()
      sender.drop()
    }
  })

  it('rejects with CancelledError when its runtime is disposed of, wherever it waits', async () => {
    const db = openEmbedded()
    const watch = await db.getAndWatch('key', { keepAlive: true })
    const [sender, receiver] = oneshot<number>()
    const bodies: (() => TaskGenerator<unknown>)[] = [
      waitingFor(receiver),
      waitingFor(watch),
      function* () {
        yield* timeout(1e9, receiver)
      },
      function* () {
        yield* wait(actor(waitingFor(receiver))())
      },
    ]
    for (const body of bodies) {
      for (const isAsync of [false, true]) {
        const { runtime } = deterministic(1)
        const run = isAsync ? runtime.run(async () => await runtime.spawn(body)) : runtime.run(body)
        setImmediate(() => runtime.dispose())
        await expect(run).rejects.toBeInstanceOf(CancelledError)
      }
    }
    sender.drop()
    expect(await watch.promise).toBe(false)
    db.close()
  })

  it('waits for the database, for timers and requests of the process that it began', async () => {
    const db = openEmbedded()
    const { runtime } = deterministic(1)
    const value = await runtime.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      await db.set('key', 'value')
      const watch = await db.getAndWatch('key')
      setImmediate(() => void db.set('key', 'other'))
      const isChanged = await watch.promise
      return [isChanged, String(await db.get('key'))]
    })
    expect(value).toEqual([true, 'other'])
    runtime.dispose()
    db.close()
  })
})
