/** `fdbkit sim FILE`: seeds of one file, and a report. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { OracleMode } from '../../simulation/oracle/oracle.ts'
import { CommandError, SilentFailure } from '../ground/errors.ts'
import { checkModule } from './check-module.ts'
import { findFdbserver } from './find-fdbserver.ts'
import { replayCommand } from './replay-command.ts'
import { runSeed, type SeedOptions, type SeedResult } from './run-seed.ts'
import { describe, runSeeds } from './run-seeds.ts'
import { describeShrunk, runSmall, shrinkSeed, type SmallProgram } from './shrink-seed.ts'
import { startSeedProgress } from './seed-progress.ts'
import { embeddedSimulator } from './simulator.ts'
import { readTestFile, type TestFile } from './test-file.ts'

export interface SimulateFlags {
  readonly seed?: number
  readonly seeds?: { readonly first: number; readonly last: number }
  readonly jobs: number
  readonly fdbserver?: string
  readonly embedded?: true
  readonly module?: string
  readonly workload: string
  readonly buggify: boolean
  readonly trace?: string
  readonly replay?: true
  readonly untilFailure?: true
  readonly timeout: number
  readonly traceEvents?: readonly string[]
  readonly inspect?: number
  readonly oracle?: OracleMode | 'off'
  /** Seconds of the machine for making the first failing program smaller. */
  readonly shrink?: number
  /** A program that was made smaller. */
  readonly program?: SmallProgram
}

export async function simulate(file: string, flags: SimulateFlags): Promise<void> {
  const test = readTestFile(file, flags.module, flags.workload)
  await checkModule(test.module)
  const fdbserver = chooseSimulator(flags, test)
  const { buggify, timeout, trace, jobs, traceEvents, inspect } = flags
  const oracle = chooseOracle(flags.oracle, fdbserver, test)
  // Where the debugger listens is said while the simulation waits for it.
  const onOutput =
    inspect === undefined ? undefined : (text: string) => console.error(text.trimEnd())
  const { first, last } = flags.seeds ?? { first: flags.seed ?? 1, last: flags.seed ?? 1 }
  const replay = flags.replay === true
  const untilFailure = flags.untilFailure === true
  const progress = startSeedProgress(last - first + 1)
  const stop = new AbortController()
  const { signal } = stop
  const stopListening = onEndSignals(() => stop.abort())
  const common = { fdbserver, test, buggify, timeout, traceEvents, signal, oracle }
  const report = await runSeeds(
    { first, last, jobs, replay, untilFailure, signal },
    (seed, lane, again) => {
      const folder = `seed-${seed}${again ? '-again' : ''}`
      const kept = trace === undefined ? undefined : join(trace, folder)
      const own = { seed, lane, trace: kept, inspect, onOutput }
      return flags.program === undefined
        ? runSeed({ ...common, ...own })
        : runSmall({ ...common, ...own }, flags.program)
    },
    (result) => progress.done(result),
  ).finally(() => {
    stopListening()
    progress.end()
  })
  for (const result of report.failed) {
    const command = replayCommand(file, { ...flags, fdbserver, replay }, result.seed)
    console.log(`\n${describe(result, command)}`)
  }
  const [failure] = report.failed
  if (failure !== undefined && flags.shrink !== undefined && !signal.aborted) {
    await tellShrunk(failure, file, flags, common)
  }
  console.log(`\n${report.passed} passed, ${report.failed.length} failed`)
  if (signal.aborted) throw new CommandError('interrupted: the other seeds did not run')
  if (report.failed.length > 0) throw new SilentFailure()
}

/** The smallest program that fails as the seed does. */
async function tellShrunk(
  failed: SeedResult,
  file: string,
  flags: SimulateFlags,
  common: Omit<SeedOptions, 'lane' | 'seed'>,
): Promise<void> {
  const options = { ...common, seed: failed.seed }
  const lanes = Math.min(2, availableParallelism())
  const seconds = flags.shrink ?? 0
  const shrunk = await shrinkSeed(failed, { options, seconds, lanes, now: () => performance.now() })
  if (shrunk === undefined) {
    console.log('\nNothing to shrink: the workload is not one of defineModelWorkload.')
    return
  }
  const { candidate } = shrunk
  const program = JSON.stringify({ edits: candidate.edits, without: candidate.without })
  const { fdbserver } = common
  const replay = { ...flags, fdbserver, replay: false, buggify: candidate.buggify, program }
  console.log(`\n${describeShrunk(shrunk, replayCommand(file, replay, candidate.seed))}`)
}

/**
 * By itself where nothing else writes. A native workload's writes pass it by, so beside one it has to be asked for.
 * Undefined: off.
 */
function chooseOracle(
  asked: SimulateFlags['oracle'],
  fdbserver: string | undefined,
  test: TestFile,
): OracleMode | undefined {
  if (asked !== undefined) return asked === 'off' ? undefined : asked
  if (fdbserver !== undefined) return undefined
  if (test.isOnlyOurs !== false) return 'on'
  console.error(
    'Without the oracle, unless --oracle on: a native workload of the test writes, too.',
  )
  return undefined
}

/** What asks a process to end, or to stop what it does. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls back at the first one; a second one ends this process at once. Gives what ends the listening. */
function onEndSignals(callback: () => void): () => void {
  const stop = (): void => {
    for (const signal of END_SIGNALS) process.off(signal, told)
  }
  const told = (): void => {
    stop()
    callback()
  }
  for (const signal of END_SIGNALS) process.on(signal, told)
  return stop
}

/** The program of fdbserver; undefined: the embedded engine, also where there is no fdbserver. */
function chooseSimulator(flags: SimulateFlags, test: TestFile): string | undefined {
  const fdbserver = flags.embedded === true ? undefined : findFdbserver(flags.fdbserver)
  if (fdbserver !== undefined) return fdbserver
  embeddedSimulator()
  if (flags.embedded !== true) {
    console.error(
      'There is no fdbserver on the PATH, nor in FDBKIT_FDBSERVER: the simulation runs on the embedded engine.',
    )
  }
  if (test.onlyFdbserver !== undefined && test.onlyFdbserver.length > 0) {
    console.error(`Without effect on the embedded engine: ${test.onlyFdbserver.join(', ')}.`)
  }
  return undefined
}
