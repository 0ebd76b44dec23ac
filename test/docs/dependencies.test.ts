/** Each package that is used has its reason in docs/dependencies.md, and no other has. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8')

type Packages = Readonly<Record<string, string>>

const manifest = JSON.parse(read('package.json')) as {
  dependencies: Packages
  devDependencies: Packages
}

/** The names in the first column of the table under a heading. */
function namesUnder(heading: string): string[] {
  const section = read('docs/dependencies.md')
    .split(/^## /m)
    .find((part) => part.startsWith(heading))
  const cells = [...(section ?? '').matchAll(/^\| ([^|]*)\|/gm)].map((row) => row[1] ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`([^` ]+)`/g)].map((name) => name[1] ?? ''))
}

test.each([
  ['Of an installed package', manifest.dependencies],
  ['Of the repository only', manifest.devDependencies],
])('%s', (heading, packages) => {
  expect(namesUnder(heading).sort()).toEqual(Object.keys(packages).sort())
})
