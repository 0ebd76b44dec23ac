/** `docs/benchmarks.md`, written by the run. */
import { existsSync, readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { CLUSTER_GOALS, ENGINE_GOALS, verdictsOn, type Verdict } from './goals.ts'
import { checkout } from './places.ts'
import type { Row, Who } from './rows.ts'
import type { Effort, Figures, RowResult } from './run-row.ts'
import type { ServerFacts } from './server-facts.ts'
import type { Spread } from './statistics.ts'

export interface PageFacts {
  readonly effort: Effort
  /** The whole command, as it would be typed. */
  readonly command: string
  /** ISO date. */
  readonly date: string
  readonly chart: string
  /** Of a cluster. */
  readonly server?: ServerFacts | undefined
}

const NAMES: Record<Who, string> = { fdbkit: 'fdbkit', peer: 'peer', c: 'C' }

/** Tuples have a peer of their own, and tasks what Node has for the same. */
const nameOf = (who: Who, { program }: Row): string => {
  if (who !== 'peer') return NAMES[who]
  return program === 'tuple' ? '`fdb-tuple`' : program === 'tasks' ? 'Node' : NAMES.peer
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** Three digits that count. */
function brief(value: number): string {
  if (value >= 1000) return whole(value)
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)

function ratio(spread: Spread | undefined): string {
  if (spread === undefined) return ''
  const { median, least, most } = spread
  return `**${brief(median)}** (${brief(least)} to ${brief(most)})`
}

function lineOf({ row, figures, ratios }: RowResult): string[] {
  return row.contenders.map((who, i) => {
    const own = figures[who] as Figures
    const growth = own.growth === undefined ? '' : ` (+${(own.growth * 100).toFixed(1)} %)`
    const cells = [
      i === 0 ? row.name + (row.unit === undefined ? '' : ` (${row.unit} an operation)`) : '',
      nameOf(who, row),
      brief(own.perSecond),
      brief(own.cpuMicros),
      brief(own.p50),
      brief(own.p99),
      brief(own.p999),
      megabytes(own.peakBytes) + growth,
      who === 'fdbkit' ? '' : ratio(ratios[who]),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

const HEAD = [
  '| row | who | a second | CPU us | p50 us | p99 us | p999 us | peak MB | fdbkit for one of it |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
]

function groups(results: readonly RowResult[]): string[] {
  const names = [...new Set(results.map(({ row }: { row: Row }) => row.group))]
  return names.flatMap((name) => [
    `### ${name}`,
    '',
    ...HEAD,
    ...results.filter(({ row }) => row.group === name).flatMap(lineOf),
    '',
  ])
}

const MEASURES = {
  rate: 'operations a second',
  cpu: 'CPU us',
  p50: 'p50',
  memory: 'peak memory',
  growth: 'growth of the peak after the first million',
} as const

function goalLine({ goal, row, value, holds }: Verdict): string {
  const { measure, against, atLeast, atMost, otherwise } = goal
  const other = against === undefined ? '' : row.includes('pack ') ? '`fdb-tuple`' : NAMES[against]
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  const verdict = holds ? 'holds' : `**does not hold**${otherwise ? `: ${otherwise}` : ''}`
  const what = `${MEASURES[measure]}${other === '' ? '' : `, for one of ${other}`}`
  return `| ${row} | ${what} | ${wanted} | ${brief(value)} | ${verdict} |`
}

function goals(results: readonly RowResult[], cluster: string | undefined): string[] {
  const verdicts = verdictsOn(cluster === undefined ? ENGINE_GOALS : CLUSTER_GOALS, results)
  if (verdicts.length === 0) return []
  return [
    '## Goals',
    '',
    '| row | measure | goal | median | |',
    '| --- | --- | --- | ---: | --- |',
    ...verdicts.map(goalLine),
    '',
  ]
}

function versionOf(name: string): string {
  const path = join(checkout, 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

/** Each page links the other one, where there is one. */
function cpuNote(server: ServerFacts | undefined): string[] {
  const first =
    'operations a second in the same round; behind it the lowest and the highest. CPU is that of the whole process for one'
  if (server === undefined) {
    const onCluster = existsSync(join(checkout, 'docs', 'benchmarks-cluster.md'))
      ? ['[On a cluster](benchmarks-cluster.md) the server has a process of its own.']
      : []
    return [
      first,
      'operation: on the engine, which is in the process, with what a server would do.',
      ...onCluster,
    ]
  }
  return [
    first,
    'operation: that of the client, with the network thread of `libfdb_c`. [On the engine](benchmarks.md) there is no server.',
  ]
}

function serverLines(server: ServerFacts | undefined): string[] {
  if (server === undefined) return []
  const { versions, processes, configuration } = server
  return [
    `| FoundationDB | ${versions.join(', ')}, ${configuration}, ${processes} process${processes === 1 ? '' : 'es'} |`,
  ]
}

export function pageOf(results: readonly RowResult[], facts: PageFacts): string {
  const { effort, command, date, chart, server } = facts
  const [cpu] = cpus()
  return [
    server === undefined ? '# Benchmarks' : '# Benchmarks on a cluster',
    '',
    `Written by \`${command}\` on ${date}; don't edit it by hand. Each row was measured in ${effort.rounds} rounds of`,
    `${effort.seconds} s, in which fdbkit, the npm package \`foundationdb\` ${versionOf('foundationdb')} (the peer) and a C program of ours on the raw`,
    `C API took turns, each in a process of its own, on ${server === undefined ? 'the embedded engine' : 'a cluster on the same machine'}. Figures are medians of the rounds. A ratio is of`,
    ...cpuNote(server),
    '',
    '| machine | |',
    '| --- | --- |',
    `| processor | ${cpus().length} x ${cpu?.model ?? 'unknown'} |`,
    `| memory | ${(totalmem() / 2 ** 30).toFixed(0)} GiB |`,
    `| system | ${process.platform} ${release()}, ${process.arch} |`,
    `| Node | ${process.version} |`,
    ...serverLines(server),
    '',
    `![how many times as fast as each other](${chart})`,
    '',
    ...goals(results, effort.cluster),
    '## Rows',
    '',
    ...groups(results),
  ].join('\n')
}
