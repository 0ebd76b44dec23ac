import { expect, it } from 'vitest'
import { describeOn } from '../run-workload.ts'
import { EVERYTHING, failuresOf, firstFinding, runWatched } from './run-everything.ts'

/** Each wrong that the engine can be told to do, and what it is seen by. */
const FLAWS = [
  ['conflictMissed', /has read what is not so at its place in the order/],
  ['commitTwice', /a commit was applied twice/],
  ['commitForgotten', /a commit was acknowledged, and is not applied/],
  ['commitTorn', /lost|nobody (wrote|gave)|does not fit/],
  ['refusedApplied', /a commit was refused, and is applied/],
  ['readStale', /a read does not fit its read version/],
  ['versionStale', /does not see a commit that was acknowledged before it began/],
] as const

describeOn('engine')('a database that breaks its promises', () => {
  it.each(FLAWS)(
    '%s is found, whatever the workload checks',
    async (flaw, says) => {
      const faults = { [flaw]: 0.1 }
      expect(await firstFinding(EVERYTHING, { first: 1, last: 30, faults })).toMatch(says)
    },
    300_000,
  )

  it('names both transactions, their lines in the program and the read', async () => {
    const faults = { readStale: 0.1 }
    const told = await firstFinding(EVERYTHING, { first: 1, last: 30, faults })
    expect(told).toMatch(/transaction \d+ of client \d+.*, attempt \d+: read at \d+/)
    expect(told).toMatch(/at everything\.ts:\d+:\d+/)
    expect(told).toMatch(/read: get(Key|Range)? .*\n\s+at everything\.ts:\d+:\d+/)
    expect(told).toMatch(/it gave .*\n\s+it should be /)
  }, 300_000)

  it('is the same with the same seed', async () => {
    const seeds = { first: 1, last: 3, replay: true, faults: { conflictMissed: 0.1 } }
    const report = await runWatched(EVERYTHING, seeds)
    expect(failuresOf(report).filter((text) => text.includes('not deterministic'))).toEqual([])
  }, 300_000)
})
