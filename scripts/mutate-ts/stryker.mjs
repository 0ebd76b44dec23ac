// One run of Stryker over the sources of a layer, with a limit: what it tried until then counts.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { buildFolder, root } from '../lib/paths.mjs'
import { run } from '../mutate/children.mjs'
import { outcomeOf, textAt } from './outcomes.mjs'

const own = (file) => join(root, 'scripts', 'mutate-ts', file)
const COPIED = [
  'src/**/*',
  'test/**/*',
  'scripts/**/*',
  'package.json',
  'tsconfig*.json',
  'vitest.config.ts',
]

const options = (folder, sources) => ({
  mutate: sources,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', own('plugin.mjs')],
  checkers: ['draw'],
  reporters: ['lines'],
  vitest: { configFile: relative(root, own('vitest.config.mjs')), related: false },
  coverageAnalysis: 'perTest',
  // One of a constant at the top of a file costs every test, and it is the tests of the file that would see it.
  ignoreStatic: true,
  ignorePatterns: ['**', ...COPIED.map((path) => `!/${path}`)],
  buildCommand: `node ${own('link-builds.mjs')}`,
  tempDirName: relative(root, join(folder, 'copies')),
  cleanTempDir: 'always',
  concurrency: 2,
  disableTypeChecks: false,
  allowConsoleColors: false,
  // A machine that others keep busy is slow, and what it is slow with is not what hangs.
  timeoutMS: 60_000,
  timeoutFactor: 8,
  dryRunTimeoutMinutes: 60,
})

/**
 * Resolves to {results, ended}: what came of each mutant that was tried, and the words to say when Stryker did not come
 * to its end.
 */
export async function tryMutants({ layer, sources, tests, wish, seconds }) {
  const folder = join(buildFolder, 'stryker', layer)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const file = (name) => join(folder, name)
  writeFileSync(file('draw.json'), JSON.stringify(wish))
  writeFileSync(file('stryker.json'), JSON.stringify(options(folder, sources), null, 2))
  const program = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
  const env = {
    FDBKIT_MUTATE_ROOT: root,
    FDBKIT_MUTATE_TESTS: JSON.stringify(tests),
    FDBKIT_MUTATE_DRAW: file('draw.json'),
    FDBKIT_MUTATE_RESULTS: file('results.jsonl'),
  }
  const args = [program, 'run', file('stryker.json')]
  const { code, output } = await run(process.execPath, args, { cwd: root, env, seconds })
  writeFileSync(file('output.txt'), output)
  rmSync(file('copies'), { recursive: true, force: true })
  const ended =
    code === 0 ? undefined : code === 'timeout' ? 'the time was over' : lastWords(output)
  return { results: read(file('results.jsonl')), ended }
}

function read(path) {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line)).map(withOutcome)
}

function withOutcome({ status, ...result }) {
  const was = textAt(readFileSync(join(root, result.file), 'utf8'), result.location)
  return { ...result, was, outcome: outcomeOf(status), reached: status !== 'NoCoverage' }
}

const lastWords = (output) =>
  output
    .split('\n')
    .filter((line) => line.includes('ERROR'))
    .at(-1) ?? 'Stryker failed'
