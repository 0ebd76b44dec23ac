/** The events of fdbserver's trace files, in JSON lines. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export type TraceEvent = Readonly<Record<string, string>>

/** What tells one run of a seed from another: the real clock. */
const REAL_TIME = new Set(['DateTime', 'OriginalDateTime'])
const ERROR = '40'
/** Every event of a workload has it. */
const OURS = 'WorkloadClient'

export interface RunEvents {
  readonly errors: readonly TraceEvent[]
  /** What workloads have traced, in order, as lines without real time. */
  readonly workloads: readonly string[]
  /** Findings of the oracle; those that are no errors, too. */
  readonly oracle: readonly TraceEvent[]
}

/** What the oracle has found. */
const FINDINGS = ['FdbkitOracleFinding', 'FdbkitOracleHazard']

export function isFinding(event: TraceEvent): boolean {
  return FINDINGS.includes(event['Type'] ?? '')
}

export function readEvents(folder: string): RunEvents {
  const errors: TraceEvent[] = []
  const workloads: string[] = []
  const oracle: TraceEvent[] = []
  for (const file of traceFiles(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const isError = line.includes(`"Severity": "${ERROR}"`)
      if (!isError && !line.includes(OURS)) continue
      const event = parse(line)
      if (event === undefined) continue
      if (event['Severity'] === ERROR) errors.push(event)
      if (isFinding(event)) oracle.push(event)
      if (OURS in event) workloads.push(printEvent(event))
    }
  }
  return { errors, workloads, oracle }
}

/** One line: time, type and details. */
export function printEvent(event: TraceEvent): string {
  const details = Object.entries(event)
    .filter(([key]) => !REAL_TIME.has(key) && !HEAD.has(key))
    .map(([key, value]) => `${key}=${value}`)
  return [event['Time'], event['Type'], ...details].join(' ')
}

const HEAD = new Set([
  'Backtrace',
  'Severity',
  'Time',
  'Type',
  'ID',
  'ThreadID',
  'LogGroup',
  'Roles',
  OURS,
])

/** A file that was cut short by a kill ends in half a line. */
function parse(line: string): TraceEvent | undefined {
  try {
    return JSON.parse(line) as TraceEvent
  } catch {
    return undefined
  }
}

/** In the order they were written: the number at the end counts, also above nine. */
export function traceFiles(folder: string): string[] {
  const number = (name: string): number => Number(/\.(\d+)\.json$/.exec(name)?.[1] ?? 0)
  return readdirSync(folder)
    .filter((name) => name.startsWith('trace.') && name.endsWith('.json'))
    .sort((a, b) => number(a) - number(b))
}
