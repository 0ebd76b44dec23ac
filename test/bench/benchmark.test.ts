// The benchmark as a whole, in its smallest sizes: that it runs, not how fast.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chartOf } from '../../bench/harness/chart.ts'
import { pageOf } from '../../bench/harness/page.ts'
import { CLUSTER_GOALS, ENGINE_GOALS, verdictsOn } from '../../bench/harness/goals.ts'
import { ROWS } from '../../bench/harness/rows.ts'
import type { Effort, Figures, RowResult } from '../../bench/harness/run-row.ts'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-bench-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function bench(...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const program = join(packageRoot(), 'scripts', 'bench.mjs')
    const child = spawn(process.execPath, [program, ...args])
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

test('every kind of row runs with every contender, and makes a page and a chart', async () => {
  const json = join(folder, 'figures.json')
  const { code, text } = await bench('--quick', '--json', json)
  expect(code, text).toBe(0)
  const { results, effort } = JSON.parse(readFileSync(json, 'utf8')) as {
    results: RowResult[]
    effort: Effort
  }
  const kind = (row: { program: string; row: string }): string =>
    `${row.program} ${row.row.split(':')[0]}`
  const kinds = new Set(ROWS.map(kind))
  expect(new Set(results.map(({ row }) => kind(row)))).toEqual(kinds)
  for (const { row, figures, ratios } of results) {
    expect(Object.keys(figures), row.name).toEqual(row.contenders)
    for (const figure of Object.values(figures)) {
      expect(figure.perSecond, row.name).toBeGreaterThan(0)
      expect(figure.peakBytes, row.name).toBeGreaterThan(0)
    }
    for (const { least, median, most } of Object.values(ratios)) {
      expect(least).toBeGreaterThan(0)
      expect(median).toBeGreaterThanOrEqual(least)
      expect(most).toBeGreaterThanOrEqual(median)
    }
  }
  const page = pageOf(results, { effort, command: 'npm run bench', date: '', chart: 'chart.svg' })
  const server = { versions: ['7.4.6'], processes: 1, configuration: 'single memory' }
  const onCluster = pageOf(results, {
    effort: { ...effort, cluster: 'fdb.cluster' },
    command: 'npm run bench -- --cluster FILE',
    date: '',
    chart: 'chart.svg',
    server,
  })
  expect(onCluster).toContain('](benchmarks.md)')
  expect(onCluster).toContain('| FoundationDB | 7.4.6, single memory, 1 process |')
  const chart = chartOf(results)
  for (const { row } of results) {
    expect(page).toContain(`| ${row.name} `)
    expect(chart).toContain(row.name)
  }
  expect(chart).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  expect(chart).toContain('prefers-color-scheme: dark')
})

test('every goal is one of a row that there is', () => {
  const names = new Set(ROWS.map(({ name }) => name))
  for (const { rows, theirRow } of [...ENGINE_GOALS, ...CLUSTER_GOALS]) {
    for (const row of [...rows, theirRow ?? rows[0]]) expect(names).toContain(row)
  }
})

test('a goal holds or not by the median of its rounds', () => {
  const row = ROWS.find(({ name }) => name === 'set and commit, 100 in flight')!
  const figures = (perSecond: number, cpuMicros: number): Figures => ({
    perSecond,
    cpuMicros,
    p50: 1,
    p99: 1,
    p999: 1,
    peakBytes: 1,
  })
  const of = (rate: number, cpuMicros: number): RowResult => ({
    row,
    figures: { fdbkit: figures(rate * 100, cpuMicros), c: figures(100, 2) },
    ratios: { c: { least: 0, median: rate, most: 9 } },
  })
  const verdicts = (result: RowResult): [number, boolean][] =>
    verdictsOn(CLUSTER_GOALS, [result]).map(({ value, holds }) => [value, holds])
  expect(verdicts(of(0.97, 2.4))).toEqual([
    [0.97, true],
    [1.2, true],
  ])
  expect(verdicts(of(0.96, 2.5))).toEqual([
    [0.96, false],
    [1.25, false],
  ])
})

test('rows that there are not are an error', async () => {
  const { code, text } = await bench('--only', 'no such row')
  expect(code).toBe(1)
  expect(text).toContain('no row has "no such row" in its name')
})
