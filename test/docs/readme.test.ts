/** The figures of the README are those of docs/benchmarks.md, so that neither is measured anew without the other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8')

/** How many times the operations a second of the peer fdbkit has, in a row of the benchmark. */
function timesThePeer(row: string): number {
  const lines = read('docs/benchmarks.md').split('\n')
  const at = lines.findIndex((line) => line.startsWith(`| ${row} | fdbkit |`))
  const ratio = /\*\*([\d.]+)\*\*/.exec(lines[at + 1] ?? '')?.[1]
  if (ratio === undefined) throw new Error(`docs/benchmarks.md has no row ${row}`)
  return Number(ratio)
}

const readme = read('README.md').replace(/\s+/g, ' ')

it.each([
  ['get in own transactions, 100 in flight', (n: number) => `${n.toFixed(1)} times as many gets`],
  ['set and commit, 100 in flight', (n: number) => `${n.toFixed(1)} times as many commits`],
  ['range of 10,000, as an array', (n: number) => `10,000 rows ${n.toFixed(1)} times as fast`],
  ['get in one transaction, 1 in flight', (n: number) => `slower: ${n.toFixed(2)} of it`],
])('the README has the figure of: %s', (row, text) => {
  expect(readme).toContain(text(timesThePeer(row)))
})
