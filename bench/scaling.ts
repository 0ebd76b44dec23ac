/**
 * How the cost of operations grows, measured and modelled: `npm run bench:scaling [-- --seconds N] [--cluster FILE] [--small]
 * [--only TITLE]` prints a table a law, and writes them into `docs/scaling.md`, between its marks. `--small` sees that it runs,
 * and `--only` shows the laws whose title begins so: they write nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ContenderProcess } from './harness/contender-process.ts'
import { checkout } from './harness/places.ts'
import { LAWS, fit, predicted, type Law } from './harness/scaling-laws.ts'
import { spreadOf } from './harness/statistics.ts'

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.5' },
    cluster: { type: 'string' },
    small: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
const ROUNDS = 3
const MARKS = ['<!-- figures -->', '<!-- end of figures -->'] as const

async function costAt(law: Law, n: number): Promise<number> {
  const row = { ...law.rowOf(n), name: law.title, group: '', contenders: ['fdbkit'] as const }
  const contender = new ContenderProcess(row, 'fdbkit', flags.cluster)
  try {
    const seconds = flags.small ? 0.001 : Number(flags.seconds)
    const costs: number[] = []
    // The first round warms up. What is held is held after it, so memory is that of any round.
    for (let round = 0; round <= (flags.small ? 0 : ROUNDS); round++) {
      const cost = law.costOf(await contender.round(seconds))
      if (round > 0 || flags.small) costs.push(cost)
    }
    return spreadOf(costs).median
  } finally {
    await contender.end()
  }
}

const list = new Intl.ListFormat('en')
const brief = (value: number): string =>
  value.toLocaleString(
    'en',
    value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  )

async function tableOf(law: Law): Promise<string> {
  const points = flags.small ? law.points.map((n) => Math.min(n, 20)) : law.points
  const costs = new Map<number, number>()
  for (const [i, n] of points.entries()) costs.set(law.points[i] as number, await costAt(law, n))
  const constants = fit(law, costs)
  const lines = law.points.map((n) => {
    const [measured, said] = [costs.get(n) as number, predicted(law, constants, n)]
    const isFitted = law.fittedTo.includes(n)
    const off = isFitted ? 'fitted' : `${((said / measured - 1) * 100).toFixed(0)} %`
    return `| ${n.toLocaleString('en')} | ${brief(measured)} | ${brief(said)} | ${off} |`
  })
  return [
    `### ${law.title}`,
    '',
    `\`${law.formula}\` with ${list.format(constants.map(brief))}. ${law.meaning}`,
    '',
    `| ${law.grows} | ${law.unit} | the law says | off by |`,
    '| ---: | ---: | ---: | ---: |',
    ...lines,
    '',
  ].join('\n')
}

const wanted = LAWS.filter(({ title }) => title.startsWith(flags.only))
if (wanted.length === 0) {
  throw new Error(`--only begins one of ${list.format(LAWS.map(({ title }) => title))}`)
}
const tables: string[] = []
for (const law of wanted) {
  const table = await tableOf(law)
  console.log(table)
  tables.push(table)
}
if (!flags.small && flags.only === '') {
  const path = join(checkout, 'docs', 'scaling.md')
  const page = readFileSync(path, 'utf8')
  const [begin, end] = MARKS.map((mark) => page.indexOf(mark)) as [number, number]
  if (begin < 0 || end < begin) throw new Error(`${path} has lost its marks`)
  const date = new Date().toISOString().slice(0, 10)
  const facts = `Measured on ${date}: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, ${
    flags.cluster === undefined ? 'the embedded engine' : 'a cluster'
  }.`
  const figures = [MARKS[0], '', facts, '', ...tables].join('\n')
  writeFileSync(path, page.slice(0, begin) + figures + page.slice(end))
}
