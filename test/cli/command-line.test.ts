import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

function fdbkit(...args: string[]) {
  const main = join(root, 'dist', 'cli', 'main.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dirname(root),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('fdbkit', () => {
  test('--help lists the commands', () => {
    const { status, stdout } = fdbkit('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('engine-path')
    expect(stdout).toContain('demo')
  })

  test.each(['engine-path', 'demo'])('%s has --help', (command) => {
    const { status, stdout, stderr } = fdbkit(command, '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`Usage: fdbkit ${command}`)
  })

  test('--version is the version of the package', () => {
    expect(fdbkit('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test.each([
    [[]],
    [['no-such-command']],
    [['--no-such-option']],
    [['engine-path', 'too', 'much']],
    [['demo', '--cluster']],
    [['demo', '--cluster', '/nowhere/fdb.cluster']],
    [['demo', '--cities', 'none']],
    [['demo', '--cities', '0']],
    [['demo', '--timeout', '-1']],
    [['demo', '--prefix', '']],
    [['demo', 'too much']],
  ])('%j is a usage error', (args) => {
    const { status, stdout, stderr } = fdbkit(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('    at ')
  })

  test('engine-path prints the folder and nothing else', () => {
    const { status, stdout, stderr } = fdbkit('engine-path')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(`${join(root, 'build', 'engine')}\n`)
  })
})
