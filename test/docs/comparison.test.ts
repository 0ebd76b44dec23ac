/** Every row of docs/comparison.md has a test behind it, and the row is whole. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const COLUMNS = ['feature', 'fdbkit', 'node', 'Python', 'Java', 'Go', 'Rust', 'test']

const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8')

/** The rows of the tables that compare. */
function rowsOf(page: string): string[][] {
  const rows: string[][] = []
  let inside = false
  for (const line of page.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim())
    if (cells.length < 3 || cells[0] !== '') inside = false
    else if (cells[1] === 'feature') inside = true
    else if (inside && !/^-+$/.test(cells[1] ?? '')) rows.push(cells.slice(1, -1))
  }
  return rows
}

/** What is wrong with the last cell of a row: `test/a.test.ts`, or `test/a.test.ts`: "title". */
function problemOf(cell: string): string | undefined {
  const [, path, title] = /^`(test\/[^`]+\.test(?:-d)?\.ts)`(?:: "([^"]+)")?$/.exec(cell) ?? []
  if (path === undefined) return `${cell} names no test`
  const file = join(packageRoot(), path)
  if (!existsSync(file) || !statSync(file).isFile()) return `${path} is not there`
  if (title === undefined) return undefined
  const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``]
  return quoted.some((text) => read(path).includes(text)) ? undefined : `${path} has no "${title}"`
}

const page = read('docs/comparison.md')
const rows = rowsOf(page)

describe('the comparison', () => {
  it('has rows with a cell for each client, and none twice', () => {
    expect(rows.length).toBeGreaterThan(60)
    expect(rows.filter((row) => row.length !== COLUMNS.length || row.includes(''))).toEqual([])
    expect(new Set(rows.map(([feature]) => feature)).size).toBe(rows.length)
  })

  it('has the same columns in every table', () => {
    const heads = page.split('\n').filter((line) => line.startsWith('| feature '))
    expect(new Set(heads)).toEqual(new Set([`| ${COLUMNS.join(' | ')} |`]))
  })

  it.each(rows)('%s: has its test', (...row) => {
    expect(problemOf(row.at(-1) ?? '')).toBeUndefined()
  })

  it('finds a test that is not there', () => {
    expect(problemOf('`test/client/nothing.test.ts`')).toBeDefined()
    expect(problemOf('`test/client/watch.test.ts`: "no such title"')).toBeDefined()
    expect(problemOf('`test/client`')).toBeDefined()
    expect(problemOf('by hand')).toBeDefined()
    expect(problemOf('`test/client/watch.test.ts`')).toBeUndefined()
  })

  it('explains the cells that say only "part"', () => {
    const sections = page.split(/^## /m).filter((section) => section.includes('| part |'))
    for (const section of sections) expect(section.trim().split('\n').at(-1)).not.toMatch(/^\|/)
  })
})
