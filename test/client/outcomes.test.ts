// What a caller is told of its commits is what the database says afterwards, whatever ends the run.
import { afterAll, describe, expect, test } from 'vitest'
import { forSeedsAsync } from '../support/seeds.ts'
import { checkOwn, checkRun, emptyTally } from './model/attempt-programs.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const PROGRAMS_PER_SEED = 25

const database = openBackend()
const db = emptyScope(database, 'outcomes')
afterAll(() => database.close())

describe('what is said of a commit is so', () => {
  test('in every program of attempts, branches, budgets, signals and timeouts', async () => {
    const tally = emptyTally()
    await forSeedsAsync(async (seed) => {
      for (let i = 0; i < PROGRAMS_PER_SEED; i++) await checkRun(db, seed * 1000 + i, tally)
    })
    // It was put to the test.
    for (const count of Object.values(tally))
      expect(count, JSON.stringify(tally)).toBeGreaterThan(0)
  })

  test('of transactions of one’s own that are cancelled, reset, closed or too slow', async () => {
    const tally = emptyTally()
    await forSeedsAsync(async (seed) => {
      for (let i = 0; i < PROGRAMS_PER_SEED; i++) await checkOwn(db, seed * 1000 + i, tally)
    })
    expect(tally.unknown).toBeGreaterThan(0)
    expect(tally.appliedUnknown).toBeGreaterThan(0)
  })
})
