import { it } from 'vitest'
import { describeOn, expectPassed, runWorkload, workloads } from './run-workload.ts'

const LONG = (process.env['FDBKIT_LONG'] ?? '') !== ''
const SEEDS = { first: 1, last: LONG ? 20 : 2, replay: true }

describeOn('fdbserver')('on fdbserver, with clogging, rollback, attrition and buggify', () => {
  it.each(workloads)(
    '%s passes, each seed twice the same',
    async (name) => expectPassed(name, SEEDS, await runWorkload(name, 'fdbserver', SEEDS)),
    1_800_000,
  )
})
