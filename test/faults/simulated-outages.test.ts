// The cluster away in every way that the simulated wire has, drawn from a seed: docs/faults.md.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runSeed, type SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import { runSeeds } from '../../src/cli/sim/seeds/run-seeds.ts'
import { describeOn, expectPassed } from '../simulation/run-workload.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { SEED_COUNT } from '../support/seeds.ts'

const PATH = join(import.meta.dirname, 'wire', 'outages.toml')
const SEEDS = { first: 1, last: SEED_COUNT }

/** How often each code ended a call; 0: it was done. */
function codesOf(results: readonly SeedResult[]): Map<number, number> {
  const counts = new Map<number, number>()
  const lines = results.flatMap(({ events }) => events)
  for (const [, codes = ''] of lines.map((line) => /Codes=(\{.*?\})/.exec(line) ?? [])) {
    if (codes === '') continue
    for (const [code, count] of Object.entries(JSON.parse(codes) as Record<string, number>)) {
      counts.set(Number(code), (counts.get(Number(code)) ?? 0) + count)
    }
  }
  return counts
}

describeOn('engine')('while the cluster is unreachable, frozen, killed, full, or moved', () => {
  it(
    'calls settle as their options say, and nothing that was acknowledged is lost',
    async () => {
      const test = readTestFile(PATH, undefined, 'default')
      const results: SeedResult[] = []
      const report = await runSeeds(
        { ...SEEDS, jobs: 2, replay: false, untilFailure: false },
        (seed, lane) =>
          runSeed({ fdbserver: undefined, test, seed, buggify: true, timeout: HANG_LIMIT / 1000, lane }),
        (result) => results.push(result),
      )
      expectPassed('../test/faults/wire/outages', SEEDS, report)
      const codes = codesOf(results)
      // It was put to the test: calls were done, timed out, and ended without an outcome.
      for (const code of [0, 1031, 1021]) expect(codes.get(code), String(code)).toBeGreaterThan(0)
      console.error(`fdbkit: outages of ${SEED_COUNT} seeds`, JSON.stringify(Object.fromEntries(codes)))
    },
    HANG_LIMIT * (SEED_COUNT > 100 ? 12 : 1),
  )
})
