import { expect, it } from 'vitest'
import { describeOn, expectPassed, runWorkload, workloads } from './run-workload.ts'

/** The oracle looks on, and has nothing to say. */
const SEEDS = { first: 1, last: 50, replay: true, oracle: 'on' } as const

describeOn('engine')(
  'on the embedded engine, with clogging, rollback, attrition and buggify',
  () => {
    it.each(workloads)(
      '%s passes 50 seeds, each twice the same',
      async (name) => expectPassed(name, SEEDS, await runWorkload(name, 'engine', SEEDS)),
      600_000,
    )

    it('runs all of them', () => expect(workloads.length).toBeGreaterThanOrEqual(12))
  },
)
