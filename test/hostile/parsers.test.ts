/**
 * What people, servers and other processes wrote, damaged at random: a reader gives a result, or the one error that its docs name,
 * and nothing else. `FDBKIT_EXECUTIONS=10000000` is for a long search.
 */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/ground/errors.ts'
import { parseLine } from '../../src/cli/shell/grammar/parse-command.ts'
import { ShellSyntaxError } from '../../src/cli/shell/notation/syntax-error.ts'
import { readEvents } from '../../src/cli/sim/events/trace-events.ts'
import { planOf } from '../../src/cli/sim/run/test-spec.ts'
import { FailuresFile } from '../../src/cli/sim/seeds/failures-file.ts'
import { parseSmallProgram } from '../../src/cli/sim/shrink/small-program.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { Runtime } from '../../src/task/index.ts'
import { busyProgram } from '../tracing/busy-program.ts'
import { tuple, TupleError } from '../../src/index.ts'
import { parseOption } from '../../src/simulation/author/option-values.ts'
import { parseTraceEvents } from '../../src/simulation/process/settings.ts'
import {
  formatTrace,
  parseSimulatorTrace,
  parseTrace,
  TraceFormatError,
  TraceRecorder,
} from '../../src/tracing/index.ts'

const EXECUTIONS = Number(process.env['FDBKIT_EXECUTIONS'] ?? 1_000)
/** Files are slower, and what they add is how they are read. */
const OF_FILES = Math.ceil(EXECUTIONS / 10)

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-parsers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

interface Reader {
  readonly name: string
  /** Right ones. */
  readonly texts: readonly string[]
  readonly read: (text: string) => unknown
  /** What it may throw. */
  readonly error: new (...args: never[]) => Error
  readonly runs?: number
}

const SPEC = `[configuration]
buggify = false
[[test]]
testTitle = 'bank'
runConsistencyCheck = false
  [[test.workload]]
  testName = 'External'
  useCAPI = true
  libraryPath = '.'
  accounts = 12
  [[test.workload]]
  testName = 'RandomClogging'
  testDuration = 10.0
`
const SIMULATED = [
  '{ "Severity": "10", "Time": "1.5", "Type": "FdbkitRecovery", "Seconds": "2" }',
  '{ "Severity": "40", "Time": "2", "Type": "FdbkitOracleViolation", "WorkloadClient": "0", "What": "lost" }',
].join('\n')

/** As test/tracing/damaged-traces.test.ts, which looks at what is read, too. */
function traceOfTasks(): string {
  using recorder = new TraceRecorder()
  const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
  busyProgram(runtime)
  runtime.dispose()
  return formatTrace({ ...recorder.stop(), omitted: 0 })
    .split('\n')
    .slice(0, 12)
    .join('\n')
}

const READERS: readonly Reader[] = [
  {
    name: 'a line of the shell',
    texts: [
      "set ('users', 1, 1.5, null) 'value'; get \"k\\x00\"",
      'getrange a b 10 --reverse; clearrange "a" "b"',
      'add counter 5; watch ("a", b"x"); dir ls a/b',
      'tenant create acme; option on timeout 100',
    ],
    read: parseLine,
    error: ShellSyntaxError,
  },
  { name: 'a trace file', texts: [traceOfTasks()], read: parseTrace, error: TraceFormatError },
  {
    name: 'the trace of a simulator',
    texts: [SIMULATED],
    read: parseSimulatorTrace,
    error: TraceFormatError,
  },
  {
    name: 'a test file of fdbserver',
    texts: [SPEC],
    read: (text) => planOf(text, 'bank.toml'),
    error: UsageError,
  },
  {
    name: 'a file of failed seeds',
    texts: ['1\n2  # lost\n\n4294967295\n'],
    read: (text) => new FailuresFile(file('failures.txt', text)).seeds,
    error: UsageError,
    runs: OF_FILES,
  },
  {
    name: 'the events of a folder, of which any line may be cut',
    texts: [SIMULATED],
    read: (text) => {
      file('trace.1.json', text)
      return readEvents(folder)
    },
    error: NothingIsThrown(),
    runs: OF_FILES,
  },
  {
    name: 'names of events',
    texts: ['tasks,transactions'],
    read: parseTraceEvents,
    error: RangeError,
  },
  {
    name: 'what is left out of a program',
    texts: [
      '{"edits":{"seed":"5","keep":[[0,2],[]],"noPauses":true,"smaller":{"0/2":[1]}},"without":["Attrition"]}',
    ],
    read: parseSmallProgram,
    error: RangeError,
  },
  ...(
    [
      [5, '-1e5'],
      [5n, '-12'],
      [true, 'false'],
      ['text', ''],
    ] as const
  ).map(([fallback, text]): Reader => ({
    name: `an option that is a ${typeof fallback}`,
    texts: [text],
    read: (text) => parseOption('name', text, fallback),
    error: TypeError,
  })),
  {
    name: 'a packed tuple',
    texts: [tuple.pack(['a', 1, -2n, [null, 1.5], Buffer.from('b')]).toString('latin1')],
    read: (text) => tuple.unpack(Buffer.from(text, 'latin1')),
    error: TupleError,
  },
]

function NothingIsThrown(): new () => Error {
  return class extends Error {}
}

const piece = fc.oneof(
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.constantFrom(
    '"',
    "'",
    '\\',
    '{',
    '[[',
    ']',
    '\0',
    '\n',
    '\u2028',
    '9'.repeat(30),
    '__proto__',
    '=',
    '#',
  ),
)

/** Some places of a right text are cut out, and something else is put there. */
const damaged = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), piece), {
        maxLength: 4,
      }),
    )
    .map(([text, cuts]) =>
      cuts.reduce((all, [place, length, put]) => {
        const at = Math.floor(place * all.length)
        return all.slice(0, at) + put + all.slice(at + length)
      }, text),
    )

describe('a reader of what others wrote', () => {
  it.each(READERS)('$name', ({ texts, read, error, runs = EXECUTIONS }) => {
    for (const text of texts) expect(() => read(text)).not.toThrow()
    fc.assert(
      fc.property(
        fc.oneof(damaged(texts), fc.string({ unit: 'binary', maxLength: 200 })),
        (text) => {
          try {
            read(text)
          } catch (problem) {
            expect(problem).toBeInstanceOf(error)
            expect((problem as Error).message).not.toBe('')
          }
        },
      ),
      { numRuns: runs },
    )
  })
})
