import { expect, it } from 'vitest'
import { describeOn } from '../run-workload.ts'
import {
  EVERYTHING,
  failuresOf,
  findingsUntil,
  firstFinding,
  runWatched,
} from './run-everything.ts'

/** Each wrong that the engine can be told to do, and what it is seen by. */
const FLAWS = [
  [
    { conflictMissed: 0.1 },
    'a committed transaction has read what is not so at its place in the order',
  ],
  [{ commitTwice: 0.1 }, 'a commit was applied twice'],
  [{ commitForgotten: 0.1 }, 'a commit was acknowledged, and is not applied'],
  [{ commitTorn: 0.1 }, 'what a commit wrote is lost'],
  [{ commitTorn: 0.1 }, 'a key is there that nobody wrote, or that was cleared'],
  [{ commitTorn: 0.1 }, 'a key has a value that nobody gave it'],
  [{ refusedApplied: 0.1 }, 'a commit was refused, and is applied'],
  [{ readStale: 0.1 }, 'a read does not fit its read version'],
  [{ versionStale: 0.1 }, 'does not see a commit that was acknowledged before it began'],
  [{ stampStale: 0.1 }, 'a commit is before one that was acknowledged before it was sent'],
  [{ commitInvented: 0.1 }, 'commits are there that nobody has sent'],
  [
    { idForgotten: 1, commitAnswerLost: 0.5 },
    'a commit with an idempotency id was made again, and both are applied',
  ],
] as const

describeOn('engine')('a database that breaks its promises', () => {
  it.each(FLAWS)(
    '%o is found, whatever the workload checks: %s',
    async (faults, says) => {
      const seeds = { first: 1, last: 60, faults }
      expect(await findingsUntil(says, EVERYTHING, seeds)).toContain(says)
    },
    300_000,
  )

  it('names both transactions, their lines in the program and the read', async () => {
    const faults = { readStale: 0.1 }
    const told = await firstFinding(EVERYTHING, { first: 1, last: 120, faults })
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
