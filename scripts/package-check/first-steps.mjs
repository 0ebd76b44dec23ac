// What somebody does in the first minutes: a program, a test, a simulation.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from '@swc/wasm-typescript'
import { SetupError } from '../lib/compiler.mjs'
import { root } from '../lib/paths.mjs'
import { expectEqual, listing, run } from './installed.mjs'

/** The first TypeScript program of the README, without its types, which Node 20 does not take. */
export function firstProgram() {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (program === undefined) throw new SetupError('README.md shows no program')
  return transformSync(program, { mode: 'strip-only' }).code
}

export const FIRST_OUTPUT = '99 seats left\n'

const TEST = `
import { openEmbedded } from 'fdbkit'
import { expect, test } from 'vitest'

test('what was set is read', async () => {
  using db = openEmbedded()
  await db.set('hello', 'world')
  expect(String(await db.get('hello'))).toBe('world')
})
`

export function checkFirstSteps(user) {
  const { folder, home } = user
  const parts = run(user, 'npx', '--no-install', 'fdbkit', 'engine-path').trim()
  if (!parts.startsWith(join(folder, 'node_modules', '@fdbkit'))) {
    throw new SetupError(`the engine is taken from ${parts}`)
  }
  writeFileSync(join(folder, 'first.mjs'), firstProgram())
  expectEqual("the README's program", run(user, 'node', 'first.mjs'), FIRST_OUTPUT)
  writeFileSync(join(folder, 'first.test.ts'), TEST)
  const tested = run(user, 'npx', '--no-install', 'vitest', 'run', '--reporter=json')
  expectEqual('vitest', JSON.parse(tested).numPassedTests, 1)
  if (process.platform === 'linux') checkSimulation(user)
  // Packages may be read-only, and shared by many projects.
  const written = listing(home).filter((line) => !user.before.includes(line))
  if (written.length > 0) throw new SetupError(`the package wrote ${written.join(', ')}`)
  return 'a program, a vitest test and a simulation'
}

function checkSimulation(user) {
  run(user, 'npx', '--no-install', 'fdbkit', 'sim', 'init', 'counter')
  const said = run(
    user,
    'npx',
    '--no-install',
    'fdbkit',
    'sim',
    'counter.ts',
    '--embedded',
    '--seeds',
    '1..2',
  )
  if (!/2 passed/.test(said)) throw new SetupError(`the simulation said ${said}`)
}
