// The programs of the README and the guide are whole programs: each runs in a process of its own, on the engine and on a
// real cluster, prints what it says, and ends by itself.
import ts from 'typescript'
import { expect, test } from 'vitest'
import { backend } from '../support/backends.ts'
import { runProgram } from '../support/processes/run-program.ts'
import { ExampleProgram, type ExampleModule } from './example-program.ts'
import { allExamples, type Example } from './examples.ts'
import { notRun } from './not-run.ts'
import { announcedOutput, missingOutput } from './run-example.ts'

const PAGES = new Set(['README.md', 'docs/guide.md'])
const TIME = 120_000

const isWhole = ({ file, code }: Example): boolean => {
  if (!PAGES.has(file) || code.includes('defineWorkload')) return false
  // A process talks through one client library.
  if (backend.name === 'real' && code.includes('openEmbedded')) return false
  return !notRun.some((entry) => file.startsWith(entry.file) && code.includes(entry.code))
}

const { modules } = new ExampleProgram(allExamples().filter(isWhole))

/** What an example is given, empty, and the example: as a module of JavaScript. */
function programOf({ example, text }: ExampleModule): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const given = [
    "import { open as openGiven } from 'fdbkit'",
    `const given = openGiven().at('docs/${example.line}/'); await given.clearAll()`,
  ]
  if (text.includes('declare const db:')) given.push('const db = given')
  if (text.includes('declare const tn:')) given.push('const tn = given.createTransaction()')
  return `${given.join('\n')}\n${outputText}`
}

test.each(
  modules.map((module) => [`${module.example.file}:${module.example.line}`, module] as const),
)('%s is a program', { timeout: TIME }, async (_, module) => {
  const { code, stdout, stderr } = await runProgram(programOf(module))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const missing = missingOutput(announcedOutput(module.example.code), stdout.split('\n'))
  expect(missing, `it printed ${JSON.stringify(stdout)}`).toEqual([])
})
