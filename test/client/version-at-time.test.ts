import { afterAll, afterEach, expect, test } from 'vitest'
import { tuple, versionAtTime } from '../../src/index.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
const notes = db.at(Buffer.from('\xff\x02/timeKeeper/map/', 'latin1'))

/** Long before any cluster, so that its own notes don't come in between. */
const NOTED: readonly [seconds: number, version: number | bigint][] = [
  [1000, 5_000_000],
  [1010, 15_000_000],
  [1020, 2n ** 60n],
]

async function write(clear: boolean): Promise<void> {
  await db.doTransaction(
    async (tn) => {
      for (const [seconds, version] of NOTED) {
        const key = tuple.pack([seconds])
        if (clear) tn.at(notes).clear(key)
        else tn.at(notes).set(key, tuple.pack([version]))
      }
    },
    { access_system_keys: true },
  )
}

afterEach(() => write(true))
afterAll(() => db.close())

const at = (time: Date | number, side: 'before' | 'after'): Promise<bigint | undefined> =>
  db.doTransaction((tn) => versionAtTime(tn, time, side))

test('the nearest note before or after a time is found', async () => {
  await write(false)
  expect(await at(999_000, 'before')).toBeUndefined()
  expect(await at(999_000, 'after')).toBe(5_000_000n)
  expect(await at(1_000_000, 'before')).toBe(5_000_000n)
  expect(await at(1_000_000, 'after')).toBe(5_000_000n)
  expect(await at(1_000_001, 'after')).toBe(15_000_000n)
  expect(await at(1_009_999, 'before')).toBe(5_000_000n)
  expect(await at(new Date(1_030_000), 'before')).toBe(2n ** 60n)
})

// The notes sort as integers, so each time must be one: a double sorts behind them all.
test.each([-0, -1, -999, 999, -1e19, -1e300])('time %d is before all notes', async (time) => {
  await write(false)
  expect(await at(time, 'before')).toBeUndefined()
  expect(await at(time, 'after')).toBe(5_000_000n)
})

test.each([1e19, 1e300])('time %d is behind those that are long past', async (time) => {
  await write(false)
  expect(await at(time, 'before')).toBeDefined()
  expect(await at(time, 'after')).toBeUndefined()
})

test('a wrong argument is a TypeError that names it', async () => {
  await expect(at(new Date('no date'), 'before')).rejects.toThrow(/^time is/)
  await expect(at(0, 'beside' as never)).rejects.toThrow(/^side is/)
})
