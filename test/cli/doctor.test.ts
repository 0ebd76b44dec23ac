import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkClusterFile, defaultClusterFiles } from '../../src/cli/doctor/cluster-file.ts'
import type { FileView } from '../../src/cli/doctor/cluster-file.ts'
import { checkCoordinators, judge } from '../../src/cli/doctor/coordinators.ts'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { silence } from '../../src/cli/doctor/timed-read.ts'
import { engineLibraryPath } from '../../src/native/library/engine-path.ts'
import { ringLibrary } from '../../src/native/library/library.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

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
  const options = { encoding: 'utf8', timeout: HANG_LIMIT, cwd: folder } as const
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
    const { status, stdout, stderr } = doctor('--embedded')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ok +read +[\d.]+ ms/m)
    expect(stdout).toMatch(/All is well\.\n$/)
  })

  test('gives the same as JSON', () => {
    const all = report('--embedded')
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

  test.each([
    [['--timeout', 'soon']],
    [['--timeout', '0']],
    [['--embedded', '--cluster', 'fdb.cluster']],
    [['--embedded', '--library', 'libfdb_c.so']],
    [['more']],
  ])('takes %j as wrong usage', (args) => {
    const { status, stdout, stderr } = doctor(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('(add --help for usage)')
  })

  test('says that a library is none of FoundationDB', () => {
    // A library that loads, and that is something else.
    const other = ringLibrary()
    const all = report('--library', other, '--cluster', join(folder, 'none'))
    expect(statuses(all)).toEqual(['ok', 'ok', 'wrong', 'wrong', 'skipped', 'skipped'])
    expect(all.findings[2]).toMatchObject({
      found: expect.stringContaining('is no client library'),
      advice: expect.stringContaining('Use a client library of release'),
    })
  })

  test('says that a library is of too old a release', () => {
    const source = clusterFile('old.c', OLD_CLIENT)
    const library = join(folder, 'libold.so')
    const compiler = process.env['CC'] ?? 'cc'
    const compiled = spawnSync(compiler, ['-shared', '-fPIC', '-o', library, source])
    expect(String(compiled.stderr)).toBe('')
    const all = report('--library', library, '--cluster', join(folder, 'none'))
    expect(statuses(all).slice(0, 3)).toEqual(['ok', 'ok', 'wrong'])
    expect(all.findings[2]?.advice).toMatch(/^Use a client library of release \d\.\d or later\.$/)
  })
})

/** What is asked of a client library before anything else, as a release from long ago answers it. */
const OLD_CLIENT = `
int fdb_select_api_version_impl(int runtime, int header) { return runtime > 200 ? 2203 : 0; }
int fdb_get_max_api_version(void) { return 200; }
const char *fdb_get_client_version(void) { return "2.0.0,none,none"; }
const char *fdb_get_error(int code) { return "no such version"; }
`

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

  const content = 'a:b@127.0.0.1:4500'
  const files = (...readOnly: string[]): FileView => ({
    exists: () => true,
    size: () => content.length,
    read: () => content,
    isWritable: (path) => !readOnly.includes(path),
  })

  test.each([
    ['the file', ['/etc/db/fdb.cluster'], '/etc/db/fdb.cluster is read-only'],
    ['its folder', ['/etc/db'], '/etc/db is read-only'],
    ['both', ['/etc/db', '/etc/db/fdb.cluster'], '/etc/db/fdb.cluster is read-only'],
  ])('is used, and complained about, when this user may not write %s', (_, readOnly, found) => {
    const { finding, path, coordinators } = checkClusterFile(
      '/etc/db/fdb.cluster',
      files(...readOnly),
    )
    expect(finding).toMatchObject({ status: 'wrong', found })
    expect(finding.advice).toContain('Let this user write to /etc/db/fdb.cluster and its folder')
    expect(path).toBe('/etc/db/fdb.cluster')
    expect(coordinators).toHaveLength(1)
  })

  test('is fine when this user may write both', () => {
    expect(checkClusterFile('/etc/db/fdb.cluster', files()).finding.status).toBe('ok')
  })

  test('is refused when this user may not read it', () => {
    const denied: FileView = {
      ...files(),
      read: () => {
        throw new Error('EACCES: permission denied')
      },
    }
    const { finding, path } = checkClusterFile('/etc/db/fdb.cluster', denied)
    expect(finding.found).toContain("can't be read: EACCES")
    expect(finding.advice).toContain('may read')
    expect(path).toBeUndefined()
  })

  test('is the first of those that are there', () => {
    const system = defaultClusterFiles({})[1]!
    const onlySystem = { ...files(), exists: (path: string) => path === system }
    const saved = process.env['FDB_CLUSTER_FILE']
    delete process.env['FDB_CLUSTER_FILE']
    try {
      expect(checkClusterFile(undefined, onlySystem).path).toBe(system)
    } finally {
      if (saved !== undefined) process.env['FDB_CLUSTER_FILE'] = saved
    }
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

  test('of unknown names are a matter of names', () => {
    const one = { host: 'db-1', port: 1, text: 'db-1:1' }
    for (const problem of ['ENOTFOUND', 'EAI_AGAIN']) {
      const finding = judge([one, one], [problem, problem])
      expect(finding.advice).toContain('host names are not known here')
      expect(finding.advice).toContain(`db-1:1 (${problem})`)
    }
    expect(judge([one, one], ['ENOTFOUND', 'ECONNREFUSED']).advice).toContain('Start the servers')
  })
})

describe('a read without an answer', () => {
  const settings = {
    timeoutMs: 1000,
    protocol: 'fdb00b074000000',
    clusterFile: 'my.cluster',
    tls: false,
  }

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

  test('is explained by what TLS needs', () => {
    expect(silence(undefined, settings).advice).toContain('each address ends in :tls')
    const advice = silence(undefined, { ...settings, tls: true }).advice
    expect(advice).toContain('FDB_TLS_CERTIFICATE_FILE')
  })
})
