import { Command, InvalidArgumentError, Option } from 'commander'
import { parseTraceEvents, TRACE_EVENTS } from '../../simulation/process/settings.ts'
import { DEFAULT_TIMEOUT } from '../sim/replay-command.ts'
import { HIGHEST_SEED } from '../sim/seeds/highest-seed.ts'
import { parseSmallProgram, type SmallProgram } from '../sim/shrink/small-program.ts'
import type { SimulateFlags } from '../sim/simulate-flags.ts'

export function simCommand(): Command {
  return new Command('sim')
    .description(
      "run a workload in fdbserver's simulator or on the embedded engine, under one seed or many",
    )
    .argument(
      '<file>',
      'a workload module (.ts, .js), or a test file (.toml) with its module beside it',
    )
    .option('-s, --seed <number>', 'one seed', integer)
    .addOption(
      new Option(
        '--seeds <from..to>',
        'all seeds from one to the other; with a --budget, <from..> will do',
      )
        .argParser(range)
        .conflicts('seed'),
    )
    .option('--budget <time>', 'as many seeds as can be begun in that time: 90s, 10m, 2h', duration)
    .option('--failures <file>', 'run the seeds in it first, and add those that fail')
    .option('-j, --jobs <count>', 'simulations at one time', jobs, 1)
    .option('--fdbserver <path>', 'the simulator (default: FDBKIT_FDBSERVER, then the PATH)')
    .addOption(
      new Option(
        '--embedded',
        'on the embedded engine (default: where there is no fdbserver)',
      ).conflicts('fdbserver'),
    )
    .addOption(
      new Option(
        '--interface <name>',
        'how fdbserver loads workloads: in C, or in C++ by its standard library (default: by its version and its bytes)',
      )
        .choices(['c', 'libstdc++', 'libc++'])
        .conflicts('embedded'),
    )
    .option('--module <file>', 'the workload module of a test file')
    .option('--workload <name>', 'which export of a module', exportName, 'default')
    .addOption(
      new Option('--buggify <on|off>', "the simulator's own faults")
        .argParser(onOff)
        .default(true, 'on'),
    )
    .option('--without <names>', 'leave out faults, by their names', names)
    .addOption(
      new Option('--swarm', 'each seed draws which of the faults it has').conflicts('program'),
    )
    .addOption(
      new Option(
        '--oracle <on|off|strict>',
        'check that all transactions are serializable; strict: nor may a workload rely on luck ' +
          '(default: on with the embedded engine)',
      ).choices(['on', 'off', 'strict']),
    )
    .addOption(
      new Option(
        '--shrink [seconds]',
        'make the program of the first failure as small as it can be in that time (defineModelWorkload)',
      )
        .argParser(timeout)
        .preset('120'),
    )
    .addOption(
      new Option('--program <json>', 'a program that --shrink has made smaller').argParser(program),
    )
    .option(
      '--trace-events <names>',
      `trace what tasks or transactions do (${TRACE_EVENTS.join(',')})`,
      traceEvents,
    )
    .addOption(
      new Option(
        '--inspect [port]',
        'wait for a debugger; simulated time stands still at a breakpoint',
      )
        .argParser(port)
        .preset('9229')
        .conflicts(['seeds', 'replay']),
    )
    .option('--junit <file>', 'write the results for a build server')
    .option('--report <file>', 'write a page of the first seed that fails, or of the only one')
    .option('--trace <folder>', 'keep the trace files there, and what the simulator wrote')
    .option('--replay', 'run each seed twice, and fail if the runs differ')
    .option('--until-failure', 'stop at the first failure')
    .option(
      '--timeout <seconds>',
      'real seconds that one simulation may take',
      timeout,
      DEFAULT_TIMEOUT,
    )
    .action(async (file: string, flags: SimulateFlags) => {
      const { simulate } = await import('../sim/simulate.ts')
      await simulate(file, flags)
    })
    .addCommand(initCommand())
}

function initCommand(): Command {
  return new Command('init')
    .description('write a workload to begin with, and its test file')
    .argument('<name>', 'the name of the files')
    .option('--dir <folder>', 'where they are written', '.')
    .action(async (name: string, flags: { readonly dir: string }) => {
      const { writeStarter } = await import('../sim/init.ts')
      const [module, test] = writeStarter(name, flags.dir)
      console.log(`wrote ${module} and ${test}: run them with fdbkit sim ${test} --seeds 1..20`)
    })
}

function integer(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= HIGHEST_SEED) return value
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${HIGHEST_SEED}.`)
}

function upTo(highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value > 0 && value <= highest) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${highest}.`)
  }
}

const jobs = upTo(256)
/** A week: a timer of Node holds less than four. */
const timeout = upTo(7 * 24 * 3600)

function range(text: string): { first: number; last?: number } {
  const parts = /^(\d+)\.\.(\d*)$/.exec(text)
  if (parts === null) throw new InvalidArgumentError('It must be two seeds, as 1..100.')
  const first = integer(parts[1] as string)
  if (parts[2] === '') return { first }
  const last = integer(parts[2] as string)
  if (last >= first) return { first, last }
  throw new InvalidArgumentError('The first seed must not be above the last.')
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 }

/** Seconds; a number alone is some already. */
function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([smh]?)$/.exec(text) ?? []
  if (number !== '') return timeout(String(Number(number) * (UNITS[unit] as number)))
  throw new InvalidArgumentError('It must be a time, as 90s, 10m or 2h.')
}

function names(text: string): readonly string[] {
  const all = text.split(',')
  if (all.every((name) => /^\w+$/.test(name))) return all
  throw new InvalidArgumentError('It must be names with commas between them.')
}

/** 0: any port that is free. */
function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value < 65536) return value
  throw new InvalidArgumentError('It must be a port, from 0 to 65535.')
}

function traceEvents(text: string): readonly string[] {
  try {
    return parseTraceEvents(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function program(text: string): SmallProgram {
  try {
    return parseSmallProgram(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function onOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new InvalidArgumentError('It must be on or off.')
}

function exportName(text: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(text)) return text
  throw new InvalidArgumentError('It must be the name of an export.')
}
