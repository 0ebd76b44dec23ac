// Ways to write a trace down, and to read it.
/** Traces as JSON lines: a header that says what it is, then an event a line. */
import { checkText } from '../../native/values/arguments.ts'
import { checkTrace, type Trace, type TraceEvent } from '../recording/trace.ts'
import { EVENT_TYPES } from './trace-text.ts'
import { brand } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

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
  checkTrace('trace', trace)
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
  checkText('text', text)
  const lines = text.split('\n')
  const header = parseLine(lines[0] ?? '', 1)
  if (header['fdbkit'] !== 'trace') {
    throw new TraceFormatError('line 1: this is no fdbkit trace: the header is missing')
  }
  if (header['version'] !== VERSION) {
    throw new TraceFormatError(
      `line 1: version ${shown(header['version'])} of the format; this fdbkit reads version ${VERSION}`,
    )
  }
  const { omitted = 0 } = header
  if (!COUNT.isRight(omitted)) throw wrongField(1, 'omitted', COUNT, omitted)
  if (lines.at(-1) === '') lines.pop()
  const events = lines.slice(1).map((line, index) => parseEvent(line, index + 2))
  return { events, omitted: omitted as number }
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

/** What a field may be. */
interface Field {
  readonly isRight: (value: unknown) => boolean
  readonly what: string
  /** It may be left out. */
  readonly isOptional?: true
}

const COUNT: Field = {
  isRight: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  what: 'an integer from 0',
}
const NUMBER: Field = { isRight: Number.isFinite, what: 'a number' }
const TEXT: Field = { isRight: (value) => typeof value === 'string', what: 'a string' }
const FLAG: Field = { isRight: (value) => typeof value === 'boolean', what: 'true or false' }
const TYPE: Field = { isRight: (value) => TYPES.has(value as string), what: 'that of an event' }

const optional = (field: Field): Field => ({ ...field, isOptional: true })

/** All that an event may have. */
const FIELDS: Readonly<Record<keyof TraceEvent, Field>> = {
  type: TYPE,
  taskId: COUNT,
  byTaskId: COUNT,
  futureId: COUNT,
  refCount: COUNT,
  seq: COUNT,
  time: NUMBER,
  place: TEXT,
  runId: optional(COUNT),
  attempt: optional(COUNT),
  decrease: optional(FLAG),
  name: optional(TEXT),
  waitsFor: optional(TEXT),
  operation: optional(TEXT),
  key: optional(TEXT),
  error: optional(TEXT),
  client: optional(COUNT),
}

/** Fields that it doesn't know are those of a later release, and left out. */
function parseEvent(line: string, number: number): TraceEvent {
  const found = parseLine(line, number)
  const event: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(FIELDS)) {
    const value = found[name]
    if (value === undefined && field.isOptional === true) continue
    if (!field.isRight(value)) throw wrongField(number, name, field, value)
    event[name] = value
  }
  return event as unknown as TraceEvent
}

function wrongField(line: number, name: string, { what }: Field, value: unknown): TraceFormatError {
  return new TraceFormatError(`line ${line}: "${name}" must be ${what}, not ${shown(value)}`)
}

/** A value of JSON in a few characters: it may be as large and as deep as the file. */
