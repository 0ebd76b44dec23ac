// The cluster is away in every way that the simulated wire has, drawn from a seed: docs/faults.md.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runSeed, type SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import { runSeeds, type SeedsReport } from '../../src/cli/sim/seeds/run-seeds.ts'
import { describeOn, expectPassed } from '../simulation/run-workload.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { SEED_COUNT } from '../support/seeds.ts'

const PATH = join(import.meta.dirname, 'wire', 'outages.toml')
const NAME = '../test/faults/wire/outages'
const SEEDS = { first: 1, last: SEED_COUNT }

interface Outages {
  readonly last: number
  readonly untilFailure?: boolean
  readonly replay?: boolean
  /** What the cluster does wrong. */
  readonly faults?: Readonly<Record<string, number>>
  readonly done?: (result: SeedResult) => void
}

function runOutages({ last, untilFailure = false, replay = false, faults, done }: Outages) {
  const test = readTestFile(PATH, undefined, 'default')
  // The oracle has nothing to say of a cluster that is away, and would be the first to see a flaw.
  const oracle = faults === undefined ? 'on' : undefined
  const settings = { fdbserver: undefined, test, buggify: true, timeout: HANG_LIMIT / 1000 }
  return runSeeds(
    { first: 1, last, jobs: 2, replay, untilFailure },
    (seed, lane) => runSeed({ ...settings, seed, lane, oracle, faults }),
    done ?? (() => undefined),
  )
}

/** How often each code ended a call; 0: it was done. */
function codesOf(results: readonly SeedResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const line of results.flatMap(({ events }) => events)) {
    const codes = JSON.parse(/Codes=(\{.*?\})/.exec(line)?.[1] ?? '{}') as Record<string, number>
    for (const [code, count] of Object.entries(codes)) counts[code] = (counts[code] ?? 0) + count
  }
  return counts
}

const whatFailed = ({ failed }: SeedsReport): string =>
  failed.flatMap(({ errors }) => errors).join('\n')

describeOn('engine')('while the cluster is unreachable, frozen, killed, full, or moved', () => {
  it(
    'calls settle as their options say, and nothing that was acknowledged is lost',
    async () => {
      const results: SeedResult[] = []
      const report = await runOutages({ ...SEEDS, done: (result) => results.push(result) })
      expectPassed(NAME, SEEDS, report)
      const codes = codesOf(results)
      // It was put to the test: calls were done, timed out, and ended without an outcome.
      for (const code of [0, 1031, 1021]) expect(codes[code], String(code)).toBeGreaterThan(0)
      console.error(`fdbkit: outages of ${SEED_COUNT} seeds`, JSON.stringify(codes))
    },
    SEED_COUNT > 100 ? 12 * HANG_LIMIT : HANG_LIMIT,
  )

  it('a seed is the same again', async () => {
    const seeds = { first: 1, last: 3 }
    expectPassed(NAME, seeds, await runOutages({ ...seeds, replay: true }))
  })

  it.each([
    ['commitForgotten', 'was acknowledged, and is not there'],
    ['refusedApplied', 'was said not to be applied, and is there'],
    ['commitTwice', 'postings were applied, and the log has'],
    ['commitTorn', /account \d+ has \d+, not \d+/],
  ])('a cluster that breaks its promises is found: %s', async (flaw, says) => {
    const report = await runOutages({ last: 30, untilFailure: true, faults: { [flaw]: 0.1 } })
    expect(whatFailed(report)).toMatch(says)
  })
})
