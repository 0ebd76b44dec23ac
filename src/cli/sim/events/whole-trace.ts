/** All events of a simulation, fdbserver's own too, as lines that are equal for equal simulations. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { traceFiles } from './trace-events.ts'

/** Counted or measured in the process that simulates, not in the simulation. */
const MEASURED_EVENTS = new Set([
  'GetMagazineSample',
  'HugeArenaSample',
  'MachineLoadDetail',
  'MachineMetrics',
  'MemoryMetrics',
  'ProcessMetrics',
  'SimpleCounters',
])
/** Real time, and where things are in memory. */
const MEASURED_DETAILS = new Set([
  'ActualTime',
  'Backtrace',
  'DateTime',
  'Elapsed',
  'IAsyncFile',
  'MonotonicTime',
  'OriginalDateTime',
  'RealTime',
  'Sqlite3File',
  'This',
])
/** Marks the events of workloads; the twin in C++ leaves it empty. */
const MARK = 'WorkloadClient'
/** Ids for debugging, which fdbserver draws outside of the simulation. */
const ID = /\b[0-9a-f]{16}\b/g
const ADDRESS = /\b0x[0-9a-f]{6,}\b/g
/** The folder that the simulation runs in. */
const FOLDER = /\btmp[/_]fdbkit-sim-\w{7}-\w{5}-\w{7}-\w{6}/g

/** @param folder where the trace files are. */
export function wholeTrace(folder: string): string[] {
  return traceFiles(folder).flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8')))
}

function linesOf(text: string): string[] {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const event = JSON.parse(line) as Record<string, string>
    if (MEASURED_EVENTS.has(event['Type'] ?? '')) continue
    const details = Object.entries(event).filter(
      ([name]) => !MEASURED_DETAILS.has(name) && name !== MARK,
    )
    const shown = details.map(([name, value]) => `${name}=${value}`).join(' ')
    lines.push(shown.replace(ID, '#').replace(ADDRESS, '0x').replace(FOLDER, '.'))
  }
  return lines
}

export interface Difference {
  /** Counts from 0. */
  readonly line: number
  /** Undefined: there are no more lines. */
  readonly one: string | undefined
  readonly other: string | undefined
}

/** The first line in which they differ, and both; undefined when they are equal. */
export function firstDifference(
  one: readonly string[],
  other: readonly string[],
): Difference | undefined {
  const length = Math.max(one.length, other.length)
  for (let line = 0; line < length; line++) {
    if (one[line] !== other[line]) return { line, one: one[line], other: other[line] }
  }
  return undefined
}
