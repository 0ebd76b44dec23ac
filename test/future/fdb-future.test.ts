// A future is awaited as a promise is, and cancelled.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { PENDING } from '../../src/future/wakers/waker.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'
import { TestWaker } from './test-waker.ts'

const made = useFakeDatabase()
const { get } = made

/** How a key completes: queued, on another thread, at once, held. */
const WAYS = ['q', 'o', 'i', 'h']

describe('awaiting', () => {
  test.each(WAYS)('gives the value, way %s', async (way) => {
    const future = get(`${way}value`)
    const released = way === 'h' ? turnUntil(() => made.fake.releaseHeld() > 0) : undefined
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
    const future = made.transaction.get(key)
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

  test('who asks inside of the decoder waits for what it makes', async () => {
    const seen: unknown[] = []
    const inside: unknown[] = []
    const future: FdbFuture<number | undefined> = get('qtext').decodeWith((value) => {
      expect(future.settled).toBe(false)
      inside.push(future.poll(new TestWaker([], () => seen.push(future.poll(new TestWaker())))))
      void future.then((decoded) => seen.push(decoded))
      return value?.length
    })
    expect(await future).toBe(5)
    await turnUntil(() => seen.length === 2)
    expect(inside).toEqual([PENDING])
    expect(seen).toEqual([5, 5])
  })

  test('a decoder that releases its future leaves nothing to be told', async () => {
    for (const way of ['at once', 'held']) {
      const { liveSlots } = ringOfWorker()
      const future: FdbFuture<string> = get(way === 'held' ? 'hv' : 'iv').decodeWith((value) => {
        future.release()
        return String(value)
      })
      ringOfWorker().flush()
      const waker = new TestWaker()
      const poll = (): unknown => future.poll(waker)
      if (way === 'held') expect(poll()).toBe(PENDING)
      else expect(poll).toThrow(FDBStateError)
      made.fake.releaseHeld()
      await turnUntil(() => ringOfWorker().liveSlots === liveSlots)
      expect(future.released).toBe(true)
      expect(waker.log).toEqual(way === 'held' ? ['clone', 'drop'] : [])
    }
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

describe('ending early', () => {
  /** What a future may be ended with: the code of an error, or an error of somebody's. */
  const endings = fc.oneof(
    fc.constantFrom(1007, 1020, 1025, 1031, 1101),
    fc.constantFrom<unknown>(new Error('mine'), null, 'text', { code: 1020 }, Symbol('why')),
  )
  const asked = fc.constantFrom('not at all', 'then', 'poll')

  test('settles with a code as an error of the call, with anything else as it is', async () => {
    await fc.assert(
      fc.asyncProperty(endings, asked, fc.boolean(), async (ending, how, submitted) => {
        const before = ringOfWorker().liveSlots
        const future = get('hkey')
        if (submitted) ringOfWorker().flush()
        let ended = 0
        future.whenEnded(() => ended++)
        const woken: string[] = []
        if (how === 'poll') future.poll(new TestWaker(woken))
        const waits = how === 'then' ? [future.catch((error: unknown) => error)] : []
        future.fail(ending)
        // A second time it does nothing.
        future.fail(new Error('later'))
        expect(future.settled).toBe(true)
        const outcomes = [future.catch((error: unknown) => error), ...waits]
        for (const outcome of await Promise.all(outcomes)) {
          if (typeof ending !== 'number') expect(outcome).toBe(ending)
          else {
            expect(outcome).toBeInstanceOf(FDBError)
            expect(outcome).toMatchObject({
              code: ending,
              operation: 'get',
              key: Buffer.from('hkey'),
            })
          }
        }
        expect(woken).toEqual(how === 'poll' ? ['clone', 'wake'] : [])
        expect(ended).toBe(1)
        await turnUntil(() => {
          ringOfWorker().flush()
          made.fake.releaseHeld()
          return ringOfWorker().liveSlots === before
        })
      }),
      { numRuns: 60 },
    )
  })

  test('does nothing to what has settled', async () => {
    const future = get('qv')
    await future
    future.fail(new Error('too late'))
    expect(String(await future)).toBe('qv')
  })
})
