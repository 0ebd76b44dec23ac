import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FDBError, FDBStateError } from '../../src/native/errors.ts'
import { DatabaseHandle } from '../../src/future/database-handle.ts'
import type { FdbFuture } from '../../src/future/fdb-future.ts'
import { lifecycle, type LifecycleEvent } from '../../src/future/lifecycle.ts'
import { ringOfWorker } from '../../src/future/ring.ts'
import type { TransactionHandle } from '../../src/future/transaction-handle.ts'
import { PENDING, type Waker } from '../../src/future/waker.ts'
import { startFakeClient, turnUntil, type FakeClient } from './fake-client.ts'

let fake: FakeClient
let database: DatabaseHandle
let transaction: TransactionHandle

beforeAll(() => {
  fake = startFakeClient()
  database = DatabaseHandle.open()
  transaction = database.createTransaction()
})

afterAll(async () => {
  transaction.destroy()
  database.close()
  await turnUntil(() => {
    fake.releaseHeld()
    return fake.futuresAlive() === 0 && fake.databasesAlive() === 0
  })
  expect(fake.transactionsAlive()).toBe(0)
  expect(fake.mistakes()).toBe(0)
  expect(ringOfWorker().liveSlots).toBe(0)
  expect(ringOfWorker().liveObjects).toBe(0)
  expect(ringOfWorker().holding).toBe(0)
})

/** How a key completes: queued, on another thread, at once, held. */
const WAYS = ['q', 'o', 'i', 'h']

function get(key: string): FdbFuture<Buffer | undefined> {
  return transaction.get(Buffer.from(key))
}

/** Writes down what happens to it and to its clones. */
class TestWaker implements Waker {
  readonly taskId = 7
  readonly log: string[]
  readonly onWake: (() => void) | undefined
  #alive = true

  constructor(log: string[] = [], onWake?: () => void) {
    this.log = log
    this.onWake = onWake
  }

  get refCount(): number {
    return this.#alive ? 1 : 0
  }

  wake(): void {
    this.#giveUp('wake')
    this.onWake?.()
  }

  wakeByRef(): void {
    this.log.push('wakeByRef')
    this.onWake?.()
  }

  clone(): Waker {
    this.log.push('clone')
    return new TestWaker(this.log, this.onWake)
  }

  drop(): void {
    this.#giveUp('drop')
  }

  #giveUp(how: string): void {
    if (!this.#alive) throw new Error('a waker was given up twice')
    this.#alive = false
    this.log.push(how)
  }
}

/** The life-cycle events of a call, with the waker's own among them. */
async function traced(run: (waker: Waker, log: string[]) => Promise<void>): Promise<string[]> {
  const log: string[] = []
  const listen = (message: unknown): void => {
    log.push((message as LifecycleEvent).type)
  }
  lifecycle.subscribe(listen)
  try {
    await run(new TestWaker(log), log)
  } finally {
    lifecycle.unsubscribe(listen)
  }
  return log
}

describe('awaiting', () => {
  test.each(WAYS)('gives the value, way %s', async (way) => {
    const future = get(`${way}value`)
    const released = way === 'h' ? turnUntil(() => fake.releaseHeld() > 0) : undefined
    expect((await future)?.toString()).toBe(`${way}value`)
    await released
    expect(future.settled).toBe(true)
    expect((await future)?.toString()).toBe(`${way}value`)
  })

  test.each(['q', 'o', 'i'])('gives absence, errors and large values, way %s', async (way) => {
    expect(await get(`${way}none`)).toBeUndefined()
    const large = await get(`${way}big:2000000`)
    expect(large?.length).toBe(2_000_000)
    expect(large?.every((byte) => byte === 120)).toBe(true)
    const error: unknown = await get(`${way}err:1020`).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(FDBError)
    expect((error as FDBError).codeName).toBe('not_committed')
  })

  test('many at once gives each its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('q', 'o', 'i'), fc.string()), { maxLength: 300 }),
        async (keys) => {
          const texts = keys
            .map(([way, text]) => way + text)
            .filter((key) => !/^.(none|err:|big:)/.test(key))
          const values = await Promise.all(texts.map((key) => get(key)))
          expect(values.map(String)).toEqual(texts.map((key) => Buffer.from(key).toString()))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('copies the key at the call', async () => {
    const key = Buffer.from('qbefore')
    const future = transaction.get(key)
    key.fill('x')
    expect(String(await future)).toBe('qbefore')
  })

  test('the value is a copy of its own', async () => {
    const [one, two] = await Promise.all([get('qaaaa'), get('qbbbb')])
    one?.fill(0)
    expect(String(two)).toBe('qbbbb')
  })

  test('calls handlers in order, once, never inside then', async () => {
    const seen: string[] = []
    const future = get('qv')
    const first = future.then(() => seen.push('first'))
    const second = future.then(() => seen.push('second'))
    await Promise.all([first, second])
    const late = future.then(() => seen.push('late'))
    seen.push('after then')
    await late
    expect(seen).toEqual(['first', 'second', 'after then', 'late'])
  })

  test('chains as promises do', async () => {
    expect(
      await get('qv')
        .then(String)
        .then((text) => text + '!'),
    ).toBe('qv!')
    expect(
      await get('qv')
        .then(() => get('qw'))
        .then(String),
    ).toBe('qw')
    expect(await get('qerr:1007').catch((error: unknown) => (error as FDBError).code)).toBe(1007)
    expect(await get('qerr:1007').then(undefined, () => 'handled')).toBe('handled')
    const thrown = get('qv').then(() => {
      throw new Error('mine')
    })
    await expect(thrown).rejects.toThrow('mine')
    let settled = 0
    expect(String(await get('qv').finally(() => settled++))).toBe('qv')
    await expect(get('qerr:1007').finally(() => settled++)).rejects.toThrow('too_old')
    expect(settled).toBe(2)
    const chained = get('qv').then(String)
    const early = chained.then((text) => text.length)
    expect(await chained).toBe('qv')
    expect(await early).toBe(2)
  })

  test('settles with whatever a decoder throws', async () => {
    for (const thrown of [1020, 0, undefined, null, 'text', Symbol('lost')]) {
      const broken = get('qtext').decodeWith(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a decoder may throw anything
        throw thrown
      })
      const outcome = await broken.then(
        () => 'a value',
        (problem: unknown) => ({ problem }),
      )
      expect(outcome).toEqual({ problem: thrown })
    }
  })

  test('rejects with what a result throws that cannot be looked at', async () => {
    const refuse = (): never => {
      throw new RangeError('has a trap')
    }
    const trapped = new Proxy({}, { has: refuse, get: refuse })
    await expect(get('qv').then(() => trapped)).rejects.toThrow('has a trap')
  })

  test("a decoder makes the value, and its error is the future's", async () => {
    expect(await get('qtext').decodeWith((value) => value?.length)).toBe(5)
    const broken = get('qtext').decodeWith(() => {
      throw new RangeError('no')
    })
    await expect(broken).rejects.toThrow(RangeError)
    const settled = get('qv')
    await settled
    expect(() => settled.decodeWith(String)).toThrow(FDBStateError)
  })
})

describe('polling', () => {
  test('registers on the first poll that finds it pending, and only then', async () => {
    const before = fake.callbacksSet()
    const log = await traced(async (waker) => {
      const future = get('qv')
      expect(future.poll(waker)).toBe(PENDING)
      expect(future.poll(waker)).toBe(PENDING)
      await turnUntil(() => future.settled)
      expect(String(future.poll(waker))).toBe('qv')
    })
    expect(log).toEqual([
      ...['poll', 'clone', 'register', 'pending'],
      ...['poll', 'clone', 'drop', 'pending'],
      ...['callback', 'wake'],
      ...['poll', 'ready'],
    ])
    expect(fake.callbacksSet()).toBe(before + 1)
  })

  test('finds what is ready at once, and sets no callback', async () => {
    const future = get('iv')
    ringOfWorker().flush()
    const before = fake.callbacksSet()
    const log = await traced(async (waker) => {
      expect(String(future.poll(waker))).toBe('iv')
    })
    expect(log).toEqual(['poll', 'ready'])
    expect(fake.callbacksSet()).toBe(before)
  })

  test('throws the error it settled with, every time', async () => {
    const future = get('qerr:2101')
    const waker = new TestWaker()
    expect(future.poll(waker)).toBe(PENDING)
    await turnUntil(() => future.settled)
    expect(() => future.poll(waker)).toThrow('transaction_too_large')
    expect(() => future.poll(waker)).toThrow(FDBError)
  })

  test('wakes the latest waker', async () => {
    const log: string[] = []
    const first = new TestWaker(log)
    let woken = 0
    const future = get('qv')
    future.poll(first)
    future.poll(new TestWaker([], () => woken++))
    await turnUntil(() => woken === 1)
    expect(log).toEqual(['clone', 'drop'])
  })

  test('goes on after the one who waited gave up', async () => {
    const log: string[] = []
    const future = get('qv')
    future.poll(new TestWaker(log))
    future.unregister()
    expect(log).toEqual(['clone', 'drop'])
    expect(String(await future)).toBe('qv')
  })

  test('a waker that polls again inside the wake finds it ready', async () => {
    const future = get('ov')
    let found: unknown
    future.poll(new TestWaker([], () => (found = future.poll(new TestWaker()))))
    await turnUntil(() => found !== undefined)
    expect(String(found)).toBe('ov')
  })

  test('a waker that throws stops no other, ends nothing, and is told of', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listen)
    try {
      for (const thrown of [new Error('in a waker'), 'text', Object.create(null), undefined]) {
        warnings.length = 0
        const future = get('qa')
        future.poll(
          new TestWaker([], () => {
            throw thrown
          }),
        )
        expect(String(await future)).toBe('qa')
        expect(String(await get('qb'))).toBe('qb')
        await turnUntil(() => warnings.length > 0)
        expect(warnings.map(({ name, cause }) => [name, cause])).toEqual([
          ['FdbkitWakerWarning', thrown],
        ])
      }
    } finally {
      process.off('warning', listen)
    }
  })

  test('works with yield*', () => {
    const future = get('iv')
    ringOfWorker().flush()
    const iterator = future[Symbol.iterator]()
    const asked = iterator.next(undefined)
    expect(asked).toEqual({ done: false, value: future })
    expect(iterator.next(Buffer.from('sent'))).toMatchObject({ done: true })
    future.release()
  })
})

describe('cancelling', () => {
  test('settles with 1101 what is pending', async () => {
    for (const submitted of [false, true]) {
      const future = get('hv')
      if (submitted) ringOfWorker().flush()
      future.cancel()
      await expect(future).rejects.toThrow('operation_cancelled')
    }
  })

  test('does nothing to what is settled', async () => {
    const future = get('qv')
    await future
    future.cancel()
    expect(String(await future)).toBe('qv')
  })
})

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
    await turnUntil(() => fake.futuresAlive() === 0)
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
      const ended = database.createTransaction()
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
        fake.releaseHeld()
        return ringOfWorker().liveSlots === before
      })
    }
    expect(fake.mistakes()).toBe(0)
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
    const before = fake.callbacksSet()
    const other = database.createTransaction()
    const forgotten = other.get(Buffer.from('qv'))
    ringOfWorker().flush()
    expect(fake.callbacksSet()).toBe(before)
    other.destroy()
    await turnUntil(() => forgotten.settled)
    expect(fake.callbacksSet()).toBe(before + 1)
  })

  test('cannot be sent to another worker', () => {
    const future = get('iv')
    expect(() => structuredClone(future)).toThrow(/could not be cloned/)
    expect(() => structuredClone(transaction)).toThrow(/belong|pinned/)
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
          const callbacks = fake.callbacksSet()
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
            if (what === 'free') fake.releaseHeld()
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
            fake.releaseHeld()
            return fake.futuresAlive() === 0
          })
          await Promise.all(awaited)
          const count = (what: string): number => log.filter((entry) => entry === what).length
          expect(count('clone')).toBe(count('wake') + count('drop'))
          expect(fake.callbacksSet() - callbacks).toBeLessThanOrEqual(3)
          expect(ringOfWorker().liveSlots).toBe(0)
          expect(ringOfWorker().holding).toBe(0)
          expect(fake.mistakes()).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })
})
