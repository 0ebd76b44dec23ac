// The declarations as a program gets them with the package: without `any`, and with what they need said aloud.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entryPoints, isHidden, isOurs, packageRoot, publicProgram } from './public-api.ts'

const program = publicProgram()
// Which makes nodes know their parents.
program.getTypeChecker()
const modules = join(packageRoot, 'node_modules')

test('hold no any, in no file that an entry point leads to', () => {
  const found: string[] = []
  const look = (node: ts.Node): void => {
    if (isHidden(node)) return
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(`${node.getSourceFile().fileName}: ${node.parent.getText()}`)
    }
    node.forEachChild(look)
  }
  const files = program.getSourceFiles().filter((file) => isOurs(file))
  expect(files.length).toBeGreaterThan(50)
  files.forEach(look)
  expect(found).toEqual([])
})

/** Generic since TypeScript 5.6 and 5.7, and plain names or with one argument before; by how many arguments are old. */
const OLD_ARGUMENTS: Readonly<Record<string, number>> = {
  Buffer: 0,
  Uint8Array: 0,
  Int32Array: 0,
  IterableIterator: 1,
  AsyncIterableIterator: 1,
}

test('use no type that TypeScript 5.0, the oldest that the guide names, has in another form', () => {
  const found: string[] = []
  const look = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) {
      const most = OLD_ARGUMENTS[node.typeName.getText()]
      if (most !== undefined && (node.typeArguments?.length ?? 0) > most) {
        found.push(`${node.getSourceFile().fileName}: ${node.getText()}`)
      }
    }
    node.forEachChild(look)
  }
  program
    .getSourceFiles()
    .filter((file) => isOurs(file))
    .forEach(look)
  expect(found).toEqual([])
})

/** Names every entry point, and what is typed by the program that uses it. */
const PROGRAM = `
${entryPoints()
  .map(({ name }, index) => `import * as part${index} from '${name}'`)
  .join('\n')}
import { encoders, openEmbedded } from 'fdbkit'
export const parts = [${entryPoints()
  .map((_, index) => `part${index}`)
  .join(', ')}]
const db = openEmbedded()
const scores = db.at('s', encoders.tuple<[string, number]>(), encoders.json<{ n: number }>())
export const found: Promise<[[string, number], { n: number }][]> = scores.getRangeAll(['ada'])
`

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'fdbkit-types-'))
  const installed = join(home, 'node_modules', 'fdbkit')
  mkdirSync(join(home, 'node_modules', '@types'), { recursive: true })
  cpSync(join(packageRoot, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(packageRoot, 'package.json'), join(installed, 'package.json'))
  writeFileSync(join(home, 'program.mts'), PROGRAM)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function compiled(skipLibCheck: boolean): string {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023'],
    strict: true,
    noEmit: true,
    skipLibCheck,
  }
  writeFileSync(
    join(home, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['program.mts'] }),
  )
  const tsc = join(modules, 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: home, encoding: 'utf8' }).stdout
}

describe('of a program without OpenTelemetry, they', () => {
  test('say that the types of Node.js are missing, also when checks of libraries are skipped', () => {
    expect(compiled(true)).toMatch(/program\.mts\(\d+,\d+\): error TS2554/)
  })

  test('compile with them, all declarations checked', () => {
    const types = join(home, 'node_modules', '@types', 'node')
    symlinkSync(join(modules, '@types', 'node'), types)
    expect(compiled(false)).toBe('')
  })
})
