import { Command } from 'commander'
import type { PackageRequest } from '../sim/package/request.ts'
import { nonEmpty } from './arguments.ts'
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
      nonEmpty,
    )
    .addOption(interfaceOption('how it loads workloads (default: by its version)'))
    .option('--include <path>', 'a file or folder that a workload reads; again for more', oneMore)
    .option('--module <file>', 'the workload module of the test file', nonEmpty)
    .addOption(workloadOption())
    .addOption(buggifyOption())
    .addOption(withoutOption())
    .addOption(swarmOption())
    .addOption(oracleOption())
    .addOption(replayOption())
    .addOption(timeoutOption())
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
