// On a real cluster: the engine has no coordinators, and always answers.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backend } from '../support/backends.ts'

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

describe.skipIf(backend.clusterFile === undefined)('fdbkit doctor --cluster', () => {
  test('finds nothing wrong with a cluster that answers', () => {
    const args = [main, 'doctor', '--cluster', backend.clusterFile ?? '']
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stdout).toContain('1 of 1 accept connections')
    expect(stdout).toContain('All is well.')
    expect(status).toBe(0)
  })

  test('gives up on a server that says nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-doctor-'))
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const silent = join(folder, 'silent.cluster')
    writeFileSync(silent, `test:test@127.0.0.1:${port}\n`)
    const child = spawn(process.execPath, [main, 'doctor', '--cluster', silent, '--timeout', '0.5'])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [status] = (await once(child, 'close')) as [number]
    server.close()
    rmSync(folder, { recursive: true, force: true })
    expect(output).toMatch(/^WRONG +read +no answer within 0\.5 s$/m)
    expect(output).toContain('One thing is wrong.')
    expect(status).toBe(1)
  })

  test.each([
    ['description', (line: string) => line.replace(/^[^:]+/, 'another')],
    ['id', (line: string) => line.replace(/:[^@]+/, ':another')],
  ])('says what to compare when the cluster file has another %s', (_, change) => {
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-doctor-'))
    const other = join(folder, 'other.cluster')
    writeFileSync(other, change(readFileSync(backend.clusterFile ?? '', 'utf8')))
    const args = [main, 'doctor', '--cluster', other, '--timeout', '1']
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    rmSync(folder, { recursive: true, force: true })
    expect(stdout).toContain('1 of 1 accept connections')
    expect(stdout).toMatch(/^WRONG +read +no answer within 1 s$/m)
    expect(stdout).toContain('the part before the @ is the same')
    expect(status).toBe(1)
  })

  test('says that no server is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-doctor-'))
    const down = join(folder, 'down.cluster')
    writeFileSync(down, 'test:test@127.0.0.1:1\n')
    const args = [main, 'doctor', '--cluster', down, '--timeout', '0.5']
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    rmSync(folder, { recursive: true, force: true })
    expect(stdout).toMatch(/^WRONG +coordinators +0 of 1 accept connections$/m)
    expect(stdout).toContain('127.0.0.1:1 (ECONNREFUSED)')
    expect(stdout).toContain('2 things are wrong.')
    expect(status).toBe(1)
  })
})
