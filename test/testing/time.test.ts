// The clock that a test moves, and the wait for what comes true.
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Lock, Once } from '../../src/recipes/index.ts'
import { fdbSpawn, interval, sleep, timeout } from '../../src/task/index.ts'
import { VirtualClock, eventually, testDatabase } from '../../src/testing/index.ts'

afterEach(() => vi.useRealTimers())

describe('a virtual clock', () => {
  test('calls each timer at its time, those that timers set among them', async () => {
    const delays = fc.array(fc.record({ delay: fc.nat(50), then: fc.option(fc.nat(50)) }), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(delays, fc.array(fc.nat(60), { maxLength: 4 }), async (timers, steps) => {
        const clock = new VirtualClock({ seed: 1, start: 100 })
        const fired: number[] = []
        const due: number[] = []
        for (const { delay, then } of timers) {
          due.push(100 + delay)
          if (then !== null) due.push(100 + delay + then)
          clock.setTimer(delay, () => {
            fired.push(clock.now())
            if (then !== null) clock.setTimer(then, () => fired.push(clock.now()))
          })
        }
        for (const step of steps) {
          const end = clock.now() + step
          await clock.advance(step)
          expect(clock.now()).toBe(end)
          expect([...fired].sort()).toEqual(due.filter((time) => time <= end).sort())
        }
      }),
      { numRuns: 40 },
    )
  })

  test('lets what a timer has begun go on, through the database, before the next one', async () => {
    const environment = new VirtualClock({ seed: 1 })
    using db = testDatabase({ environment })
    const told: string[] = []
    const task = fdbSpawn(async () => {
      for (let round = 1; round <= 3; round++) {
        await sleep(1000, { environment })
        await db.doTransaction(async (tn) => tn.set(`round/${round}`, `${environment.now()}`))
        told.push(`${round} at ${environment.now()}`)
      }
    })
    await environment.advance(3000)
    expect(told).toEqual(['1 at 1000', '2 at 2000', '3 at 3000'])
    await task
    expect((await db.getRangeAllStartsWith('round/')).map(([, time]) => String(time))).toEqual([
      '1000',
      '2000',
      '3000',
    ])
  })

  test('is one for timeouts, intervals and leases', async () => {
    const environment = new VirtualClock({ seed: 1 })
    using db = testDatabase({ environment })
    const late = fdbSpawn(timeout(500, sleep(1000, { environment }), { environment }))
    const failed = expect(late).rejects.toThrow()
    await environment.advance(500)
    await failed
    const ticks = interval(100, { environment })
    let count = 0
    const ticking = fdbSpawn(function* () {
      while (count < 5) {
        yield* ticks.tick()
        count++
      }
    })
    await environment.advance(1000)
    await ticking
    expect(count).toBe(5)
    const held = await new Lock(db.at('lock/'), { leaseMilliseconds: 10_000 }).acquire()
    await environment.advance(60_000)
    // It was renewed all the time.
    expect(held.lost.aborted).toBe(false)
    await held.release()
    expect(await new Once(db.at('once/')).run(async () => 'done')).toBe('done')
  })

  test('draws the same numbers for the same seed', () => {
    const numbers = (seed: number) => {
      const clock = new VirtualClock({ seed })
      return [clock.random(), clock.random(), clock.seed]
    }
    expect(numbers(5)).toEqual(numbers(5))
    expect(numbers(5)).not.toEqual(numbers(6))
  })

  test('refuses what is no time, and timers without end', async () => {
    const clock = new VirtualClock({ seed: 1 })
    await expect(clock.advance(-1)).rejects.toThrow(/^milliseconds must be a number from 0/)
    await expect(clock.advance(Number.NaN)).rejects.toThrow(/^milliseconds must be a number from 0/)
    expect(() => new VirtualClock({ start: Number.NaN })).toThrow(/^start of a VirtualClock/)
    expect(String(JSON.stringify(clock))).toBe('"VirtualClock at 0 ms"')
  })
})

describe('eventually', () => {
  test('gives what came true, and goes on after what is thrown and after false', async () => {
    let tries = 0
    const value = await eventually(
      () => {
        tries++
        if (tries === 1) throw new Error('not yet')
        return tries === 2 ? false : Promise.resolve(0)
      },
      { every: 1 },
    )
    expect({ value, tries }).toEqual({ value: 0, tries: 3 })
  })

  test('moves a virtual clock on, and no further than its end', async () => {
    const environment = new VirtualClock({ seed: 1 })
    let isThere = false
    environment.setTimer(3000, () => (isThere = true))
    await eventually(() => isThere, { environment, every: 100 })
    expect(environment.now()).toBe(3000)
    const never = eventually(() => false, { environment, within: 1000, every: 100 })
    await expect(never).rejects.toThrow(
      'not so within 1000 ms, in 11 tries: the last try gave false',
    )
    expect(environment.now()).toBe(4000)
  })

  test('says what the last try threw', async () => {
    const environment = new VirtualClock({ seed: 1 })
    const cause = new Error('3 is not 4')
    const failed: unknown = await eventually(() => Promise.reject(cause), {
      environment,
      within: 0,
    }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ message: 'not so within 0 ms, in 1 try: 3 is not 4', cause })
  })

  test('ends a try that never answers', async () => {
    const environment = new VirtualClock({ seed: 1 })
    const hung = eventually(() => new Promise<never>(() => undefined), { environment, within: 50 })
    await expect(hung).rejects.toThrow('not so within 50 ms, in 1 try: the last try has no answer')
    await expect(
      eventually(() => new Promise<never>(() => undefined), { within: 20, every: 1 }),
    ).rejects.toThrow(/the last try has no answer/)
  })

  test('ends with its signal', async () => {
    const controller = new AbortController()
    const waiting = eventually(() => false, {
      signal: controller.signal,
      every: 100_000,
      within: 1e9,
    })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  test('refuses wrong arguments', async () => {
    await expect(eventually(undefined as never)).rejects.toThrow(
      'attempt of eventually must be a function, not undefined',
    )
    await expect(eventually(() => 1, { every: 0 })).rejects.toThrow(/^every of eventually/)
    await expect(eventually(() => 1, { within: -1 })).rejects.toThrow(/^within of eventually/)
  })
})
