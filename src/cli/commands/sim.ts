import { Command, Option } from 'commander'
import { TRACE_EVENTS } from '../../simulation/process/settings.ts'
import type { SimulateFlags } from '../sim/simulate-flags.ts'
import {
  duration,
  integer,
  jobs,
  port,
  program,
  range,
  timeout,
  traceEvents,
} from './sim-arguments.ts'
import {
  buggifyOption,
  interfaceOption,
  oracleOption,
  replayOption,
  swarmOption,
  timeoutOption,
  withoutOption,
  workloadOption,
} from './sim-options.ts'
import { simPackageCommand } from './sim-package.ts'

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
      interfaceOption(
        'how fdbserver loads workloads: in C, or in C++ by its standard library (default: by its version and its bytes)',
      ).conflicts('embedded'),
    )
    .option('--module <file>', 'the workload module of a test file')
    .addOption(workloadOption())
    .addOption(buggifyOption())
    .addOption(withoutOption())
    .addOption(swarmOption().conflicts('program'))
    .addOption(oracleOption())
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
    .addOption(replayOption())
    .option('--until-failure', 'stop at the first failure')
    .addOption(timeoutOption())
    .action(async (file: string, flags: SimulateFlags) => {
      const { simulate } = await import('../sim/simulate.ts')
      await simulate(file, flags)
    })
    .addCommand(initCommand())
    .addCommand(simPackageCommand())
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
