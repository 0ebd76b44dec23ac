/** The tests of a test file, as the embedded simulator reads them; fdbserver reads the file itself. */
import { parse, stringify, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import { UsageError } from '../../ground/errors.ts'

/** Keys and values, as texts, in the order of the file. */
export type Settings = readonly (readonly [key: string, value: string])[]

export interface WorkloadSpec {
  readonly testName: string
  readonly options: Settings
}

export interface TestSpec {
  readonly title: string
  readonly settings: Settings
  readonly workloads: readonly WorkloadSpec[]
}

export interface TestPlan {
  /** What fdbserver gets: the text itself, unless something of ours in it has to be another. */
  readonly text: string
  readonly tests: readonly TestSpec[]
  /** False: the file turns fdbserver's own faults off. */
  readonly buggify: boolean
  /** What only fdbserver understands. */
  readonly onlyFdbserver: readonly string[]
  /** False: there are workloads of other libraries, or built-in ones that may write. */
  readonly isOnlyOurs: boolean
}

/** The same for everybody: the length of an option changes a simulation. */
const OUR_LIBRARY = { libraryPath: '.', libraryName: 'fdbkit_workload', useCAPI: true } as const

/** Throws UsageError, which names the file and what is wrong in it. */
export function planOf(text: string, file: string): TestPlan {
  const wrong = (what: string): never => {
    throw new UsageError(`${file}: ${what}`)
  }
  const document = parseToml(text, file)
  const tables = tablesOf(document['test'])
  if (tables === undefined || tables.length === 0) {
    return wrong('it has no [[test]], which a test file begins with')
  }
  let changed = false
  const tests = tables.map((table, at): TestSpec => {
    const where = `[[test]] ${at + 1}`
    const workloads = tablesOf(table['workload'])
    if (workloads === undefined || workloads.length === 0) {
      return wrong(`${where} has no [[test.workload]]`)
    }
    for (const workload of workloads) changed = makePortable(workload) || changed
    return {
      title: typeof table['testTitle'] === 'string' ? table['testTitle'] : `test ${at + 1}`,
      settings: settingsOf(table, ['testTitle', 'workload', 'knobs'], where, wrong),
      workloads: workloads.map((workload): WorkloadSpec => {
        const testName = workload['testName']
        if (typeof testName !== 'string' || testName === '') {
          return wrong(`a [[test.workload]] of ${where} has no testName`)
        }
        const options = settingsOf(workload, ['testName'], `${testName} of ${where}`, wrong)
        return { testName, options }
      }),
    }
  })
  const configuration = document['configuration']
  const buggify = !(isTable(configuration) && configuration['buggify'] === false)
  return {
    text: changed ? stringify(document, { numbersAsFloat: true }) : text,
    tests,
    buggify,
    onlyFdbserver: onlyFdbserver(document, tables),
    isOnlyOurs: tests.every(({ workloads }) => workloads.every(writesNothingElse)),
  }
}

/** Lines of words between tabs. */
export function specLines(tests: readonly TestSpec[]): string {
  const lines: string[][] = []
  for (const { title, settings, workloads } of tests) {
    lines.push(['test', title])
    for (const [key, value] of settings) lines.push(['set', key, value])
    for (const { testName, options } of workloads) {
      lines.push(['workload', testName])
      for (const [key, value] of options) lines.push(['option', key, value])
    }
  }
  return lines.map((words) => `${words.map(escape).join('\t')}\n`).join('')
}

function escape(word: string): string {
  return word.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}

function parseToml(text: string, file: string): TomlTable {
  try {
    // A float stays a float: what was 10.0 is not 10 when it is a text.
    return parse(text, { integersAsBigInt: true })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0] ?? ''
    throw new UsageError(`${file}:${error.line}:${error.column}: ${reason}\n${error.codeblock}`)
  }
}

/** A workload of ours gets the library that every run has; returns whether anything was another. */
function makePortable(workload: TomlTable): boolean {
  if (!isOurs(workload)) return false
  const wanted: TomlTable = { ...OUR_LIBRARY, workloadName: workload['workloadName'] ?? 'default' }
  const differs = Object.entries(wanted).some(([key, value]) => workload[key] !== value)
  Object.assign(workload, wanted)
  return differs
}

function isOurs({ testName, libraryName = OUR_LIBRARY.libraryName }: TomlTable): boolean {
  return testName === 'External' && libraryName === OUR_LIBRARY.libraryName
}

/** The text of a test file for a server of another interface; undefined: of one that has no such option. */
export function withUseCapi(text: string, useCapi: boolean | undefined): string {
  if (useCapi === OUR_LIBRARY.useCAPI) return text
  const document = parseToml(text, 'the test file')
  for (const test of tablesOf(document['test']) ?? []) {
    for (const workload of (tablesOf(test['workload']) ?? []).filter(isOurs)) {
      if (useCapi === undefined) delete workload['useCAPI']
      else workload['useCAPI'] = useCapi
    }
  }
  return stringify(document, { numbersAsFloat: true })
}

/** The fault workloads of a test file. */
export function faultsOf(text: string): string[] {
  const { tests } = planOf(text, 'the test file')
  const names = tests.flatMap(({ workloads }) => workloads.map(({ testName }) => testName))
  return [...new Set(names.filter((name) => FAULTS.includes(name)))]
}

/** The text of a test file without some of its fault workloads; none: as it is. */
export function withoutFaults(text: string, names: readonly string[]): string {
  if (names.length === 0) return text
  const document = parseToml(text, 'the test file')
  for (const test of tablesOf(document['test']) ?? []) {
    const workloads = tablesOf(test['workload']) ?? []
    test['workload'] = workloads.filter(
      ({ testName }) => typeof testName !== 'string' || !names.includes(testName),
    )
    // Those that come unasked would take their place.
    test['runFailureWorkloads'] = false
  }
  return stringify(document, { numbersAsFloat: true })
}

/** Of the built-in workloads these make faults, and write no keys. */
const FAULTS = ['RandomClogging', 'Rollback', 'Attrition', 'Outages']

function writesNothingElse({ testName, options }: WorkloadSpec): boolean {
  if (testName !== 'External') return FAULTS.includes(testName)
  const library = options.find(([key]) => key === 'libraryName')
  return library === undefined || library[1] === OUR_LIBRARY.libraryName
}

function settingsOf(
  table: TomlTable,
  without: readonly string[],
  where: string,
  wrong: (what: string) => never,
): Settings {
  return Object.entries(table)
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => [
      key,
      textOf(value) ?? wrong(`${key} of ${where} is neither a text, a number nor a boolean`),
    ])
}

function textOf(value: TomlValue): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value)
  if (typeof value === 'object') return undefined
  return String(value)
}

function onlyFdbserver(document: TomlTable, tests: readonly TomlTable[]): string[] {
  const configuration = document['configuration']
  const settings = isTable(configuration) ? Object.keys(configuration) : []
  return [
    ...settings.filter((key) => key !== 'buggify').map((key) => `configuration.${key}`),
    ...Object.keys(document).filter((key) => key !== 'configuration' && key !== 'test'),
    ...(tests.some((test) => 'knobs' in test) ? ['test.knobs'] : []),
  ]
}

function tablesOf(value: TomlValue | undefined): TomlTable[] | undefined {
  return Array.isArray(value) && value.every(isTable) ? value : undefined
}

function isTable(value: unknown): value is TomlTable {
  if (typeof value !== 'object' || value === null) return false
  return !Array.isArray(value) && !(value instanceof Date)
}
