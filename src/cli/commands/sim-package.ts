import { Command, Option } from 'commander'
import { DEFAULT_TIMEOUT } from '../sim/replay-command.ts'
import type { PackageRequest } from '../sim/package/request.ts'
import { nonEmpty } from './arguments.ts'
import { exportName, names, onOff, timeout } from './sim-arguments.ts'

export function simPackageCommand(): Command {
  return new Command('package')
    .description(
      "make an archive of tests for FoundationDB's Joshua, which runs it on many machines",
    )
    .argument('<files...>', 'workload modules, and test files with their modules beside them')
    .requiredOption('--joshua <file>', 'the archive to write, a .tar.gz', nonEmpty)
    .option('--node', 'take this Node along (default: the one on the PATH there)')
    .option(
      '--fdbserver <path>',
      'take this simulator along (default: the embedded engine)',
      nonEmpty,
    )
    .option(
      '--library <path>',
      'its client library (default: the one that a client here would take)',
    )
    .addOption(
      new Option('--interface <name>', 'how it loads workloads (default: by its version)').choices([
        'c',
        'libstdc++',
        'libc++',
      ]),
    )
    .option('--include <path>', 'a file or folder that a workload reads; again for more', oneMore)
    .option('--module <file>', 'the workload module of the test file', nonEmpty)
    .option('--workload <name>', 'which export of the modules', exportName, 'default')
    .addOption(
      new Option('--buggify <on|off>', "the simulator's own faults")
        .argParser(onOff)
        .default(true, 'on'),
    )
    .option('--without <names>', 'leave out faults, by their names', names)
    .option('--swarm', 'each seed draws which of the faults it has')
    .addOption(
      new Option(
        '--oracle <on|off|strict>',
        'check that all transactions are serializable',
      ).choices(['on', 'off', 'strict']),
    )
    .option('--replay', 'run each seed twice, and fail if the runs differ')
    .option(
      '--timeout <seconds>',
      'real seconds that one simulation may take',
      timeout,
      DEFAULT_TIMEOUT,
    )
    .action(async (files: readonly string[], flags: Omit<PackageRequest, 'files'>) => {
      const { packageForJoshua } = await import('../sim/package/package-for-joshua.ts')
      const { tests, files: count, bytes } = await packageForJoshua({ files, ...flags })
      const size = `${(bytes / 1e6).toFixed(1)} MB`
      console.log(
        `wrote ${flags.joshua}: ${tests} test${tests === 1 ? '' : 's'}, ${count} files, ${size}`,
      )
    })
}

function oneMore(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmpty(path)]
}
