// A future has owners: the last one gives the native future back, once.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'
import { TestWaker } from './test-waker.ts'

const made = useFakeDatabase()
const { get } = made

describe('owners', () => {
  test('the last release gives the native future back, and uses after it are refused', async () => {
    const future = get('hv')
    void future.retain()
    future.release()
    expect(future.released).toBe(false)
    future.release()
    expect(future.released).toBe(true)
    const uses: (() => unknown)[] = [
      () => future.poll(new TestWaker()),
      () => future.then(),
      () => future.cancel(),
      () => future.retain(),
      () => future.release(),
      () => future.holdOpen(true),
    ]
    for (const use of uses) expect(use).toThrow(FDBStateError)
    future[Symbol.dispose]()
    await turnUntil(() => made.fake.futuresAlive() === 0)
  })

  test('one that is awaited settles for those who await it', async () => {
    const future = get('qv')
    const awaited = future.then(String)
    future.release()
    expect(await awaited).toBe('qv')
  })

  test('one that is released by the first it answers still answers the others', async () => {
    for (const [name, expected] of [
      ['qv', 'qv'],
      ['qerr:1020', 'not_committed'],
    ] as const) {
      for (const how of ['waker', 'then'] as const) {
        const future = get(name)
        const text = (value: unknown): string => String(value)
        if (how === 'waker') future.poll(new TestWaker([], () => future.release()))
        const first = future.then(text, text)
        const others = [1, 2, 3].map(() => future.then(text, text))
        if (how === 'then') void first.then(() => future.released || future.release())
        const answers = await Promise.all([first, ...others])
        for (const answer of answers) expect(answer).toContain(expected)
      }
    }
  })

  test('one that is released after its transaction ended comes back, and nobody gets its result', async () => {
    for (const way of ['i', 'q', 'o', 'h']) {
      const values: string[] = []
      const before = ringOfWorker().liveSlots
      const ended = made.database.createTransaction()
      const forgotten = Array.from({ length: 20 }, (_, i) =>
        ended.get(Buffer.from(`${way}old${i}`)),
      )
      ringOfWorker().flush()
      ended.destroy()
      for (const future of forgotten) future.release()
      // The slots that came back serve others.
      const others = Array.from({ length: 40 }, (_, i) => get(`qnew${i}`))
      for (const other of others) values.push(String(await other))
      expect(values).toEqual(others.map((_, i) => `qnew${i}`))
      await turnUntil(() => {
        made.fake.releaseHeld()
        return ringOfWorker().liveSlots === before
      })
    }
    expect(made.fake.mistakes()).toBe(0)
  })

  test('one that has settled is released after it was awaited: it still answers', async () => {
    const value = get('qv')
    const error = get('qerr:1020')
    await Promise.allSettled([value, error])
    const answers = [value.then(String), error.then(String, String)]
    value.release()
    error.release()
    expect(await Promise.all(answers)).toEqual(['qv', expect.stringContaining('not_committed')])
  })

  test('a future that nobody asks about is never armed, until its transaction ends', async () => {
    const before = made.fake.callbacksSet()
    const other = made.database.createTransaction()
    const forgotten = other.get(Buffer.from('qv'))
    ringOfWorker().flush()
    expect(made.fake.callbacksSet()).toBe(before)
    other.destroy()
    await turnUntil(() => forgotten.settled)
    expect(made.fake.callbacksSet()).toBe(before + 1)
  })

  test('cannot be sent to another worker', () => {
    const future = get('iv')
    expect(() => structuredClone(future)).toThrow(/could not be cloned/)
    expect(() => structuredClone(made.transaction)).toThrow(/belong|pinned/)
    future.release()
  })

  // Any order of calls on a few futures: each native future is destroyed once, each waker is given up
  // once, at most one callback is set, and no use of a live future is refused.
  test('any order of calls leaves nothing behind', async () => {
    const call = fc.constantFrom(
      ...([
        'poll',
        'then',
        'cancel',
        'retain',
        'release',
        'flush',
        'turn',
        'hold',
        'free',
      ] as const),
    )
    const step = fc.tuple(fc.nat(2), call)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('qv', 'ov', 'iv', 'hv', 'qerr:1020', 'ierr:1009'), {
          minLength: 3,
          maxLength: 3,
        }),
        fc.array(step, { maxLength: 40 }),
        async (keys, steps) => {
          const callbacks = made.fake.callbacksSet()
          const log: string[] = []
          const futures = keys.map((key) => get(key))
          const owners = futures.map(() => 1)
          const awaited: Promise<unknown>[] = []
          const use = (
            which: number,
            run: (future: FdbFuture<Buffer | undefined>) => void,
          ): void => {
            const future = futures[which]!
            if (owners[which]! > 0) run(future)
            else expect(() => run(future)).toThrow(FDBStateError)
          }
          for (const [which, what] of steps) {
            if (what === 'flush') ringOfWorker().flush()
            if (what === 'turn') await new Promise((resolve) => setImmediate(resolve))
            if (what === 'free') made.fake.releaseHeld()
            if (what === 'cancel') use(which, (future) => future.cancel())
            if (what === 'hold') use(which, (future) => void future.holdOpen(which === 0))
            if (what === 'then') {
              use(which, (future) => awaited.push(future.then(undefined, () => undefined)))
            }
            if (what === 'retain') {
              use(which, (future) => void future.retain())
              if (owners[which]! > 0) owners[which]!++
            }
            if (what === 'release') {
              use(which, (future) => future.release())
              if (owners[which]! > 0) owners[which]!--
            }
            if (what === 'poll') {
              use(which, (future) => {
                try {
                  future.poll(new TestWaker(log))
                } catch (error) {
                  if (!(error instanceof FDBError)) throw error
                }
              })
            }
          }
          futures.forEach((future, which) => {
            for (let left = owners[which]!; left > 0; left--) future.release()
          })
          ringOfWorker().flush()
          await turnUntil(() => {
            made.fake.releaseHeld()
            return made.fake.futuresAlive() === 0
          })
          await Promise.all(awaited)
          const count = (what: string): number => log.filter((entry) => entry === what).length
          expect(count('clone')).toBe(count('wake') + count('drop'))
          expect(made.fake.callbacksSet() - callbacks).toBeLessThanOrEqual(3)
          expect(ringOfWorker().liveSlots).toBe(0)
          expect(ringOfWorker().holding).toBe(0)
          expect(made.fake.mistakes()).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })
})
