import { Command } from 'commander'
import { clusterFileOf, nonEmpty, positiveInteger, seconds, toMilliseconds } from './arguments.ts'

interface DemoFlags {
  cluster?: string
  cities?: number
  prefix: string
  timeout: number
  keep?: true
}

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      "load the world's cities, and show indexes, counters, watches, conflicts and a versionstamped log",
    )
    .option('--cluster <file>', 'use the cluster of this cluster file, not the embedded engine')
    .option('--cities <count>', 'load only so many cities', positiveInteger)
    .option(
      '--prefix <text>',
      'keep all keys below the tuple of this text',
      nonEmpty,
      'fdbkit-demo',
    )
    .option('--timeout <seconds>', 'how long to wait for the cluster', seconds, 10)
    .option('--keep', 'leave the data in place at the end')
    .action(async (flags: DemoFlags) => {
      const clusterFile = flags.cluster === undefined ? undefined : clusterFileOf(flags.cluster)
      const { runDemo } = await import('../demo/run-demo.ts')
      await runDemo({
        clusterFile,
        cityLimit: flags.cities,
        prefix: flags.prefix,
        timeoutMs: toMilliseconds(flags.timeout),
        keep: flags.keep === true,
      })
    })
}
