// What `import 'fdbkit'` loads: each module costs most of a millisecond when a program starts. See docs/packaging.md.
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const source = join(packageRoot(), 'src')
const built = join(packageRoot(), 'dist')

/** What a module has loaded before it runs; what it loads later, and types, are left out. */
function importsOf(file: string): string[] {
  const { statements } = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
  )
  return statements.flatMap((statement) => {
    const isImport =
      ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly !== true
    const isExport = ts.isExportDeclaration(statement) && !statement.isTypeOnly
    const from = isImport || isExport ? statement.moduleSpecifier : undefined
    return from !== undefined && ts.isStringLiteral(from) ? [from.text] : []
  })
}

/** All modules of the package that an entry loads, and all that is not of the package. */
function loadedBy(entry: string, folder = source): { own: string[]; others: string[] } {
  const own = new Set([join(folder, entry)])
  const others = new Set<string>()
  for (const file of own) {
    for (const from of importsOf(file)) {
      if (from.startsWith('.')) own.add(join(dirname(file), from))
      else others.add(from)
    }
  }
  return { own: [...own].map((file) => relative(folder, file)), others: [...others] }
}

describe('a plain import', () => {
  const { own, others } = loadedBy('index.ts')

  test('loads no more modules than it did, with some room', () => {
    expect(own.length, own.sort().join('\n')).toBeLessThanOrEqual(195)
    expect(own).toContain(join('client', 'database', 'database.ts'))
  })

  test('loads only what a client stands on', () => {
    const layers = new Set(own.map((file) => file.split(/[\\/]/)[0]))
    expect([...layers].sort()).toEqual(['client', 'future', 'index.ts', 'layers', 'native', 'task'])
  })

  test('loads no package: koffi comes with the library, when a database is opened', () => {
    expect(others.filter((name) => !name.startsWith('node:'))).toEqual([])
    expect(others.length).toBeGreaterThan(3)
  })

  test('loads four files of the built package, since its modules are joined', () => {
    const { own: files, others: packages } = loadedBy('index.js', built)
    expect(files.sort()).toEqual([
      'index.js',
      join('joined', 'core.js'),
      join('joined', 'rolldown-runtime.js'),
      join('native', 'values', 'own-path.js'),
    ])
    expect(packages.sort()).toEqual(others.sort())
  })
})
