/** `fdbkit sim FILE`: seeds of one file, and a report. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { CommandError, SilentFailure, UsageError } from '../ground/errors.ts'
import { chooseOracle, chooseSimulator } from './choose-simulator.ts'
import { onEndSignals } from './end-signals.ts'
import { replayCommand } from './replay-command.ts'
import { annotationsOf } from './report/annotations.ts'
import { junitOf, type PassedSeed, type ToldFailure } from './report/junit.ts'
import { writeSeedReport } from './report/seed-report.ts'
import { checkModule } from './run/check-module.ts'
import { runSeed, type SeedOptions, type SeedResult } from './run/run-seed.ts'
import { readTestFile } from './run/test-file.ts'
import { FailuresFile } from './seeds/failures-file.ts'
import { HIGHEST_SEED } from './seeds/highest-seed.ts'
import { Pace } from './seeds/pace.ts'
import { describe, runSeeds, type Seeds, type SeedsReport } from './seeds/run-seeds.ts'
import { startSeedProgress } from './seeds/seed-progress.ts'
import {
  checkWithout,
  drawFaults,
  faultNames,
  withFaults,
  type FaultChoice,
} from './seeds/swarm.ts'
import { describeShrunk, runSmall, shrinkSeed } from './shrink/shrink-seed.ts'
import type { SimulateFlags } from './simulate-flags.ts'

/** What all seeds have in common. */
type Common = Omit<SeedOptions, 'seed' | 'lane' | 'trace'>

export async function simulate(file: string, flags: SimulateFlags): Promise<void> {
  const seeds = seedsOf(flags)
  const known = flags.failures === undefined ? undefined : new FailuresFile(flags.failures)
  const stop = new AbortController()
  const { signal } = stop
  const common = await prepare(file, flags, signal)
  const choiceOf = faultsBySeed(flags, common)
  const commandOf = ({ seed }: SeedResult): string => {
    const { fdbserver } = common
    const replay = flags.replay === true
    return replayCommand(file, { ...flags, fdbserver, ...choiceOf(seed), replay }, seed)
  }
  const passed: PassedSeed[] = []
  let only: SeedResult | undefined
  const stopListening = onEndSignals(() => stop.abort())
  const report = await run(
    { ...seeds, known: known?.seeds, signal },
    { flags, common, choiceOf },
    (result) => {
      const { seed, realSeconds, problem } = result
      only = result
      if (result.passed) passed.push({ seed, realSeconds })
      else if (known?.add(seed, problem) === false) {
        console.error(`seed ${seed} is not written into ${flags.failures}, which is full`)
      }
    },
  ).finally(stopListening)
  const failed = report.failed.map((result): ToldFailure => {
    return { result, text: describe(result, commandOf(result)) }
  })
  for (const { text } of failed) console.log(`\n${text}`)
  if (flags.junit !== undefined) writeFileSync(flags.junit, junitOf(file, passed, failed))
  if (process.env['GITHUB_ACTIONS'] === 'true') {
    for (const line of annotationsOf(file, failed)) console.log(line)
  }
  const [failure] = report.failed
  const told = failure ?? (report.passed === 1 ? only : undefined)
  if (flags.report !== undefined && !signal.aborted) {
    await tellReport(told, file, commandOf, { flags, common, choiceOf })
  }
  if (failure !== undefined && flags.shrink !== undefined && !signal.aborted) {
    await tellShrunk(
      failure,
      file,
      flags,
      withFaults({ ...common, seed: failure.seed }, choiceOf(failure.seed)),
    )
  }
  console.log(`\n${report.passed} passed, ${report.failed.length} failed`)
  if (signal.aborted) throw new CommandError('interrupted: the other seeds did not run')
  if (report.failed.length > 0) throw new SilentFailure()
}

/** With a budget, from the first one on. */
function seedsOf(flags: SimulateFlags): Pick<Seeds, 'first' | 'last'> {
  const { seeds, seed, budget } = flags
  const first = seeds?.first ?? seed ?? 1
  if (budget !== undefined) return { first, last: seeds?.last ?? HIGHEST_SEED }
  if (seeds !== undefined && seeds.last === undefined) {
    throw new UsageError(`--seeds ${first}.. has no last seed: it needs a --budget`)
  }
  return { first, last: seeds?.last ?? first }
}

async function prepare(file: string, flags: SimulateFlags, signal: AbortSignal): Promise<Common> {
  const test = readTestFile(file, flags.module, flags.workload)
  await checkModule(test.module)
  const fdbserver = chooseSimulator(flags, test)
  const { buggify, timeout, traceEvents, inspect } = flags
  const oracle = chooseOracle(flags.oracle, fdbserver, test)
  // Where the debugger listens is said while the simulation waits for it.
  const onOutput =
    inspect === undefined ? undefined : (text: string) => console.error(text.trimEnd())
  return { fdbserver, test, buggify, timeout, traceEvents, inspect, onOutput, signal, oracle }
}

type FaultsBySeed = (seed: number) => FaultChoice

/** @throws UsageError for faults that are not there. */
function faultsBySeed(flags: SimulateFlags, common: Common): FaultsBySeed {
  const { buggify, without = [] } = flags
  checkWithout(without, common)
  const all = { buggify, without }
  if (flags.swarm !== true) return () => all
  const names = faultNames(common)
  return (seed) => drawFaults(seed, all, names)
}

interface Plan {
  readonly flags: SimulateFlags
  readonly common: Common
  readonly choiceOf: FaultsBySeed
}

async function run(
  seeds: Pick<Seeds, 'first' | 'last' | 'known' | 'signal'>,
  { flags, common, choiceOf }: Plan,
  done: (result: SeedResult) => void,
): Promise<SeedsReport> {
  const { jobs, replay = false, untilFailure = false, trace, budget, program } = flags
  const pace = new Pace(() => performance.now(), budget === undefined ? undefined : budget * 1000)
  const count = seeds.last - seeds.first + 1 + (seeds.known?.length ?? 0)
  const progress = startSeedProgress(count, pace)
  try {
    return await runSeeds(
      { ...seeds, jobs, replay, untilFailure, isOver: () => pace.isOver },
      (seed, lane, again) => {
        const folder = `seed-${seed}${again ? '-again' : ''}`
        const kept = trace === undefined ? undefined : join(trace, folder)
        const options = withFaults({ ...common, seed, lane, trace: kept }, choiceOf(seed))
        return program === undefined ? runSeed(options) : runSmall(options, program)
      },
      (result) => {
        pace.count()
        progress.done(result)
        done(result)
      },
    )
  } finally {
    progress.end()
    if (count > 1) console.log(`\n${pace.summary}`)
  }
}

/** The page of the seed that failed, or of the only one. */
async function tellReport(
  told: SeedResult | undefined,
  file: string,
  commandOf: (result: SeedResult) => string,
  { flags, common, choiceOf }: Plan,
): Promise<void> {
  const { report = '', program } = flags
  if (told === undefined) return console.log('\nNo seed failed, so no report is written.')
  const { seed } = told
  await writeSeedReport(report, {
    result: told,
    options: withFaults({ ...common, seed, lane: 0 }, choiceOf(seed)),
    run: (options) => (program === undefined ? runSeed(options) : runSmall(options, program)),
    title: `seed ${seed} of ${file}`,
    command: commandOf(told),
    isUncertain: told.problem.includes('not deterministic'),
  })
  console.log(`\nThe report of seed ${seed} is ${report}`)
}

/** The smallest program that fails as the seed does. */
async function tellShrunk(
  failed: SeedResult,
  file: string,
  flags: SimulateFlags,
  options: Omit<SeedOptions, 'lane'>,
): Promise<void> {
  const lanes = Math.min(2, availableParallelism())
  const seconds = flags.shrink ?? 0
  const shrunk = await shrinkSeed(failed, { options, seconds, lanes, now: () => performance.now() })
  if (shrunk === undefined) {
    console.log('\nNothing to shrink: the workload is not one of defineModelWorkload.')
    return
  }
  const { candidate } = shrunk
  const program = JSON.stringify({ edits: candidate.edits, without: candidate.without })
  const { fdbserver, faults = {} } = options
  const without = Object.keys(faults)
  const { buggify } = candidate
  const replay = { ...flags, fdbserver, replay: false, buggify, without, program }
  console.log(`\n${describeShrunk(shrunk, replayCommand(file, replay, candidate.seed))}`)
}
