import { expect, it } from 'vitest'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { describeOn, expectPassed, runWorkload, workloads } from './run-workload.ts'

const LONG = (process.env['FDBKIT_LONG'] ?? '') !== ''
/** The oracle looks on, and has nothing to say. */
const SEEDS = { first: 1, last: LONG ? 1000 : 24, replay: true, oracle: 'on' } as const

describeOn('engine')(
  'on the embedded engine, with clogging, rollback, attrition and buggify',
  () => {
    it.each(workloads)(
      `%s passes ${SEEDS.last} seeds, each twice the same`,
      async (name) => expectPassed(name, SEEDS, await runWorkload(name, 'engine', SEEDS)),
      LONG ? 12 * HANG_LIMIT : HANG_LIMIT,
    )

    it('runs all of them', () => expect(workloads.length).toBeGreaterThanOrEqual(12))
  },
)
