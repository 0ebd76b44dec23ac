// Faults that a test asks for: the kinds that it names and no other, and the same ones for a seed.
import { describe, expect, test, vi } from 'vitest'
import type { Database, FDBError } from '../../src/index.ts'
import { injectFaults, testDatabase, type FaultPreset } from '../../src/testing/index.ts'

const PRESETS: readonly FaultPreset[] = [
  'conflicts',
  'unknownCommits',
  'slowReads',
  'tooOld',
  'everything',
]

/** What each of many transactions met before it was done. */
async function errorsOf(db: Database, runs = 60): Promise<number[]> {
  return (await failuresOf(db, runs)).map(({ code }) => code)
}

async function failuresOf(db: Database, runs = 60): Promise<{ run: number; code: number }[]> {
  const failures: { run: number; code: number }[] = []
  for (let run = 0; run < runs; run++) {
    const failed = (_: unknown, error: unknown) =>
      failures.push({ run, code: (error as FDBError).code })
    await db.doTransaction(
      async (tn) => {
        const count = Number((await tn.get('count')) ?? 0)
        const done = await tn.exists(`done/${run}`)
        if (done) return
        tn.set('count', String(count + 1))
        tn.set(`done/${run}`, '')
      },
      { observer: { failed } },
    )
  }
  return failures
}

const silent = <T>(body: () => T): T => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  try {
    return body()
  } finally {
    error.mockRestore()
  }
}

const withFaults = (faults: FaultPreset, seed: number) =>
  silent(() => testDatabase({ faults, seed }))

describe('a preset', () => {
  test.each([
    ['conflicts', [1020]],
    ['unknownCommits', [1021]],
    ['slowReads', []],
    ['tooOld', [1007]],
    ['everything', [1007, 1009, 1020, 1021, 1037, 1042, 1051, 1078]],
  ] as const)(
    '%s makes errors of its kind, and a program that retries is right',
    async (name, kinds) => {
      using db = withFaults(name, 1)
      const met = new Set(await errorsOf(db, 100))
      for (const code of met) expect(kinds).toContain(code)
      if (name !== 'everything') expect(met.size).toBe(kinds.length)
      else expect(met.size).toBeGreaterThan(4)
      injectFaults(db, {}, 0)
      expect(String(await db.get('count'))).toBe('100')
      expect(await errorsOf(db, 10)).toEqual([])
    },
  )

  test.each(PRESETS)('%s makes the same errors for the same seed', async (name) => {
    const runs: unknown[] = []
    for (const seed of [7, 7, 8]) {
      using db = withFaults(name, seed)
      runs.push(await failuresOf(db))
    }
    expect(runs[0]).toEqual(runs[1])
    if (name !== 'slowReads') expect(runs[0]).not.toEqual(runs[2])
  })

  test('slowReads lets a later read be answered first, and tells what was there when it was asked', async () => {
    using db = withFaults('slowReads', 3)
    await db.set('a', 'before')
    let overtaken = 0
    for (let round = 0; round < 50; round++) {
      using tn = db.createTransaction()
      const answered: number[] = []
      const reads = [0, 1].map(async (n) => {
        const value = await tn.get('a')
        answered.push(n)
        return String(value)
      })
      tn.set('a', 'after')
      expect(await Promise.all(reads)).toEqual(['before', 'before'])
      if (answered[0] === 1) overtaken++
    }
    expect(overtaken).toBeGreaterThan(0)
  })
})

describe('faults', () => {
  test('are those of one database', async () => {
    using faulty = withFaults('tooOld', 1)
    using calm = testDatabase()
    expect((await errorsOf(faulty)).length).toBeGreaterThan(0)
    expect(await errorsOf(calm)).toEqual([])
  })

  test('are met by its tenants', async () => {
    using db = testDatabase()
    await db.tenants.create('acme')
    using tenant = db.tenants.open('acme')
    injectFaults(db, { tooOld: 1 }, 1)
    using tn = tenant.createTransaction()
    await expect(tn.get('a')).rejects.toMatchObject({ code: 1007 })
  })

  test('of a wrong name, rate or seed are refused', () => {
    using db = testDatabase()
    const wrong =
      (faults: unknown, seed: unknown = 1) =>
      () =>
        injectFaults(db, faults as FaultPreset, seed as number)
    expect(wrong('conflict')).toThrow(/^conflict is no preset of faults: there are conflicts, /)
    expect(wrong({ conflict: 1 })).toThrow(/conflict is no option of faults/)
    expect(wrong({ conflicts: 30 })).toThrow(/^conflicts of faults is a number from 0 to 1, not 30/)
    expect(wrong({ tooOld: Number.NaN })).toThrow(/^tooOld of faults/)
    for (const seed of [-1, 0.5, '1', undefined, 2 ** 53]) {
      if (seed === undefined) continue
      expect(wrong('conflicts', seed)).toThrow(/^seed of injectFaults is an integer/)
    }
    expect(() => testDatabase({ faults: 'all' as never })).toThrow(/all is no preset/)
    expect(() => testDatabase({ faults: 'tooOld', seed: -1 })).toThrow(/^seed of testDatabase/)
  })
})

describe('a seed', () => {
  test('is printed when nobody checks the tests, and is that of the environment when it has one', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.stubEnv('FDBKIT_TEST_SEED', '')
    try {
      using one = testDatabase({ faults: 'conflicts' })
      using other = testDatabase({ faults: 'conflicts' })
      expect(one.seed).not.toBe(other.seed)
      expect(error.mock.calls[0]).toEqual([
        `fdbkit: faults conflicts of seed ${one.seed}; FDBKIT_TEST_SEED=${one.seed} repeats them`,
      ])
      vi.stubEnv('FDBKIT_TEST_SEED', '42')
      using repeated = testDatabase({ faults: 'conflicts' })
      expect(repeated.seed).toBe(42)
      vi.stubEnv('FDBKIT_TEST_SEED', 'today')
      expect(() => testDatabase({ faults: 'conflicts' })).toThrow(/^FDBKIT_TEST_SEED is an integer/)
    } finally {
      vi.unstubAllEnvs()
      error.mockRestore()
    }
  })

  test('is none without faults', () => {
    using db = testDatabase()
    expect(db.seed).toBeUndefined()
  })
})
