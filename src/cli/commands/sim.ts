import { Command, InvalidArgumentError } from 'commander'
import { CommandError, SilentFailure } from '../errors.ts'

interface Flags {
  readonly seed?: number
  readonly seeds?: { readonly first: number; readonly last: number }
  readonly jobs: number
  readonly fdbserver?: string
  readonly module?: string
  readonly workload: string
  readonly buggify: boolean
  readonly trace?: string
  readonly replay?: true
  readonly untilFailure?: true
  readonly timeout: number
}

export function simCommand(): Command {
  return new Command('sim')
    .description("run a workload in fdbserver's simulator, under one seed or many")
    .argument(
      '<file>',
      'a workload module (.ts, .js), or a test file (.toml) with its module beside it',
    )
    .option('-s, --seed <number>', 'one seed', integer)
    .option('--seeds <from..to>', 'all seeds from one to the other', range)
    .option('-j, --jobs <count>', 'simulations at one time', positive, 1)
    .option('--fdbserver <path>', 'the simulator (default: FDBKIT_FDBSERVER, then the PATH)')
    .option('--module <file>', 'the workload module of a test file')
    .option('--workload <name>', 'which export of a module', exportName, 'default')
    .option('--buggify <on|off>', "fdbserver's own faults", onOff, true)
    .option('--trace <folder>', 'keep the trace files there')
    .option('--replay', 'run each seed twice, and fail if the runs differ')
    .option('--until-failure', 'stop at the first failure')
    .option('--timeout <seconds>', 'real seconds that one simulation may take', positive, 600)
    .action(async (file: string, flags: Flags) => simulate(file, flags))
}

async function simulate(file: string, flags: Flags): Promise<void> {
  const { findFdbserver } = await import('../sim/find-fdbserver.ts')
  const { runSeed } = await import('../sim/run-seed.ts')
  const { describe, runSeeds } = await import('../sim/run-seeds.ts')
  const { readTestFile } = await import('../sim/test-file.ts')
  const test = readTestFile(file, flags.module, flags.workload)
  const fdbserver = findFdbserver(flags.fdbserver)
  if (fdbserver === undefined) {
    throw new CommandError(
      'there is no fdbserver on the PATH: install FoundationDB 7.4 or later, or name it with --fdbserver',
    )
  }
  const { buggify, timeout, trace, jobs } = flags
  const { first, last } = flags.seeds ?? { first: flags.seed ?? 1, last: flags.seed ?? 1 }
  const seeds = {
    first,
    last,
    jobs,
    replay: flags.replay === true,
    untilFailure: flags.untilFailure === true,
  }
  const report = await runSeeds(
    seeds,
    (seed, lane) => runSeed({ fdbserver, test, seed, buggify, timeout, lane, trace }),
    console.log,
  )
  for (const result of report.failed) {
    console.log(`\n${describe(result, replayCommand(file, flags, result.seed))}`)
  }
  console.log(`\n${report.passed} passed, ${report.failed.length} failed`)
  if (report.failed.length > 0) throw new SilentFailure()
}

function replayCommand(file: string, flags: Flags, seed: number): string {
  const parts = ['fdbkit sim', file, `--seed ${seed}`]
  if (!flags.buggify) parts.push('--buggify off')
  if (flags.workload !== 'default') parts.push(`--workload ${flags.workload}`)
  if (flags.module !== undefined) parts.push(`--module ${flags.module}`)
  return parts.join(' ')
}

/** What fdbserver takes for a seed. */
const HIGHEST_SEED = 2 ** 32 - 1

function integer(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= HIGHEST_SEED) return value
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${HIGHEST_SEED}.`)
}

function positive(text: string): number {
  const value = integer(text)
  if (value > 0) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

function range(text: string): { first: number; last: number } {
  const parts = /^(\d+)\.\.(\d+)$/.exec(text)
  if (parts === null) throw new InvalidArgumentError('It must be two seeds, as 1..100.')
  const [first, last] = [integer(parts[1] as string), integer(parts[2] as string)]
  if (last >= first) return { first, last }
  throw new InvalidArgumentError('The first seed must not be above the last.')
}

function onOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new InvalidArgumentError('It must be on or off.')
}

function exportName(text: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(text)) return text
  throw new InvalidArgumentError('It must be the name of an export.')
}
