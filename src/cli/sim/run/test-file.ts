/** What is simulated: a test file in fdbserver's format, and the module of its workloads. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { UsageError } from '../../ground/errors.ts'
import { planOf } from './test-spec.ts'

export interface TestFile {
  /** The text of the test file, as fdbserver gets it. */
  readonly text: string
  /** The module's absolute path. */
  readonly module: string
  /** What the embedded simulator has no use for. */
  readonly onlyFdbserver?: readonly string[]
  /** False: native workloads may write, too. */
  readonly isOnlyOurs?: boolean
}

const MODULES = ['.ts', '.mts', '.js', '.mjs']

/** A module gets a test of its own, with faults; a test file needs the module beside it, or by name. */
export function readTestFile(file: string, module: string | undefined, workload: string): TestFile {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`)
  const path = resolve(file)
  const ending = extname(path)
  if (MODULES.includes(ending)) return { text: testOf(path, workload), module: path }
  if (ending !== '.toml') {
    throw new UsageError(
      `${file} is neither a module (${MODULES.join(', ')}) nor a .toml test file`,
    )
  }
  const { text, onlyFdbserver, isOnlyOurs } = planOf(readFileSync(path, 'utf8'), file)
  return { text, module: moduleOf(path, module), onlyFdbserver, isOnlyOurs }
}

function moduleOf(path: string, named: string | undefined): string {
  if (named !== undefined) {
    if (existsSync(named)) return resolve(named)
    throw new UsageError(`there is no module ${named}`)
  }
  const stem = path.slice(0, -'.toml'.length)
  const found = MODULES.map((ending) => stem + ending).find((candidate) => existsSync(candidate))
  if (found !== undefined) return found
  throw new UsageError(
    `there is no workload module beside ${basename(path)} (${basename(stem)}.ts): name it with --module`,
  )
}

/** The library is the same short name for everybody: the length of an option changes a simulation. */
function testOf(path: string, workload: string): string {
  const faults = ['RandomClogging', 'Rollback', 'Attrition']
  return [
    '[[test]]',
    `testTitle = '${basename(path, extname(path)).replaceAll("'", '')}'`,
    '[[test.workload]]',
    "testName = 'External'",
    'useCAPI = true',
    "libraryPath = '.'",
    "libraryName = 'fdbkit_workload'",
    `workloadName = '${workload}'`,
    ...faults.flatMap((fault) => [
      '[[test.workload]]',
      `testName = '${fault}'`,
      'testDuration = 10.0',
    ]),
    '',
  ].join('\n')
}
