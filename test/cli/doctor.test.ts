import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkClusterFile, defaultClusterFiles } from '../../src/cli/doctor/cluster-file.ts'
import { checkCoordinators } from '../../src/cli/doctor/coordinators.ts'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { silence } from '../../src/cli/doctor/timed-read.ts'
import { engineLibraryPath } from '../../src/native/engine-path.ts'

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const CHECKS = ['native parts', 'library', 'versions', 'cluster file', 'coordinators', 'read']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-doctor-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function clusterFile(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

interface Report {
  ok: boolean
  findings: Finding[]
}

function doctor(...args: string[]) {
  const options = { encoding: 'utf8', timeout: 60_000, cwd: folder } as const
  const env = { ...process.env, FDBKIT_ENGINE: '', FDB_CLUSTER_FILE: '', FDBKIT_LIBRARY: '' }
  const run = spawnSync(process.execPath, [main, 'doctor', ...args], { ...options, env })
  return { status: run.status, stdout: run.stdout, stderr: run.stderr }
}

function report(...args: string[]): Report & { status: number | null } {
  const { status, stdout, stderr } = doctor('--json', ...args)
  expect(stderr).toBe('')
  return { status, ...(JSON.parse(stdout) as Report) }
}

/** The status of each check, in order. */
const statuses = ({ findings }: Report): string[] => findings.map(({ status }) => status)

describe('fdbkit doctor', () => {
  test('finds nothing wrong with the engine', () => {
    const { status, stdout, stderr } = doctor('--engine')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ok +read +[\d.]+ ms/m)
    expect(stdout).toMatch(/All is well\.\n$/)
  })

  test('gives the same as JSON', () => {
    const all = report('--engine')
    expect(all).toMatchObject({ status: 0, ok: true })
    expect(statuses(all)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(all.findings.at(-1)?.data).toEqual({
      firstMs: expect.any(Number),
      secondMs: expect.any(Number),
    })
  })

  test('says that the library is missing, and checks the rest all the same', () => {
    const cluster = clusterFile('one.cluster', 'a:b@127.0.0.1:1\n')
    const missing = join(folder, 'no-library.so')
    const all = report('--library', missing, '--cluster', cluster)
    expect(all).toMatchObject({ status: 1, ok: false })
    expect(all.findings.map(({ check }) => check)).toEqual(CHECKS)
    expect(statuses(all)).toEqual(['ok', 'wrong', 'skipped', 'ok', 'wrong', 'skipped'])
    expect(all.findings[1]?.found).toContain(missing)
  })

  test('says that a file is no library', () => {
    const text = clusterFile('libtext.so', 'no library')
    const all = report('--library', text, '--cluster', join(folder, 'none'))
    expect(statuses(all)).toEqual(['ok', 'wrong', 'skipped', 'wrong', 'skipped', 'skipped'])
    expect(all.findings[1]?.found).toContain('does not load')
  })

  test('says where it looked for a cluster file', () => {
    const missing = join(folder, 'missing.cluster')
    const all = report('--library', engineLibraryPath(), '--cluster', missing)
    expect(statuses(all)).toEqual(['ok', 'ok', 'ok', 'wrong', 'skipped', 'skipped'])
    expect(all.findings[3]?.found).toContain(missing)
  })

  test('refuses a cluster file that holds something else', () => {
    const bad = clusterFile('bad.cluster', 'hello\n')
    const all = report('--library', engineLibraryPath(), '--cluster', bad)
    expect(statuses(all)).toEqual(['ok', 'ok', 'ok', 'wrong', 'skipped', 'skipped'])
    expect(all.status).toBe(1)
  })

  test('takes wrong arguments as wrong usage', () => {
    expect(doctor('--timeout', 'soon').status).toBe(2)
  })
})

describe('the cluster file', () => {
  const coordinatorsOf = (content: string) =>
    checkClusterFile(clusterFile('parsed.cluster', content)).coordinators.map(
      ({ host, port }) => `${host} ${port}`,
    )

  test.each<[string, string[]]>([
    ['a:b@127.0.0.1:4500', ['127.0.0.1 4500']],
    ['# ours\n\n a_1:B2@10.0.0.1:4500:tls,10.0.0.2:4501 \n', ['10.0.0.1 4500', '10.0.0.2 4501']],
    ['a:b@[::1]:4500,db-1.example.org:1', ['::1 4500', 'db-1.example.org 1']],
  ])('is read: %s', (content, expected) => {
    expect(coordinatorsOf(content)).toEqual(expected)
  })

  test.each([
    '',
    '#a:b@c:1',
    'a@127.0.0.1:1',
    'a:b@',
    'a:b@host',
    'a:b@h:0',
    'a:b@h:65536',
    'a b:c@h:1',
  ])('is refused: %j', (content) => {
    const { finding, path } = checkClusterFile(clusterFile('refused.cluster', content))
    expect(finding.status).toBe('wrong')
    expect(path).toBeUndefined()
  })

  test('that is a folder, or too large, is refused', () => {
    expect(checkClusterFile(folder).finding.status).toBe('wrong')
    const large = clusterFile('large.cluster', 'a'.repeat(100_000))
    expect(checkClusterFile(large).finding.found).toContain('100000 bytes')
  })

  test('is looked for where the client looks', () => {
    expect(defaultClusterFiles({ FDB_CLUSTER_FILE: '/a' })).toEqual(['/a'])
    expect(defaultClusterFiles({})).toHaveLength(2)
  })
})

describe('the coordinators', () => {
  test('that accept a connection are counted, and the others named', async () => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const up = { host: '127.0.0.1', port, text: `127.0.0.1:${port}` }
    const down = { host: '127.0.0.1', port: 1, text: '127.0.0.1:1' }
    expect(await checkCoordinators([up], 5000)).toMatchObject({ status: 'ok' })
    const most = await checkCoordinators([up, down, up], 5000)
    expect(most).toMatchObject({ status: 'wrong', found: '2 of 3 accept connections' })
    expect(most.advice).toContain('works without them')
    const few = await checkCoordinators([down, up, down], 5000)
    expect(few.advice).toContain('needs 2 of them')
    expect(few.advice).toContain('127.0.0.1:1 (ECONNREFUSED)')
    server.close()
  })
})

describe('a read without an answer', () => {
  const settings = { timeoutMs: 1000, protocol: 'fdb00b074000000', clusterFile: 'my.cluster' }

  test.each<[string, string | undefined, RegExp]>([
    ['no coordinator says its protocol', undefined, /see that the servers run/],
    ['the servers are of another release', 'fdb00b071010000', /client library of the servers/],
    [
      'the servers are of the same release',
      'fdb00b074000001',
      /fdbcli -C my.cluster --exec status/,
    ],
  ])('is explained when %s', (_, server, advice) => {
    const finding = silence(server, settings)
    expect(finding).toMatchObject({ status: 'wrong', found: 'no answer within 1 s' })
    expect(finding.advice).toMatch(advice)
  })
})
