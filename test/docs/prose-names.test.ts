/** What the prose of a page calls `db.something` or `tn.something` is a member that there is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { ExampleProgram } from './example-program.ts'
import { pages, type Example } from './examples.ts'

/** Members that code in the prose of a page names, without what is fenced, as examples that only look at them. */
function memberExamples(file: string, text: string): Example[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ' '))
  return [...prose.matchAll(/`((?:db|tn)(?:\.\w+)+)(?=[^\w.])/g)].map((match) => ({
    file,
    line: prose.slice(0, match.index).split('\n').length,
    code: `void ${match[1]}`,
    entry: 'fdbkit',
  }))
}

/** They tell of the members of `fdbkit/compat`, too, or of what other clients have. */
const OF_OTHERS = new Set([
  'docs/layers.md',
  'docs/comparison.md',
  'docs/production/moving-from-node-foundationdb.md',
])

const found = pages()
  .filter((page) => !OF_OTHERS.has(page))
  .flatMap((page) => memberExamples(page, readFileSync(join(packageRoot(), page), 'utf8')))
const wrong = memberExamples(
  'docs/x.md',
  'a\n\n```ts\n`db.not`\n```\n`db.admin.gett()` and `tn.get`\n',
)
const program = new ExampleProgram([...found, ...wrong])

describe('the members that prose names', () => {
  it('are found, with their lines', () => {
    expect(wrong.map(({ line, code }) => [line, code])).toEqual([
      [6, 'void db.admin.gett'],
      [6, 'void tn.get'],
    ])
    expect(program.problemsOf(wrong[0]!)).toHaveLength(1)
    expect(program.problemsOf(wrong[1]!)).toEqual([])
    expect(found.length).toBeGreaterThan(40)
  })

  it('are there', () => {
    expect(found.flatMap((example) => program.problemsOf(example))).toEqual([])
  })
})
