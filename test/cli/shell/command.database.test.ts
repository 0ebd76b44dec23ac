// The command on a real cluster: test/cli/command-line.test.ts has it on the engine.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backend } from '../../support/backends.ts'

const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js')

describe.skipIf(backend.clusterFile === undefined)('fdbkit shell --cluster', () => {
  const shell = (...args: string[]) => {
    const env = { ...process.env, FDBKIT_ENGINE: 'embedded' }
    const run = spawnSync(process.execPath, [main, 'shell', ...args], { encoding: 'utf8', env })
    return { status: run.status, stdout: run.stdout, stderr: run.stderr }
  }

  test('writes only when it is told to, and to the cluster that is named', () => {
    const cluster = ['--cluster', backend.clusterFile ?? '']
    const key = `("fdbkit-test", "shell", ${process.pid})`
    const refused = shell(...cluster, '--exec', `set ${key} x`)
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain('`writemode on` lets it write')
    expect(shell(...cluster, '--write', '--exec', `set ${key} x`).status).toBe(0)
    expect(shell(...cluster, '--exec', `get ${key}`).stdout).toBe(`${key} is "x"\n`)
    expect(shell(...cluster, '--exec', `writemode on; clear ${key}`).status).toBe(0)
  })

  test('gives up on a cluster that does not answer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-shell-'))
    const down = join(folder, 'down.cluster')
    writeFileSync(down, 'test:test@127.0.0.1:1\n')
    const run = shell('--cluster', down, '--timeout', '0.5', '--exec', 'get a')
    rmSync(folder, { recursive: true, force: true })
    expect(run).toMatchObject({ status: 1, stdout: '' })
    expect(run.stderr).toContain('within 0.5 s')
    expect(run.stderr).toContain('fdbkit doctor')
  })
})
