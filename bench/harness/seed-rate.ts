/** How many seeds of `atomic` the command runs in a minute, its own start not counted. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './places.ts'

export interface Batch {
  /** Simulations at a time, each on a core of its own. */
  readonly jobs: number
  /** On the engine; fdbserver has its own number. */
  readonly clients: number
  /** Of each client. */
  readonly commands: number
}

interface Run {
  /** For the test file. */
  readonly folder: string
  readonly seconds: number
  readonly fdbserver: string | undefined
}

/** As the command says it at its end, rounded. */
export function seedsAMinute(batch: Batch, { folder, seconds, fdbserver }: Run): string {
  const test = join(folder, 'atomic.toml')
  writeFileSync(test, testOf(batch, fdbserver === undefined))
  const where = fdbserver === undefined ? ['--embedded'] : ['--fdbserver', fdbserver]
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      join(checkout, 'dist', 'cli', 'main.js'),
      ...['sim', test, '--module', join(checkout, 'workloads', 'atomic.ts'), ...where],
      ...['--seeds', '1..', '--budget', `${seconds}s`, '--jobs', String(batch.jobs)],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  const rate = /(\d+) a minute/.exec(stdout)?.[1]
  if (status === 0 && rate !== undefined) return rate
  throw new Error(`the simulations of ${JSON.stringify(batch)} failed:\n${stdout}${stderr}`)
}

function testOf({ clients, commands }: Batch, isEmbedded: boolean): string {
  const text = readFileSync(join(checkout, 'workloads', 'atomic.toml'), 'utf8')
  const counted = text.replace(/^ *workloadName = .*$/m, `$&\n  commands = ${commands}`)
  return isEmbedded ? counted.replace(/^testTitle = .*$/m, `$&\nclientCount = ${clients}`) : counted
}
