// Ways to write a trace down, and to read it.
/** Traces as JSON lines: a header that says what it is, then an event a line. */
import type { Trace, TraceEvent } from '../recording/trace.ts'
import { EVENT_TYPES } from './trace-text.ts'
import { brand } from '../../native/values/kinds.ts'

/**
 * Somebody gave a file that is no trace, or a damaged one. The message names the line.
 *
 * @example
 * try {
 *   parseTrace('not a trace')
 * } catch (error) {
 *   if (error instanceof TraceFormatError) console.error(error.message)
 * }
 */
export class TraceFormatError extends Error {
  override name = 'TraceFormatError'
}

brand(TraceFormatError, 'TraceFormatError')

const VERSION = 2

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES)

/**
 * A trace as text: a header line, then an event a line, each of them JSON.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * const text = formatTrace(recorder.stop()) // for a file, and for `fdbkit trace view FILE`
 */
export function formatTrace(trace: Trace): string {
  const header = { fdbkit: 'trace', version: VERSION, omitted: trace.omitted }
  return [header, ...trace.events].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/**
 * The trace in a text that `formatTrace` made.
 *
 * @throws TraceFormatError that names the first line which is wrong.
 * @example
 * const text = formatTrace({ events: [], omitted: 0 })
 * console.log(parseTrace(text).events.length) // 0
 */
export function parseTrace(text: string): Trace {
  const lines = text.split('\n')
  const header = parseLine(lines[0] ?? '', 1)
  if (header['fdbkit'] !== 'trace') {
    throw new TraceFormatError('line 1: this is no fdbkit trace: the header is missing')
  }
  if (header['version'] !== VERSION) {
    throw new TraceFormatError(
      `line 1: version ${String(header['version'])} of the format; this fdbkit reads version ${VERSION}`,
    )
  }
  if (lines.at(-1) === '') lines.pop()
  const events = lines.slice(1).map((line, index) => parseEvent(line, index + 2))
  return { events, omitted: Number(header['omitted'] ?? 0) }
}

function parseLine(line: string, number: number): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TraceFormatError(`line ${number}: not JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TraceFormatError(`line ${number}: not a JSON object`)
  }
  return value as Record<string, unknown>
}

const NUMBERS = ['taskId', 'byTaskId', 'futureId', 'refCount', 'seq', 'time'] as const
const SOME_NUMBERS = ['runId', 'attempt'] as const
const SOME_TEXTS = ['name', 'waitsFor', 'operation', 'key', 'error'] as const

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isText = (value: unknown): boolean => typeof value === 'string'

function checkFields(
  event: Readonly<Record<string, unknown>>,
  line: number,
  names: readonly string[],
  isRight: (value: unknown) => boolean,
  what: string,
): void {
  for (const name of names) {
    if (!isRight(event[name])) throw new TraceFormatError(`line ${line}: "${name}" must be ${what}`)
  }
}

function parseEvent(line: string, number: number): TraceEvent {
  const event = parseLine(line, number)
  if (typeof event['type'] !== 'string' || !TYPES.has(event['type'])) {
    throw new TraceFormatError(
      `line ${number}: "type" is no event: ${JSON.stringify(event['type'])}`,
    )
  }
  checkFields(event, number, NUMBERS, isNumber, 'a number')
  checkFields(event, number, ['place'], isText, 'a string')
  checkFields(
    event,
    number,
    SOME_NUMBERS.filter((name) => name in event),
    isNumber,
    'a number',
  )
  checkFields(
    event,
    number,
    SOME_TEXTS.filter((name) => name in event),
    isText,
    'a string',
  )
  return event as unknown as TraceEvent
}
