/**
 * The benchmark: fdbkit beside the peer and beside C, in one run.
 *
 *     npm run bench [-- --json FILE] [--only NAME] [--cluster FILE] [--quick]
 *
 * `--only` takes the rows whose name or group has this text, and writes no page. `--quick` has short rounds, small sizes and one
 * row of each kind, to see that all of it runs; it writes no page either, since its figures say nothing. With `--cluster` only
 * the rows are measured in which a server has a part, and the page is `docs/benchmarks-cluster.md`.
 */
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { chartOf } from './harness/chart.ts'
import { pageOf } from './harness/page.ts'
import { checkout } from './harness/places.ts'
import { asksAServer, ROWS, type Row } from './harness/rows.ts'
import { runRow, type Effort, type RowResult } from './harness/run-row.ts'
import { askServer } from './harness/server-facts.ts'

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    cluster: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
})

/** Enough of each to see that it runs. */
const SMALL = 100

const effort: Effort = {
  rounds: Number(flags.rounds ?? (flags.quick ? 1 : 5)),
  seconds: Number(flags.seconds ?? (flags.quick ? 0.01 : 1)),
  cluster: flags.cluster,
}

function chosen(): readonly Row[] {
  const text = flags.only?.toLowerCase()
  const all = flags.cluster === undefined ? ROWS : ROWS.filter(asksAServer)
  const rows =
    text === undefined
      ? all
      : all.filter(({ name, group }) => `${group}: ${name}`.toLowerCase().includes(text))
  if (rows.length === 0) throw new Error(`no row has ${JSON.stringify(flags.only)} in its name`)
  return flags.quick ? rows.filter(isFirstOfItsKind).map(small) : rows
}

/** What a contender does the same way in another size, or with other tuples, is tried once. */
function isFirstOfItsKind(row: Row, at: number, rows: readonly Row[]): boolean {
  const kindOf = ({ program, row: name }: Row): string => `${program} ${name.split(':')[0]}`
  return rows.findIndex((other) => kindOf(other) === kindOf(row)) === at
}

const small = (row: Row): Row => ({
  ...row,
  lanes: Math.min(row.lanes, SMALL),
  size: Math.min(row.size, SMALL),
})

function tell({ row, figures, ratios }: RowResult): void {
  const rates = row.contenders.map(
    (who) => `${who} ${Math.round(figures[who]?.perSecond ?? 0).toLocaleString('en')}`,
  )
  const against = Object.entries(ratios).map(
    ([who, { median }]) => `${median.toFixed(2)} of ${who}`,
  )
  console.log(`${row.name}: ${rates.join(', ')} a second; ${against.join(', ')}`)
}

// Before the rows: a cluster that doesn't answer is known at once.
const server = flags.cluster === undefined ? undefined : await askServer(flags.cluster)
const results: RowResult[] = []
for (const row of chosen()) {
  const result = await runRow(row, effort)
  tell(result)
  results.push(result)
}
if (flags.json !== undefined) {
  writeFileSync(
    flags.json,
    `${JSON.stringify({ effort, node: process.version, results }, null, 2)}\n`,
  )
}
if (flags.only === undefined && !flags.quick) {
  const name = flags.cluster === undefined ? 'benchmarks' : 'benchmarks-cluster'
  const chart = join(checkout, 'docs', `${name}.svg`)
  writeFileSync(chart, chartOf(results))
  const page = join(checkout, 'docs', `${name}.md`)
  const command = `npm run bench${flags.cluster === undefined ? '' : ' -- --cluster FILE'}`
  const date = new Date().toISOString().slice(0, 10)
  writeFileSync(page, pageOf(results, { effort, command, date, chart: `${name}.svg`, server }))
  console.log(`wrote ${relative(process.cwd(), page)}`)
}
