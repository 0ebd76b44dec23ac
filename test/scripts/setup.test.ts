import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-scripts-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function node(args: string[], env: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return { status: result.status, stdout: result.stdout, stderr: result.stderr }
}

describe('a build without a compiler', () => {
  const script = join('scripts', 'build-installed.mjs')

  test('names what to install, in one line', () => {
    const { status, stderr } = node([script], { PATH: folder, CXX: '', CC: '' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^fdbkit: no C\+\+ compiler found: install one \(.+\) or set CXX\.\n$/)
  })

  test('names the variable that points to no compiler', () => {
    const { status, stderr } = node([script], { CXX: '/nowhere/g++' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^fdbkit: CXX=\/nowhere\/g\+\+ does not run; .+\n$/)
  })
})

describe('generate-options', () => {
  const generate = (xml: string) => {
    const file = join(folder, 'fdb.options')
    writeFileSync(file, xml)
    return node([join('scripts', 'generate-options.mjs'), file])
  }

  test('needs a file', () => {
    expect(node([join('scripts', 'generate-options.mjs')]).status).toBe(2)
  })

  test('refuses a description of an option that is gone', () => {
    const { status, stderr } = generate('<Options><Scope name="NetworkOption"></Scope></Options>')
    expect(status).not.toBe(0)
    expect(stderr).toContain('is described, but there is no such option')
  })

  test('refuses an option without a number', () => {
    const option = '<Option name="odd" code="x" />'
    const { status, stderr } = generate(`<Scope name="NetworkOption">${option}</Scope>`)
    expect(status).not.toBe(0)
    expect(stderr).toContain('not an option')
  })
})

describe('vitest-totals', () => {
  test('counts a file that could not be loaded as a failure', () => {
    const report = join(folder, 'report.json')
    writeFileSync(
      report,
      JSON.stringify({
        numPassedTests: 3,
        numFailedTests: 1,
        numPendingTests: 2,
        numTodoTests: 0,
        testResults: [
          { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
          { status: 'failed', assertionResults: [] },
          { status: 'passed', assertionResults: [{ status: 'passed' }] },
        ],
      }),
    )
    const { stdout } = node([join('scripts', 'vitest-totals.mjs'), report])
    expect(stdout).toBe('3 passed, 2 failed, 2 skipped\n')
  })
})
