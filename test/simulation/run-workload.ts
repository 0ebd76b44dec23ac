/** Runs the workloads of this repository as `fdbkit sim` does: under their faults, with buggify on. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/run/find-fdbserver.ts'
import { runSeed, type SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import {
  describe as describeSeed,
  runSeeds,
  type SeedsReport,
} from '../../src/cli/sim/seeds/run-seeds.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import type { OracleMode } from '../../src/simulation/oracle/oracle.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const folder = join(import.meta.dirname, '../../workloads')

/** Every workload that must pass; those that begin with `broken-` must not. */
export const workloads = readdirSync(folder)
  .filter((file) => file.endsWith('.toml') && !file.startsWith('broken-'))
  .map((file) => file.slice(0, -'.toml'.length))

export type Backend = 'fdbserver' | 'engine'

/** The tests of a backend; where there is none they are skipped, with a line that says so. */
export function describeOn(backend: Backend): typeof describe.skip {
  const isThere = backend === 'fdbserver' ? findFdbserver() !== undefined : isLinux
  if (isThere) return describe
  const why =
    backend === 'fdbserver' ? 'there is no fdbserver' : 'the embedded simulator needs Linux'
  console.error(`fdbkit: ${why}, so no workload is run on it`)
  return describe.skip
}

const isLinux = process.platform === 'linux'

export interface WhichSeeds {
  readonly first: number
  readonly last: number
  readonly replay?: boolean
  readonly untilFailure?: boolean
  readonly oracle?: OracleMode
}

/** Two seeds at a time. A name may be the path of a test file without its ending. */
export function runWorkload(
  name: string,
  backend: Backend,
  { oracle, ...seeds }: WhichSeeds,
): Promise<SeedsReport> {
  const test = readTestFile(resolve(folder, `${name}.toml`), undefined, 'default')
  const fdbserver = backend === 'fdbserver' ? findFdbserver() : undefined
  const run = (seed: number, lane: number): Promise<SeedResult> =>
    runSeed({ fdbserver, test, seed, buggify: true, timeout: HANG_LIMIT / 1000, lane, oracle })
  return runSeeds({ jobs: 2, replay: false, untilFailure: false, ...seeds }, run, () => undefined)
}

/** Every seed passed; what failed is shown with the command that runs it again. */
export function expectPassed(name: string, seeds: WhichSeeds, report: SeedsReport): void {
  const again = (seed: number) => `fdbkit sim workloads/${name}.toml --seed ${seed}`
  const failed = report.failed.map((result) => describeSeed(result, again(result.seed)))
  expect(failed).toEqual([])
  expect(report.passed).toBe(seeds.last - seeds.first + 1)
}
