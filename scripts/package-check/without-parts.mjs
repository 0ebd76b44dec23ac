// What is said where there are no prebuilt native parts and no compiler, and where those parts are of another version.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../lib/compiler.mjs'
import { ownPlatform, packageName } from '../lib/platforms.mjs'
import { fail } from './installed.mjs'

/** One line, and a command that is there. */
function expectAdvice(what, said, pattern) {
  const line = said.split('\n').find((text) => pattern.test(text))
  if (line === undefined) throw new SetupError(`${what} said ${said}`)
}

export function checkWithoutParts(user) {
  const parts = join(user.folder, 'node_modules', packageName(ownPlatform()))
  const file = join(parts, 'package.json')
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), version: '99.0.0' }))
  expectAdvice(
    'parts of another version',
    fail(user, 'node', 'first.mjs'),
    /is of version 99\.0\.0, and this is/,
  )
  writeFileSync(file, before)
  renameSync(parts, `${parts}-away`)
  expectAdvice(
    'no parts',
    fail(user, 'node', 'first.mjs'),
    /is not installed here.*npx fdbkit build/,
  )
  const built = fail(user, 'npx', '--no-install', 'fdbkit', 'build')
  expectAdvice('a build without a compiler', built, /^fdbkit: no C\+\+ compiler found: install one/)
  renameSync(`${parts}-away`, parts)
  return 'each told in a line'
}
