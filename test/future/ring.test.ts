import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FDBBusyError, FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import { census } from '../../src/future/owners/census.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import {
  PressureGauge,
  pressureChannel,
  pressureOf,
  type PressureEvent,
} from '../../src/future/port/pressure.ts'
import type { RingSizes } from '../../src/future/ring/ring-memory.ts'
import { Ring, ringOfWorker } from '../../src/future/ring/ring.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { fdbSpawn, TaskDroppedError, type TaskGenerator } from '../../src/task/index.ts'
import { turnUntil, useFakeClient } from './fake-client.ts'

const fake = useFakeClient()

async function withRing(
  sizes: Partial<RingSizes>,
  use: (transaction: TransactionHandle, ring: Ring) => Promise<void>,
): Promise<void> {
  const ring = new Ring(sizes)
  try {
    using database = DatabaseHandle.open({}, ring)
    using transaction = database.createTransaction()
    await use(transaction, ring)
  } finally {
    ring.close()
  }
}

const key = (text: string): Buffer => Buffer.from(text)

describe('the ring', () => {
  test('loses nothing when it is full', async () => {
    await withRing({ entries: 16, dataBytes: 256 }, async (transaction, ring) => {
      const texts = Array.from({ length: 5000 }, (_, i) => `q${i}`)
      const values = Promise.all(texts.map((text) => transaction.get(key(text)).then(String)))
      ring.flush()
      // The event loop is held up until everything has completed and most of it waits in the overflow.
      const patience = process.hrtime.bigint() + 20_000_000_000n
      while (ring.overflow < 5000 - 16 && process.hrtime.bigint() < patience);
      expect(ring.overflow).toBe(5000 - 16)
      expect(ring.pressure).toBe('suspended')
      expect(await values).toEqual(texts)
      expect(ring.overflow).toBe(0)
      expect(ring.pressure).toBe('normal')
    })
  })

  test('serves any sizes', async () => {
    const sizes = fc.record({
      slots: fc.integer({ min: 64, max: 200 }),
      entries: fc.constantFrom(1, 2, 8, 64),
      dataBytes: fc.constantFrom(64, 1024, 65_536),
      commandBytes: fc.constantFrom(64, 128, 4096),
    })
    const keys = fc.array(
      fc.tuple(fc.constantFrom('q', 'i', 'o'), fc.integer({ min: 0, max: 2000 })),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(keys, { maxLength: 5 }), async (some, batches) => {
        await withRing(some, async (transaction) => {
          for (const batch of batches) {
            const texts = batch.map(([way, length], i) => `${way}${i}:`.padEnd(length, 'z'))
            const values = await Promise.all(texts.map((text) => transaction.get(key(text))))
            expect(values.map(String)).toEqual(texts)
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  test('carries out commands in the order of the calls, however long they are', async () => {
    await withRing({ commandBytes: 256 }, async (transaction) => {
      const long = Buffer.alloc(10_000, 'x')
      transaction.setReadVersion(1n)
      transaction.set(long, long)
      const first = transaction.getReadVersion()
      transaction.setReadVersion(2n)
      const second = transaction.getReadVersion()
      const echo = transaction.get(Buffer.concat([key('q'), long]))
      transaction.setReadVersion(3n)
      expect(transaction.getCommittedVersion()).toBe(3n)
      expect(await Promise.all([first, second])).toEqual([1n, 2n])
      expect((await echo)?.length).toBe(10_001)
    })
  })

  test('refuses an operation when every slot is taken, and goes on when one is free', async () => {
    await withRing({ slots: 20 }, async (transaction, ring) => {
      const held = Array.from({ length: 20 }, (_, i) => transaction.get(key(`h${i}`)).then(String))
      expect(ring.pressure).toBe('suspended')
      expect(() => transaction.get(key('qv'))).toThrow(FDBBusyError)
      expect(() => transaction.commit()).toThrow(/20 operations open/)
      expect(ring.liveSlots).toBe(20)
      ring.flush()
      fake.releaseHeld()
      expect(await Promise.all(held)).toEqual(held.map((_, i) => `h${i}`))
      expect(String(await transaction.get(key('qv')))).toBe('qv')
    })
  })

  test('refuses a handle when every number is taken', async () => {
    await withRing({ objects: 4 }, async (transaction, ring) => {
      using other = DatabaseHandle.open({}, ring)
      using third = other.createTransaction()
      expect(() => other.createTransaction()).toThrow(FDBBusyError)
      third.destroy()
      using fourth = other.createTransaction()
      expect(String(await fourth.get(key('qv')))).toBe('qv')
      expect(String(await transaction.get(key('qw')))).toBe('qw')
    })
  })

  test('of the worker is opened once, with the sizes of its first use', () => {
    const ring = ringOfWorker({ slots: 3 })
    expect(ringOfWorker()).toBe(ring)
    expect(() => ringOfWorker({ slots: 4 })).toThrow(FDBStateError)
    ring.close()
  })

  test('refuses sizes that it cannot have', () => {
    expect(() => new Ring({ slots: 0 })).toThrow(/slots must be an integer/)
    expect(() => new Ring({ entries: 3 })).toThrow(/entries must be a power of two/)
    expect(() => new Ring({ dataBytes: 1.5 })).toThrow(RangeError)
    expect(() => new Ring({ commandBytes: 100 })).toThrow(/multiple of 64/)
  })

  test('that is closed refuses more', () => {
    const ring = new Ring()
    ring.close()
    ring.close()
    expect(() => DatabaseHandle.open({}, ring)).toThrow(FDBStateError)
  })
})

describe('a ring that is closed with operations in flight', () => {
  const lost = /ring of this worker was closed while \w+ was in flight/

  test('leaves nothing behind, and fails each of them', async () => {
    const outcomes: Promise<unknown>[] = []
    await withRing({}, async (transaction, ring) => {
      for (let i = 0; i < 100; i++) outcomes.push(transaction.get(key(`h${i}`)).then())
      for (let i = 0; i < 100; i++) outcomes.push(transaction.get(key(`q${i}`)).then())
      void transaction.get(key('inever'))
      ring.flush()
    })
    for (const { status, ...rest } of await Promise.allSettled(outcomes)) {
      expect(status).toBe('rejected')
      expect((rest as PromiseRejectedResult).reason).toBeInstanceOf(FDBStateError)
      expect(String((rest as PromiseRejectedResult).reason)).toMatch(lost)
    }
    // Cancelled by the close, so nobody has to let them go.
    await turnUntil(() => fake.futuresAlive() === 0)
  })

  test('ends the tasks that wait, and calls nobody inside the close', async () => {
    const ring = new Ring()
    using database = DatabaseHandle.open({}, ring)
    using transaction = database.createTransaction()
    const seen: string[] = []
    const task = fdbSpawn(function* (): TaskGenerator<string> {
      try {
        return String(yield* transaction.get(key('hv')))
      } finally {
        seen.push('task')
      }
    })
    const promise = transaction.commit().catch((error: unknown) => {
      seen.push('promise')
      return error
    })
    ring.close()
    expect(seen).toEqual([])
    const error = await promise
    expect(String(error)).toMatch(/closed while commit was in flight/)
    expect(error).toMatchObject({ maybeCommitted: true })
    await expect(Promise.resolve(task)).rejects.toThrow(lost)
    await expect(Promise.resolve(task)).rejects.toMatchObject({ maybeCommitted: false })
    expect(seen).toEqual(['task', 'promise'])
    expect(ring.holding).toBe(0)
    // The handles are given back by their owners, as ever; new calls are refused.
    expect(() => transaction.get(key('qv'))).toThrow(FDBStateError)
    await turnUntil(() => fake.futuresAlive() === 0)
  })

  test('may be closed by what it wakes', async () => {
    for (const way of ['q', 'i', 'o']) {
      const ring = new Ring({ entries: 8 })
      using database = DatabaseHandle.open({}, ring)
      using transaction = database.createTransaction()
      const outcomes = Array.from({ length: 40 }, async (_, i) => {
        try {
          return String(
            await transaction.get(key(`${way}${i}`)).then((value) => {
              if (i === 10) ring.close()
              return value
            }),
          )
        } catch (error) {
          return error
        }
      })
      const settled = await Promise.all(outcomes)
      expect(settled[10]).toBe(`${way}10`)
      for (const [i, outcome] of settled.entries()) {
        if (typeof outcome === 'string') expect(outcome).toBe(`${way}${i}`)
        else expect(String(outcome)).toMatch(lost)
      }
      await turnUntil(() => fake.futuresAlive() === 0)
    }
  })

  test('settles whatever is waited for, whatever was done before', async () => {
    const ways = fc.constantFrom('qv', 'ov', 'iv', 'hv', 'qnone', 'qerr:1020', 'ierr:1009')
    const call = fc.constantFrom(
      ...(['poll', 'then', 'cancel', 'retain', 'release', 'hold'] as const),
      ...(['flush', 'turn', 'free', 'close'] as const),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(ways, { minLength: 3, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(2), call), { maxLength: 30 }),
        async (keys, steps) => {
          const handles = census().handles
          const ring = new Ring({ entries: 2 })
          using database = DatabaseHandle.open({}, ring)
          using transaction = database.createTransaction()
          const futures = keys.map((text) => transaction.get(key(text)))
          const waits: Promise<void>[] = []
          const polls = [0, 0, 0]
          let closed = false
          const expected = (which: number, value: unknown): void => {
            const [, text] = keys[which]!.match(/^.(.*)$/) ?? []
            if (value instanceof TaskDroppedError) {
              // The waker of a later task took its place, or the future was released under it.
              expect(polls[which]! > 1 || futures[which]!.released).toBe(true)
            } else if (value instanceof FDBStateError) {
              expect(closed).toBe(true)
              expect(value.message).toMatch(lost)
            } else if (value instanceof FDBError) {
              expect([1101, Number(text?.slice(4))]).toContain(value.code)
            } else {
              expect((value as Buffer | undefined)?.subarray(1).toString() ?? 'none').toBe(text)
            }
          }
          for (const [which, what] of [...steps, [0, 'close'] as const]) {
            const future = futures[which]!
            if (what === 'close') {
              ring.close()
              closed = true
            } else if (what === 'flush') {
              if (closed) expect(() => ring.flush()).toThrow(FDBStateError)
              else ring.flush()
            } else if (what === 'turn') await new Promise((resolve) => setImmediate(resolve))
            else if (what === 'free') fake.releaseHeld()
            else if (future.released) expect(() => future.cancel()).toThrow(FDBStateError)
            else if (what === 'cancel') future.cancel()
            else if (what === 'hold') void future.holdOpen(which === 0)
            else if (what === 'retain') void future.retain()
            else if (what === 'release') future.release()
            else {
              // A task is woken and polls again; a promise is called back.
              if (what === 'poll') polls[which]!++
              const outcome = what === 'poll' ? fdbSpawn(waitFor(future)) : future.then()
              waits.push(
                Promise.resolve(outcome).then(
                  (value) => expected(which, value),
                  (error: unknown) => expected(which, error),
                ),
              )
            }
          }
          for (const [which, future] of futures.entries()) {
            if (future.released) continue
            // Nobody may have asked about it before: it still ends.
            const outcome = await future.then(undefined, (error: unknown) => error)
            expected(which, outcome)
            while (!future.released) future.release()
          }
          await Promise.all(waits)
          expect(ring.holding).toBe(0)
          // The close cancels what is armed; the client lets go of the rest when it has completed.
          await turnUntil(() => {
            fake.releaseHeld()
            return fake.futuresAlive() === 0
          })
          transaction.destroy()
          database.close()
          expect(census().handles).toBe(handles)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function* waitFor<T>(future: FdbFuture<T>): TaskGenerator<T> {
  return yield* future
}

describe('pressure', () => {
  test('has three steps', () => {
    expect([0, 0.849, 0.85, 0.949, 0.95, 1, 3].map(pressureOf)).toEqual([
      ...['normal', 'normal', 'throttled', 'throttled'],
      ...['suspended', 'suspended', 'suspended'],
    ])
  })

  test('is told at each change, and only then', () => {
    const seen: PressureEvent[] = []
    const listen = (message: unknown): void => void seen.push(message as PressureEvent)
    pressureChannel.subscribe(listen)
    const gauge = new PressureGauge()
    for (const utilization of [0, 0.5, 0.86, 0.9, 0.99, 0.3, 0.2]) gauge.update(utilization)
    pressureChannel.unsubscribe(listen)
    expect(seen.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'normal throttled',
      'throttled suspended',
      'suspended normal',
    ])
  })

  test('names the ring that an event is about', () => {
    const source = fc.constantFrom(
      undefined,
      { bridge: 'b' },
      { bridge: 'b', direction: 'requests' as const },
      { bridge: 'c', direction: 'responses' as const },
    )
    fc.assert(
      fc.property(source, fc.array(fc.double({ min: 0, max: 1.5, noNaN: true })), (of, levels) => {
        const seen: PressureEvent[] = []
        const listen = (message: unknown): void => void seen.push(message as PressureEvent)
        pressureChannel.subscribe(listen)
        const gauge = new PressureGauge(of)
        const expected: PressureEvent[] = []
        for (const utilization of levels) {
          const from = gauge.pressure
          const to = pressureOf(utilization)
          expect(gauge.update(utilization)).toBe(to)
          if (from !== to) expected.push({ from, to, utilization, ...of })
        }
        pressureChannel.unsubscribe(listen)
        expect(seen).toEqual(expected)
      }),
    )
  })

  test('rises with the operations in flight', async () => {
    await withRing({ slots: 100 }, async (transaction, ring) => {
      const seen: string[] = []
      const listen = (message: unknown): void => void seen.push((message as PressureEvent).to)
      pressureChannel.subscribe(listen)
      const held: Promise<unknown>[] = []
      for (let i = 1; i <= 100; i++) {
        held.push(transaction.get(key(`h${i}`)).then())
        expect(ring.pressure).toBe(pressureOf(i / 100))
      }
      ring.flush()
      fake.releaseHeld()
      await Promise.all(held)
      expect(ring.pressure).toBe('normal')
      pressureChannel.unsubscribe(listen)
      expect(seen).toEqual(['throttled', 'suspended', 'normal'])
    })
  })

  /** What is told while `use` runs, to whoever never asks. */
  async function toldOf(use: () => Promise<void>): Promise<string[]> {
    const seen: string[] = []
    const listen = (message: unknown): void => void seen.push((message as PressureEvent).to)
    pressureChannel.subscribe(listen)
    try {
      await use()
      // The end of the tick tells.
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      pressureChannel.unsubscribe(listen)
    }
    return seen
  }

  test('is told by itself when answers fill the ring, and when all of them are taken', async () => {
    const size = fc.record({
      entries: fc.constantFrom(4, 16),
      count: fc.integer({ min: 1, max: 60 }),
    })
    await fc.assert(
      fc.asyncProperty(size, async ({ entries, count }) => {
        await withRing({ slots: 1000, entries }, async (transaction, ring) => {
          const full = count / entries
          const seen = await toldOf(async () => {
            const reads = Array.from({ length: count }, (_, i) =>
              transaction.get(key(`q${i}`)).then(),
            )
            ring.flush()
            // The event loop is held up until all are answered.
            const patience = process.hrtime.bigint() + 20_000_000_000n
            while (ring.utilization < full && process.hrtime.bigint() < patience);
            await Promise.all(reads)
          })
          expect(seen).toEqual(pressureOf(full) === 'normal' ? [] : [pressureOf(full), 'normal'])
        })
      }),
      { numRuns: 40 },
    )
  })

  test('is told by itself when operations that nobody asked about are given back', async () => {
    await withRing({ slots: 20 }, async (transaction) => {
      const seen = await toldOf(async () => {
        const reads = Array.from({ length: 20 }, (_, i) => transaction.get(key(`h${i}`)))
        await new Promise((resolve) => setImmediate(resolve))
        for (const read of reads) read.release()
      })
      expect(seen).toEqual(['throttled', 'suspended', 'normal'])
    })
  })
})
