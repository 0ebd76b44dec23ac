// On the engine each process has its own empty database; on a real cluster they meet.
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { open, tuple, type Database } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

function demo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo', ...args], {
    encoding: 'utf8',
    timeout: HANG_LIMIT,
  })
  return { status, stdout, stderr }
}

describe.skipIf(backend.clusterFile === undefined)('fdbkit demo --cluster', () => {
  const clusterFile = backend.clusterFile ?? ''
  let db: Database
  let folder: string
  beforeAll(() => {
    db = open({ clusterFile })
    folder = mkdtempSync(join(tmpdir(), 'fdbkit-demo-'))
  })
  afterAll(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('runs, and leaves nothing behind', async () => {
    const prefix = 'demo that cleans up'
    const { status, stdout, stderr } = demo(
      '--cluster',
      clusterFile,
      '--cities',
      '2000',
      '--prefix',
      prefix,
    )
    expect(status, stderr).toBe(0)
    expect(stdout.match(/keys\/s/g)).toHaveLength(7)
    expect(await db.getRangeAllStartsWith(tuple.pack([prefix]))).toEqual([])
  })

  test('--keep leaves the data, and the next run replaces it', async () => {
    const prefix = 'demo that stays'
    const args = ['--cluster', clusterFile, '--cities', '50', '--prefix', prefix]
    expect(demo(...args, '--keep').status).toBe(0)
    const cities = await db.getRangeAllStartsWith(tuple.pack([prefix, 'city']))
    expect(cities).toHaveLength(50)
    expect(demo(...args).status).toBe(0)
    expect(await db.getRangeAllStartsWith(tuple.pack([prefix]))).toEqual([])
  })

  test('refuses a prefix with the keys of others, and leaves them alone', async () => {
    const prefix = 'somebody else'
    const key = tuple.pack([prefix, 'treasure'])
    await db.set(key, 'gold')
    const { status, stderr } = demo('--cluster', clusterFile, '--prefix', prefix)
    expect(status).toBe(1)
    expect(stderr).toContain('--prefix')
    expect((await db.get(key))?.toString()).toBe('gold')
    await db.clear(key)
  })

  test('gives up on a cluster that does not answer', async () => {
    // A port that listens and never says anything.
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const silent = join(folder, 'silent.cluster')
    writeFileSync(silent, `test:test@127.0.0.1:${port}\n`)
    const { status, stderr } = demo('--cluster', silent, '--timeout', '0.5')
    server.close()
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error: no answer from the cluster of .+ within 0\.5 s.+\n$/)
  })
})
