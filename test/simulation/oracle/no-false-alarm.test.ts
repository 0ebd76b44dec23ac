import { expect, it } from 'vitest'
import { describeOn } from '../run-workload.ts'
import { SEED_COUNT } from '../../support/seeds.ts'
import { EVERYTHING, failuresOf, runWatched } from './run-everything.ts'

describeOn('engine')('the oracle', () => {
  it('has nothing to say of all kinds of reads and writes, under all faults', async () => {
    const report = await runWatched(EVERYTHING, { first: 1, last: SEED_COUNT })
    expect(failuresOf(report)).toEqual([])
    expect(report.passed).toBe(SEED_COUNT)
  }, 3_600_000)

  it('gives the same run for the same seed', async () => {
    const report = await runWatched(EVERYTHING, { first: 101, last: 104, replay: true })
    expect(failuresOf(report)).toEqual([])
  }, 300_000)
})
