import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../errors.ts'

interface DemoFlags {
  cluster?: string
  cities?: number
  prefix: string
  timeout: number
  keep?: true
}

function positiveInteger(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.')
  }
  return value
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > 3600) {
    throw new InvalidArgumentError('It must be a number of seconds, at most 3600.')
  }
  return value
}

function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return text
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
      if (flags.cluster !== undefined && !existsSync(flags.cluster)) {
        throw new UsageError(`there is no cluster file ${flags.cluster}`)
      }
      const { runDemo } = await import('../demo/run-demo.ts')
      await runDemo({
        clusterFile: flags.cluster,
        cityLimit: flags.cities,
        prefix: flags.prefix,
        timeoutMs: Math.round(flags.timeout * 1000),
        keep: flags.keep === true,
      })
    })
}
