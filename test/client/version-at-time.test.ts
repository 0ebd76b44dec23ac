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

test('the transaction that it is asked in reads and writes as before', async () => {
  await write(false)
  const scope = db.at('beside/')
  const written = await scope.doTransaction(async (tn) => {
    const version = await versionAtTime(tn, 1_000_000, 'after')
    tn.set('noted', String(version))
    return version
  })
  expect(written).toBe(5_000_000n)
  expect(String(await scope.get('noted'))).toBe('5000000')
  // Its options stay as they were, too: without them, the cluster's own keys can't be read.
  const read = scope.doTransaction(async (tn) => {
    await versionAtTime(tn, 1_000_000, 'after')
    return await tn.at(db.getRoot()).get(Buffer.from('\xff/conf/', 'latin1'))
  })
  await expect(read).rejects.toMatchObject({ codeName: 'key_outside_legal_range' })
  await scope.clear('noted')
})

test('a transaction that is over is not asked', async () => {
  using tn = db.createTransaction()
  tn.close()
  await expect(versionAtTime(tn, 0, 'before')).rejects.toThrow(/was closed/)
})

test('a wrong argument is a TypeError that names it', async () => {
  await expect(at(new Date('no date'), 'before')).rejects.toThrow(/^time is/)
  await expect(at(0, 'beside' as never)).rejects.toThrow(/^side is/)
})
