/** `npm run docs` finds what breaks the rules of docs/contributing.md. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

function runDocs(...args: string[]): { status: number | null; lines: string[] } {
  const script = join(packageRoot(), 'scripts', 'docs.mjs')
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  return { status, lines: stderr.trim().split('\n') }
}

test('each broken rule is a line, and the end is 1', () => {
  const { status, lines } = runDocs('--entry', 'test/docs/fixtures/undocumented.ts')
  expect(status).toBe(1)
  expect(lines.pop()).toBe('7 problems in the documentation')
  for (const problem of [
    /wrongNoComment \(CallSignature\).*does not have any documentation/,
    /wrongNoComment \(Function\).*has no @example/,
    /wrongNoExample \(Function\).*has no @example/,
    /Right\.wrongProperty \(Property\).*does not have any documentation/,
    /Rest\.wrongMethod \(CallSignature\).*does not have any documentation/,
    /WrongHidden.*not included in the documentation/,
    /Failed to resolve link to "wrongLink"/,
  ]) {
    expect(
      lines.filter((line) => problem.test(line)),
      String(problem),
    ).toHaveLength(1)
  }
})

test('a source without a problem ends with 0', () => {
  const { status, lines } = runDocs('--entry', 'src/tracing/index.ts', 'src/tracing')
  expect(lines).toEqual([''])
  expect(status).toBe(0)
})
