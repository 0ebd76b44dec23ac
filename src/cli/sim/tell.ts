/** What `fdbkit sim` says when the seeds have run: on standard output, for a build server, as a page. */
import { availableParallelism } from 'node:os'
import { writeFor } from '../ground/write-whole.ts'
import type { Plan } from './plan.ts'
import { annotationsOf } from './report/annotations.ts'
import { junitOf, type PassedSeed, type ToldFailure } from './report/junit.ts'
import { writeSeedReport } from './report/seed-report.ts'
import type { SeedResult } from './run/run-seed.ts'
import { describe } from './seeds/run-seeds.ts'
import { describeShrunk, shrinkSeed } from './shrink/shrink-seed.ts'

export function tellSeeds(
  plan: Plan,
  passed: readonly PassedSeed[],
  failed: readonly SeedResult[],
): void {
  const { file, flags } = plan
  const told = failed.map((result): ToldFailure => {
    return { result, text: describe(result, plan.commandOf(result.seed)) }
  })
  for (const { text } of told) console.log(`\n${text}`)
  if (flags.junit !== undefined) writeFor(flags.junit, junitOf(file, passed, told))
  if (process.env['GITHUB_ACTIONS'] !== 'true') return
  for (const line of annotationsOf(file, told)) console.log(line)
}

/** The page of the seed that failed, or of the only one. */
export async function tellReport(
  plan: Plan,
  path: string,
  told: SeedResult | undefined,
): Promise<void> {
  if (told === undefined) return console.log('\nNo seed failed, so no report is written.')
  const { seed } = told
  await writeSeedReport(path, {
    result: told,
    options: plan.optionsOf(seed),
    run: (options) => plan.run(options),
    title: `seed ${seed} of ${plan.file}`,
    command: plan.commandOf(seed),
    isUncertain: told.problem.includes('not deterministic'),
  })
  console.log(`\nThe report of seed ${seed} is ${path}`)
}

/** The smallest program that fails as the seed does. */
export async function tellShrunk(plan: Plan, failed: SeedResult, seconds: number): Promise<void> {
  const lanes = Math.min(2, availableParallelism())
  const options = plan.optionsOf(failed.seed)
  const shrunk = await shrinkSeed(failed, { options, seconds, lanes, now: () => performance.now() })
  if (shrunk === undefined) {
    console.log('\nNothing to shrink: the workload is not one of defineModelWorkload.')
    return
  }
  const { edits, without, buggify, seed } = shrunk.candidate
  const command = plan.commandOf(seed, {
    replay: false,
    buggify,
    without: Object.keys(options.faults ?? {}),
    program: { edits, without },
  })
  console.log(`\n${describeShrunk(shrunk, command)}`)
}
