/**
 * The examples of the documentation are right: they compile, and they run on the engine. docs/contributing.md has
 * the rules that they keep to.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExampleProgram, type ExampleModule } from './example-program.ts'
import { allExamples, examplesOfComments, examplesOfPage, type Example } from './examples.ts'
import { notRun } from './not-run.ts'
import { announcedOutput, loadEntries, missingOutput, runExample } from './run-example.ts'

const examples = allExamples()

function sample(code: string, entry = 'fdbkit'): Example {
  return { file: 'src/client/database/database.ts', line: 10, code, entry }
}

const wrong = [
  sample("await db.gett('a')"),
  sample("db.setOption('transaction_timeout')\ndb.setOption(1, 2, 3)"),
  sample('opne()'),
  sample("const { left } = await db.get('a')"),
  sample("import { nothing } from 'fdbkit'"),
  sample("const count: string = (await db.getRangeAll('a', 'b')).length"),
  // The other `sleep` is the one that is imported, and Node's module has none of that name.
  sample("import { sleep } from 'node:fs/promises'", 'fdbkit/task'),
]
const right = [
  // Each entry point has its own classes.
  sample('const version: Buffer = await tn.getReadVersion()', 'fdbkit/compat'),
  sample('const version: bigint = await tn.getReadVersion()'),
  sample("const db = 'mine'\nconst text: string = db"),
]
const throwing = sample('await db.get(5 as never)')
const lying = sample('console.log(1 + 1) // 3')

// One program for all of them, since that takes seconds.
const program = new ExampleProgram([...examples, ...wrong, ...right, throwing, lying])

function moduleOf(example: Example): ExampleModule {
  const found = program.modules.find((module) => module.example === example)
  if (found === undefined) throw new Error('the program has no such example')
  return found
}

describe('what is found', () => {
  it('is what stands behind @example, with its line', () => {
    const text = [
      '/** Not this. */',
      '/**',
      ' * Text.',
      ' *',
      ' * @example',
      ' * const a = 1',
      ' *',
      ' * a.toFixed()',
      ' * @throws nothing',
      ' */',
      '  /** @example db.get("a") */',
    ].join('\n')
    expect(examplesOfComments('src/task/x.ts', text)).toEqual([
      { file: 'src/task/x.ts', line: 6, code: 'const a = 1\n\na.toFixed()', entry: 'fdbkit/task' },
      { file: 'src/task/x.ts', line: 11, code: 'db.get("a")', entry: 'fdbkit/task' },
    ])
  })

  it('is what stands in ts blocks of a page, with its line', () => {
    const text = 'A\n\n```ts\nconst a = 1\n```\n\n```js\nnot this\n```\n\n```ts\nb()\n```\n'
    expect(examplesOfPage('docs/x.md', text)).toEqual([
      { file: 'docs/x.md', line: 4, code: 'const a = 1\n', entry: 'fdbkit' },
      { file: 'docs/x.md', line: 12, code: 'b()\n', entry: 'fdbkit' },
    ])
  })

  it('is not nothing', () => {
    const files = new Set(examples.map(({ file }) => file))
    expect(files).toContain('README.md')
    expect(files).toContain('src/client/database/database.ts')
    expect(examples.length).toBeGreaterThan(200)
  })
})

describe('the compiler', () => {
  it('finds nothing wrong in any example', () => {
    expect([...examples, ...right].flatMap((example) => program.problemsOf(example))).toEqual([])
  })

  it.each(wrong)('finds what is wrong in: $code', (example) => {
    expect(program.problemsOf(example)).toHaveLength(1)
  })

  it('says where', () => {
    const [, second] = wrong
    expect(program.problemsOf(second!)[0]).toMatch(
      /^src\/client\/database\/database\.ts:11: Expected 1-2 arg/,
    )
  })
})

describe('on the engine', () => {
  const engine = process.env['FDBKIT_ENGINE']
  let modules: Awaited<ReturnType<typeof loadEntries>>

  beforeAll(async () => {
    // `open()` in an example opens the engine.
    process.env['FDBKIT_ENGINE'] = 'embedded'
    modules = await loadEntries()
  })

  afterAll(() => {
    if (engine === undefined) delete process.env['FDBKIT_ENGINE']
    else process.env['FDBKIT_ENGINE'] = engine
  })

  const isLeftOut = ({ file, code }: Example): boolean =>
    notRun.some((entry) => file.startsWith(entry.file) && code.includes(entry.code))

  const files = new Set(examples.filter((one) => !isLeftOut(one)).map(({ file }) => file))
  it.each([...files])('the examples of %s run, and print what they say', async (file) => {
    for (const example of examples) {
      if (example.file !== file || isLeftOut(example)) continue
      const place = `${file}:${example.line}`
      const printed = await runExample(moduleOf(example), modules).catch((error: unknown) => {
        throw new Error(`${place}: ${String(error)}`, { cause: error })
      })
      const missing = missingOutput(announcedOutput(example.code), printed)
      expect(missing, `${place} printed ${JSON.stringify(printed)}`).toEqual([])
    }
  })

  it('an example that throws, or prints something else, fails', async () => {
    await expect(runExample(moduleOf(throwing), modules)).rejects.toThrow(TypeError)
    const printed = await runExample(moduleOf(lying), modules)
    expect(missingOutput(announcedOutput(lying.code), printed)).toEqual(['3'])
  })

  it('names no example as left out that is not there', () => {
    const stale = notRun.filter(
      ({ file, code }) =>
        !examples.some((one) => one.file.startsWith(file) && one.code.includes(code)),
    )
    expect(stale).toEqual([])
  })
})
