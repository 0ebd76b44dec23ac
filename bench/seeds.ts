/**
 * What seeds cost: `npm run bench:seeds [-- --seconds N] [--small]` prints tables, and writes them into `docs/simulation.md`,
 * between its marks. fdbserver is measured if it is on the PATH. It takes six minutes; `--small` sees that it runs, and writes
 * nothing. A machine that does something else meanwhile makes the figures worthless.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findFdbserver } from '../src/cli/sim/run/find-fdbserver.ts'
import { checkout } from './harness/places.ts'
import { seedsAMinute, type Batch } from './harness/seed-rate.ts'
import { excess, LENGTHS } from './harness/seed-twin.ts'

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '12' },
    small: { type: 'boolean', default: false },
  },
})
const MARKS = ['<!-- figures of seeds -->', '<!-- end of figures of seeds -->'] as const
const seconds = flags.small ? 1 : Number(flags.seconds)
const fdbserver = findFdbserver()

/** What is varied, the other two at their least. */
const BATCHES: readonly Batch[] = [
  { jobs: 1, clients: 3, commands: 20 },
  { jobs: 2, clients: 3, commands: 20 },
  { jobs: 1, clients: 1, commands: 20 },
  { jobs: 1, clients: 5, commands: 20 },
  { jobs: 1, clients: 3, commands: 100 },
  { jobs: 1, clients: 3, commands: 400 },
]

function rates(folder: string): string[] {
  const lines = BATCHES.map((batch) => {
    const engine = seedsAMinute(batch, { folder, seconds, fdbserver: undefined })
    // Its own tests choose how many clients there are.
    const isAsked = fdbserver !== undefined && batch.clients === 3
    const server = isAsked ? seedsAMinute(batch, { folder, seconds: 2 * seconds, fdbserver }) : '-'
    const line = `| ${batch.jobs} | ${batch.clients} | ${batch.commands} | ${engine} | ${server} |`
    console.log(line)
    return line
  })
  return [
    '| cores | clients | commands of each | seeds a minute, engine | fdbserver |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...lines,
    '',
  ]
}

async function ratios(program: string): Promise<string[]> {
  const lines: string[] = []
  for (const length of flags.small ? LENGTHS.slice(0, 1) : LENGTHS) {
    const line = await excess(length, program)
    console.log(line)
    lines.push(line)
  }
  return [
    '| runs | additions of a client | the twin takes | seeds | wall time against it | processor time against it | Node’s own |',
    '| --- | ---: | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ]
}

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-bench-'))
try {
  const tables = [...rates(folder), ...(fdbserver === undefined ? [] : await ratios(fdbserver))]
  if (!flags.small) write(tables)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function write(tables: readonly string[]): void {
  const path = join(checkout, 'docs', 'simulation.md')
  const page = readFileSync(path, 'utf8')
  const [begin, end] = MARKS.map((mark) => page.indexOf(mark)) as [number, number]
  if (begin < 0 || end < begin) throw new Error(`${path} has lost its marks`)
  const date = new Date().toISOString().slice(0, 10)
  const facts = `Measured on ${date}: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}.`
  const figures = [MARKS[0], '', facts, '', ...tables].join('\n')
  writeFileSync(path, page.slice(0, begin) + figures + page.slice(end))
}
