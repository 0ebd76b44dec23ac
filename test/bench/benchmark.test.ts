// The benchmark as a whole, in its smallest sizes: that it runs, not how fast.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chartOf } from '../../bench/harness/chart.ts'
import { pageOf } from '../../bench/harness/page.ts'
import { ROWS } from '../../bench/harness/rows.ts'
import type { Effort, RowResult } from '../../bench/harness/run-row.ts'
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
  const chart = chartOf(results)
  for (const { row } of results) {
    expect(page).toContain(`| ${row.name} `)
    expect(chart).toContain(row.name)
  }
  expect(chart).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  expect(chart).toContain('prefers-color-scheme: dark')
})

test('rows that there are not are an error', async () => {
  const { code, text } = await bench('--only', 'no such row')
  expect(code).toBe(1)
  expect(text).toContain('no row has "no such row" in its name')
})
