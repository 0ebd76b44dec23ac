/**
 * The trace of a simulation, fdbserver's or the engine's, in JSON lines: the life-cycle events in it, where they were
 * asked for with `--trace-events tasks`, and the simulator's own events as marks.
 */
import { checkText } from '../../native/values/arguments.ts'
import type { LifecycleType } from '../../future/wakers/lifecycle.ts'
import type { Mark, Trace, TraceEvent } from '../recording/trace.ts'
import { TraceFormatError } from './trace-file.ts'
import { EVENT_TYPES } from './trace-text.ts'

/** Events and marks that are kept at most, each. */
const MOST = 1_000_000
/** Characters of what a mark tells. */
const LONGEST = 300

type Line = Readonly<Record<string, string>>

/** What a field of an event may be: it is written as text. */
const PLAIN = new Set(['string', 'number', 'boolean'])

const OURS = 'FdbkitTask'
/** Told by the events of runs, too. */
const OF_TRANSACTIONS = 'FdbkitTransaction'
const TYPES: ReadonlyMap<string, LifecycleType> = new Map(
  EVENT_TYPES.map((type) => [`${OURS}${type[0]?.toUpperCase()}${type.slice(1)}`, type]),
)
/** What a mark says by its place, and real time, which differs from run to run. */
const HEAD = new Set(['Severity', 'Time', 'Type', 'Machine', 'ID', 'ThreadID', 'LogGroup', 'Roles'])
const UNSAID = new Set(['DateTime', 'OriginalDateTime', 'WorkloadClient'])

/** The text begins with an event of a simulator. */
export function isSimulatorTrace(text: string): boolean {
  const first = parsed(text.slice(0, Math.max(0, text.indexOf('\n'))))
  return first !== undefined && 'Type' in first && 'Time' in first
}

/**
 * The events of a simulation, in milliseconds of its clock.
 *
 * @throws TraceFormatError that names the first line which is wrong. A last line that was cut short is left out.
 * @example
 * const text = '{ "Severity": "10", "Time": "1.5", "Type": "FdbkitRecovery" }'
 * console.log(parseSimulatorTrace(text).marks?.[0]?.time) // 1500
 */
export function parseSimulatorTrace(text: string): Trace {
  checkText('text', text)
  const events: TraceEvent[] = []
  const marks: Mark[] = []
  let omitted = 0
  const lines = text.split('\n')
  lines.forEach((text, index) => {
    const line = parsed(text)
    if (line === undefined) {
      if (index === lines.length - 1) return
      throw new TraceFormatError(`line ${index + 1}: no event of a simulator`)
    }
    const type = TYPES.get(line['Type'] ?? '')
    if ((type === undefined ? marks : events).length >= MOST) omitted++
    else if (type === undefined) marks.push(markOf(line))
    else events.push(eventOf(line, type))
  })
  const beside = events.some(({ type }) => type === 'run')
    ? marks.filter(({ name }) => !name.startsWith(OF_TRANSACTIONS))
    : marks
  return { events, omitted, marks: beside }
}

function parsed(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value as Record<string, unknown>)
    if (!entries.every(([, field]) => PLAIN.has(typeof field))) return undefined
    // Without a prototype: what it inherits would be found as fields.
    const line = Object.create(null) as Record<string, string>
    for (const [name, field] of entries) line[name] = String(field)
    return line
  } catch {
    return undefined
  }
}

/** What is no number counts as 0: fdbserver's own events may have anything there. */
function number(line: Line, name: string, scale = 1): number {
  const value = Number(line[name] ?? 0) * scale
  return Number.isFinite(value) ? value : 0
}

function count(line: Line, name: string): number {
  const value = number(line, name)
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}
const timeOf = (line: Line): number => number(line, 'Time', 1000)

function markOf(line: Line): Mark {
  const details = Object.entries(line)
    .filter(([name]) => !HEAD.has(name) && !UNSAID.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
  const client = line['WorkloadClient']
  return {
    time: timeOf(line),
    lane: line['Machine'] ?? (client === undefined ? 'simulator' : `client ${client}`),
    name: line['Type'] ?? 'event',
    severity: number(line, 'Severity'),
    text: details.length > LONGEST ? `${details.slice(0, LONGEST)}…` : details,
  }
}

/** As src/simulation/trace/lifecycle-trace.ts writes it. */
function eventOf(line: Line, type: LifecycleType): TraceEvent {
  const text = (from: string, to: string): object => {
    const value = line[from]
    return value === undefined ? {} : { [to]: value }
  }
  return {
    type,
    taskId: count(line, 'Task'),
    futureId: count(line, 'Future'),
    refCount: count(line, 'References'),
    byTaskId: count(line, 'By'),
    place: line['Place'] ?? '',
    seq: count(line, 'Sequence'),
    time: timeOf(line),
    ...('Run' in line ? { runId: count(line, 'Run'), attempt: count(line, 'Attempt') } : {}),
    ...text('Name', 'name'),
    ...text('WaitsFor', 'waitsFor'),
    ...text('Operation', 'operation'),
    ...text('Key', 'key'),
    ...text('Error', 'error'),
    ...('WorkloadClient' in line ? { client: count(line, 'WorkloadClient') } : {}),
  }
}
