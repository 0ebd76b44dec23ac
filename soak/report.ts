/** The lines and tables that a soak prints. */
import type { Tally } from './lanes.ts'
import { mebibytes, type Sample } from './soak.ts'

const COLUMNS: readonly (readonly [title: string, of: (sample: Sample) => string])[] = [
  ['minutes', ({ minutes }) => minutes.toFixed(1)],
  ['operations', ({ operations }) => operations.toLocaleString('en')],
  ['a second', ({ perSecond }) => Math.round(perSecond).toLocaleString('en')],
  ['resident MiB', ({ resident }) => mebibytes(resident)],
  ['heap MiB', ({ heap }) => mebibytes(heap)],
  ['handles', ({ handles }) => String(handles)],
  ['slots', ({ slots }) => String(slots)],
  ['descriptors', ({ descriptors }) => String(descriptors ?? '-')],
  ['threads', ({ threads }) => String(threads ?? '-')],
]

const WIDTH = 12
const row = (cells: readonly string[]): string =>
  cells.map((cell) => cell.padStart(WIDTH)).join(' ')

export const heading = row(COLUMNS.map(([title]) => title))
export const lineOf = (sample: Sample): string => row(COLUMNS.map(([, of]) => of(sample)))

/** A line an operation: how often it ended in each way. */
export function tallyTable(tally: Tally): string {
  const names = [...tally.keys()].sort()
  const longest = Math.max(...names.map((name) => name.length))
  return names.map((name) => `${name.padEnd(longest)}  ${outcomesOf(tally, name)}`).join('\n')
}

function outcomesOf(tally: Tally, name: string): string {
  const outcomes = [...(tally.get(name) ?? [])].sort(([, a], [, b]) => b - a)
  return outcomes.map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`).join(', ')
}
