// What the README and the guide show are whole programs: each page runs in a process of its own, on the engine and on a
// real cluster, one block after the other. Each prints what it says, and the process ends by itself.
import ts from 'typescript'
import { expect, test } from 'vitest'
import { backend } from '../support/backends.ts'
import { runProgram } from '../support/processes/run-program.ts'
import { ExampleProgram, type ExampleModule } from './example-program.ts'
import { allExamples, type Example } from './examples.ts'
import { notRun } from './not-run.ts'
import { announcedOutput, missingOutput } from './run-example.ts'

const isPage = (file: string): boolean => /^README\.md$|^docs\/(guide|production)\//.test(file)
const TIME = 120_000
/** Printed before each block. */
const MARK = '-- block'

const isWhole = ({ file, code }: Example): boolean => {
  if (!isPage(file) || code.includes('defineWorkload')) return false
  // A process talks through one client library.
  if (backend.name === 'real' && code.includes('openEmbedded')) return false
  return !notRun.some((entry) => file.startsWith(entry.file) && code.includes(entry.code))
}

const { modules } = new ExampleProgram(allExamples().filter(isWhole))
const files = [...new Set(modules.map(({ example }) => example.file))]

/** What an example is given, empty, and the example: as a module of JavaScript. */
function programOf({ example, text }: ExampleModule): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const entry = /declare const db: import\('([^']+)'\)/.exec(text)?.[1] ?? 'fdbkit'
  const given = [
    `import { open as openGiven } from '${entry}'`,
    `const given = openGiven().at('docs/${example.line}/'); await given.clearAll()`,
  ]
  if (text.includes('declare const db:')) given.push('const db = given')
  if (text.includes('declare const tn:')) given.push('const tn = given.createTransaction()')
  return `${given.join('\n')}\n${outputText}`
}

test.each(files)('the blocks of %s are programs', { timeout: TIME }, async (file) => {
  const blocks = modules.filter(({ example }) => example.file === file)
  const beside = new Map(blocks.map((block, at) => [`block-${at}.mjs`, programOf(block)]))
  const main = [...beside.keys()].map(
    (name) => `console.log('${MARK}')\nawait import('./${name}')\n`,
  )
  const { code, stdout, stderr } = await runProgram(main.join(''), 'module', {}, beside)
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  const [, ...printed] = stdout.split(`${MARK}\n`)
  expect(printed).toHaveLength(blocks.length)
  const missing = blocks.flatMap(({ example }, at) =>
    missingOutput(announcedOutput(example.code), printed[at]!.split('\n')).map(
      (line) => `${example.file}:${example.line} did not print ${line}`,
    ),
  )
  expect(missing, `it printed ${JSON.stringify(stdout)}`).toEqual([])
})
