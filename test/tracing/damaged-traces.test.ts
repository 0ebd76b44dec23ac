// Trace files come from elsewhere: whatever is in one, reading it gives a trace that all else can use, or a TraceFormatError.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chromeTrace,
  findingsOf,
  formatTrace,
  parseSimulatorTrace,
  parseTrace,
  timelineOf,
  tracePage,
  type Trace,
  TraceFormatError,
  TraceRecorder,
  traceText,
} from '../../src/tracing/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { Runtime } from '../../src/task/index.ts'
import { busyProgram } from './busy-program.ts'

function recorded(): Trace {
  using recorder = new TraceRecorder()
  const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
  busyProgram(runtime)
  runtime.dispose()
  const { events } = recorder.stop()
  return { events: events.slice(0, 60), omitted: 0 }
}

const LINES = formatTrace(recorded()).trimEnd().split('\n')
const SIMULATED = [
  '{ "Severity": "10", "Time": "1.5", "Type": "FdbkitTaskSpawn", "Machine": "1", "Task": "1", "Name": "a" }',
  '{ "Severity": "10", "Time": "1.6", "Type": "FdbkitTaskPoll", "Machine": "1", "Task": "1", "Future": "2" }',
  '{ "Severity": "30", "Time": "2", "Type": "FdbkitTransactionFailed", "WorkloadClient": "0", "Key": "k" }',
  '{ "Severity": "10", "Time": "3", "Type": "FdbkitTaskRun", "Run": "1", "Attempt": "1", "Error": "e" }',
]

const NAMES = [
  ...new Set([...LINES, ...SIMULATED].flatMap((line) => Object.keys(JSON.parse(line) as object))),
  ...[
    'decrease',
    'error',
    'key',
    'runId',
    'attempt',
    'operation',
    'toString',
    '__proto__',
    'length',
  ],
]

/** Text of JSON that only a parser without recursion survives. */
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

/** What a field may have been made into. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, {}, [], '', '\0', -1, 1.5, 1e308, -0, true, 'NaN', '1e999'),
  fc.constantFrom<unknown>({ toString: 1 }, { valueOf: {}, toString: {} }, { length: -1 }),
  fc.constant(2 ** 53),
  fc.string({ unit: 'binary' }),
)

interface Damage {
  readonly line: number
  readonly name: string
  readonly value: unknown
  readonly how: 'set' | 'remove' | 'replace line' | 'cut' | 'repeat' | 'drop line'
}

const damage: fc.Arbitrary<Damage> = fc.record({
  line: fc.nat(),
  name: fc.oneof(fc.constantFrom(...NAMES), fc.string()),
  value: anything,
  how: fc.constantFrom('set', 'set', 'set', 'remove', 'replace line', 'cut', 'repeat', 'drop line'),
})

function damaged(lines: readonly string[], damages: readonly Damage[]): string {
  const changed = [...lines]
  for (const { line, name, value, how } of damages) {
    const at = line % changed.length
    const text = changed[at]!
    changed.splice(at, 1, ...changedLine(text, name, value, how, line))
    if (changed.length === 0) changed.push('')
  }
  return changed.join('\n')
}

function changedLine(
  text: string,
  name: string,
  value: unknown,
  how: Damage['how'],
  drawn: number,
): string[] {
  if (how === 'drop line') return []
  if (how === 'repeat') return [text, text]
  if (how === 'cut') return [text.slice(0, drawn % (text.length + 1))]
  if (how === 'replace line') return [JSON.stringify(value)]
  let event: Map<string, unknown>
  try {
    event = new Map(Object.entries(JSON.parse(text) as object))
  } catch {
    return [text]
  }
  if (how === 'remove') event.delete(name)
  else event.set(name, value)
  // Not as an object, which has no field called __proto__.
  const fields = [...event].map(([key, field]) => `${JSON.stringify(key)}:${JSON.stringify(field)}`)
  return [`{${fields.join(',')}}`]
}

/** The trace, where it is one: then all that takes a trace does its work. */
function use(parse: (text: string) => Trace, text: string): void {
  let trace: Trace
  try {
    trace = parse(text)
  } catch (error) {
    expect(error).toBeInstanceOf(TraceFormatError)
    const { message } = error as Error
    expect(message).toMatch(/^line \d+: /)
    expect(message.length).toBeLessThan(200)
    return
  }
  expect(Number.isSafeInteger(trace.omitted) && trace.omitted >= 0).toBe(true)
  const again = parseTrace(formatTrace(trace))
  expect(again.events).toEqual(trace.events)
  const timeline = timelineOf(trace)
  findingsOf(timeline)
  traceText(trace.events, { tasks: true })
  JSON.parse(chromeTrace(trace))
  expect(tracePage(trace, 'a trace')).toContain('<html')
}

describe('a damaged trace file', () => {
  test('of a process', () => {
    const property = fc.property(fc.array(damage, { minLength: 0, maxLength: 4 }), (damages) =>
      use(parseTrace, damaged(LINES, damages)),
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('of a simulator', () => {
    const property = fc.property(fc.array(damage, { minLength: 0, maxLength: 4 }), (damages) =>
      use(parseSimulatorTrace, damaged(SIMULATED, damages)),
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('each field of a header and of an event, made into each kind of thing', () => {
    const header = JSON.parse(LINES[0]!) as object
    const event = JSON.parse(LINES[1]!) as object
    const values: unknown[] = [
      null,
      {},
      [],
      '',
      'x',
      -1,
      1.5,
      true,
      { toString: 1 },
      { length: 1 },
      DEEP,
    ]
    for (const value of values) {
      const text = value === DEEP ? DEEP : JSON.stringify(value)
      for (const name of [...Object.keys(header), 'omitted']) {
        use(
          parseTrace,
          `${JSON.stringify({ ...header, [name]: 0 }).replace(`"${name}":0`, `"${name}":${text}`)}\n`,
        )
      }
      for (const name of NAMES) {
        const line = JSON.stringify({ ...event, [name]: 0 }).replace(
          `"${name}":0`,
          `"${name}":${text}`,
        )
        use(parseTrace, `${LINES[0]!}\n${line}\n`)
        use(parseSimulatorTrace, `${line}\n`)
      }
    }
  })

  test('what is no text at all', () => {
    for (const given of [undefined, null, 1, {}, Buffer.from('')]) {
      expect(() => parseTrace(given as never)).toThrow(/^text must be a string/)
    }
  })
})
