/** Runs the workload that does everything and checks nothing, and others, under the oracle on the embedded engine. */
import { join } from 'node:path'
import { runSeed, type SeedResult } from '../../../src/cli/sim/run/run-seed.ts'
import { describe, runSeeds, type SeedsReport } from '../../../src/cli/sim/seeds/run-seeds.ts'
import { readTestFile } from '../../../src/cli/sim/run/test-file.ts'
import type { OracleMode } from '../../../src/simulation/oracle/oracle.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'

export const EVERYTHING = join(import.meta.dirname, '../fixtures/everything.toml')

export interface Watched {
  readonly first: number
  readonly last: number
  readonly oracle?: OracleMode
  readonly faults?: Readonly<Record<string, number>> | undefined
  readonly environment?: Readonly<Record<string, string>>
  readonly workload?: string
  readonly untilFailure?: boolean
  readonly replay?: boolean
}

export function runWatched(file: string, watched: Watched): Promise<SeedsReport> {
  const { oracle = 'on', faults, environment = {}, workload = 'default', ...seeds } = watched
  const test = readTestFile(file, undefined, workload)
  const run = (seed: number, lane: number): Promise<SeedResult> =>
    runSeed({
      fdbserver: undefined,
      test,
      seed,
      lane,
      buggify: true,
      timeout: HANG_LIMIT / 1000,
      oracle,
      faults,
      environment,
    })
  return runSeeds({ jobs: 2, replay: false, untilFailure: false, ...seeds }, run, () => undefined)
}

/** What failed, as the command tells it. */
export function failuresOf(report: SeedsReport): string[] {
  return report.failed.map((result) => describe(result, ''))
}

/** What the oracle said of seed after seed, until it said this: a seed may come upon something else first. */
export async function findingsUntil(says: string, file: string, watched: Watched): Promise<string> {
  let found = ''
  for (let seed = watched.first; seed <= watched.last && !found.includes(says); seed++) {
    found += `${await firstFinding(file, { ...watched, first: seed, last: seed })}\n`
  }
  return found
}

/** The first seed that fails, and what the oracle said there. */
export async function firstFinding(file: string, watched: Watched): Promise<string> {
  const { failed } = await runWatched(file, { ...watched, untilFailure: true })
  return failed[0]?.oracle.join('\n') ?? ''
}
