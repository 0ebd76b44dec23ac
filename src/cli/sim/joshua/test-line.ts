/** The line of XML that Joshua keeps of a run. Its attributes have the names that FoundationDB's own tests give them. */
import { attributesOf } from '../report/xml.ts'
import type { Telling } from '../seeds/run-seeds.ts'

/** More than 8 KiB when compressed, and Joshua needs further transactions for the line. */
const MOST_CHARACTERS = 4000

export interface TestLine {
  readonly version: string
  readonly joshuaSeed: string | undefined
  readonly file?: string | undefined
  readonly seed?: number | undefined
  readonly buggify?: boolean | undefined
  /** The seed ran twice. */
  readonly replay?: boolean | undefined
  readonly simulatedSeconds?: number | undefined
  readonly realSeconds?: number | undefined
  readonly unseed?: string | undefined
  /** Why it failed; undefined: it passed. */
  readonly problem?: string | undefined
  /** What shows a failure again. */
  readonly command?: string | undefined
  readonly tellings?: readonly Telling[] | undefined
}

export function testLine(line: TestLine): string {
  const { problem, tellings = [] } = line
  const attributes = attributesOf({
    Ok: problem === undefined ? '1' : '0',
    TestFile: line.file,
    RandomSeed: textOf(line.seed),
    JoshuaSeed: line.joshuaSeed,
    BuggifyEnabled: bitOf(line.buggify),
    DeterminismCheck: bitOf(line.replay),
    SimElapsedTime: textOf(line.simulatedSeconds),
    RealElapsedTime: line.realSeconds?.toFixed(3),
    RandomUnseed: line.unseed === '' ? undefined : line.unseed,
    SourceVersion: `fdbkit ${line.version}`,
    FailReason: problem && shortened(problem),
    Command: line.command,
  })
  if (problem === undefined) return `<Test${attributes}/>`
  const all = [...tellings.map(elementOf), `<TestFailed Severity="40"/>`]
  return `<Test${attributes}>${all.join('')}</Test>`
}

const NAMES: Readonly<Record<Telling['kind'], string>> = {
  error: 'Error',
  more: 'More',
  oracle: 'Oracle',
  trace: 'Trace',
  output: 'Output',
}

function elementOf({ kind, text }: Telling): string {
  const severity = kind === 'error' ? '40' : '10'
  return `<${NAMES[kind]}${attributesOf({ Severity: severity, Text: shortened(text) })}/>`
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function bitOf(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? '1' : '0'
}
