/** What docs/seeds.md names is there: each file, and each test by its title. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

interface Row {
  readonly piece: string
  readonly files: string
  readonly test: string
}

/** The rows of all its tables, in order. */
function rowsOf(page: string): Row[] {
  const lines = page.split('\n').filter((line) => /^\| (?!piece|---)/.test(line))
  return lines.map((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const [, piece = '', , files = '', test = ''] = cells
    if (cells.length !== 6) throw new Error(`a row has four cells: ${line}`)
    return { piece, files, test }
  })
}

const inCode = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((code) => code[1]!)
const looksLikePath = (name: string): boolean => /^[\w./-]+\/$|\.(?:ts|md|mjs)$/.test(name)

/** Paths that don't begin with a folder of the repository are below `folder`. */
function pathsIn(cell: string, folder: string): string[] {
  const isWhole = /^(?:src|test|docs|native-callbacks)\//
  return inCode(cell)
    .filter(looksLikePath)
    .map((path) => (isWhole.test(path) ? path : `${folder}/${path}`))
}

const isThere = (path: string): boolean => existsSync(join(packageRoot(), path))
const isFile = (path: string): boolean =>
  isThere(path) && statSync(join(packageRoot(), path)).isFile()
const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8')

/** The titles of the tests and suites of a file. */
function titlesOf(path: string): string[] {
  const calls =
    /\b(?:it|test|describe\w*|onEachSimulator)(?:\.\w+)*(?:\([^()]*\))?\(\s*(['"`])(.+?)\1,/g
  return [...read(path).matchAll(calls)].map((call) => call[2]!)
}

/** What is wrong with a row. A test cell without a file is about the files of the row before it that named some. */
function problemsOf({ files, test }: Row, before: readonly string[]): string[] {
  const missing = [...pathsIn(files, 'src/task'), ...pathsIn(test, 'test/task')].filter(
    (path) => !isThere(path),
  )
  const named = pathsIn(test, 'test/task').filter(isFile)
  const titles = (named.length > 0 ? named : before).flatMap(titlesOf)
  const quoted = [...test.matchAll(/"([^"]+)"/g)].map((title) => title[1]!)
  const unknown = quoted.filter((title) => !titles.some((one) => one.includes(title)))
  const noTest = test === '' ? ['no test, and no word why'] : []
  return [...missing, ...unknown.map((title) => `"${title}"`), ...noTest]
}

function allProblems(page: string): Record<string, string[]> {
  const problems: Record<string, string[]> = {}
  let before: string[] = []
  for (const row of rowsOf(page)) {
    const found = problemsOf(row, before)
    if (found.length > 0) problems[row.piece] = found
    const named = pathsIn(row.test, 'test/task').filter(isFile)
    if (named.length > 0) before = named
  }
  return problems
}

describe('the page of the seeds', () => {
  it('names files and tests that are there, in every row', () => {
    const page = read('docs/seeds.md')
    expect(rowsOf(page).length).toBeGreaterThan(80)
    expect(allProblems(page)).toEqual({})
  })

  it('is found out when one is not there', () => {
    const row = (files: string, test: string): string => `| piece | here | ${files} | ${test} |`
    const page = (files: string, test: string): string => `| it | is | ${files} | ${test} |`
    expect(rowsOf(row('`a.ts`', '`b.test.ts`'))).toEqual([])
    expect(allProblems(page('`nothing.ts`', '`flow.test.ts`'))).toEqual({
      it: ['src/task/nothing.ts'],
    })
    expect(allProblems(page('', '`nothing.test.ts`'))).toEqual({
      it: ['test/task/nothing.test.ts'],
    })
    expect(allProblems(page('', '`flow.test.ts`, "no such title"'))).toEqual({
      it: ['"no such title"'],
    })
    expect(allProblems(page('', ''))).toEqual({ it: ['no test, and no word why'] })
    expect(allProblems(page('`flow/`', '`flow.test.ts`, "actors"'))).toEqual({})
  })
})
