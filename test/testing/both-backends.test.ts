// The same command on the engine and on a cluster. Stand-ins for the server's programs: what is tested is who runs where.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findServerPrograms, NO_SERVER } from '../../src/testing/backends/real-cluster.ts'
import { currentBackend, onBothBackends } from '../../src/testing/index.ts'

const hasServer = findServerPrograms() !== undefined
if (!hasServer) console.error(`fdbkit: ${NO_SERVER}`)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-both-'))
  const script = (name: string, body: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  script('fdbserver', 'exec sleep 1000')
  script('fdbcli', 'echo "Database created; The database is available."')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Prints what a test would run on, and ends with the code of that backend. */
const PROGRAM = `
  const { FDBKIT_ENGINE, FDB_CLUSTER_FILE, FDBKIT_ON_CLUSTER } = process.env
  console.log(JSON.stringify({ FDBKIT_ENGINE, FDB_CLUSTER_FILE, FDBKIT_ON_CLUSTER }))
  process.exit(Number(FDBKIT_ON_CLUSTER === '' ? process.env.ON_ENGINE : process.env.ON_CLUSTER))
`

interface Seen {
  FDBKIT_ENGINE?: string
  FDB_CLUSTER_FILE?: string
  FDBKIT_ON_CLUSTER?: string
}

function bothBackends(env: NodeJS.ProcessEnv) {
  const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
  const args = [main, 'both-backends', '--', process.execPath, '-e', PROGRAM]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: dirname(process.execPath), ON_ENGINE: '0', ON_CLUSTER: '0', ...env },
  })
  const seen = stdout.split('\n').filter((line) => line !== '')
  return { status, seen: seen.map((line) => JSON.parse(line) as Seen), stderr }
}

test('without a server it is the engine alone, and a line says so', () => {
  const { status, seen, stderr } = bothBackends({})
  expect(status).toBe(0)
  expect(seen).toEqual([{ FDBKIT_ENGINE: 'embedded', FDBKIT_ON_CLUSTER: '' }])
  expect(stderr.match(/^.*no fdbserver.*$/gm)).toEqual([
    'fdbkit: tests run on the embedded engine only: no fdbserver and fdbcli on the PATH or in FDBKIT_FDBSERVER',
  ])
})

test('with a server a second process has a cluster, which is gone then', () => {
  const { status, seen, stderr } = bothBackends({
    FDBKIT_FDBSERVER: folder,
    PATH: process.env['PATH'],
  })
  expect(status, stderr).toBe(0)
  expect(seen.length).toBe(2)
  const { FDB_CLUSTER_FILE: file = '' } = seen[1]!
  expect(seen[1]).toEqual({ FDBKIT_ENGINE: '', FDB_CLUSTER_FILE: file, FDBKIT_ON_CLUSTER: file })
  expect(file).toMatch(/fdb\.cluster$/)
  expect(existsSync(dirname(file))).toBe(false)
})

test.each([[{ ON_ENGINE: '1' }], [{ ON_CLUSTER: '1' }]])(
  '%j is a failure of all, and both have run',
  (codes) => {
    const env = { FDBKIT_FDBSERVER: folder, PATH: process.env['PATH'], ...codes }
    const { status, seen } = bothBackends(env)
    expect(status).toBe(1)
    expect(seen.length).toBe(2)
  },
)

test.skipIf(!hasServer)(
  'the same program has a database on the engine and on a real cluster',
  () => {
    const dist = join(import.meta.dirname, '..', '..', 'dist')
    const program = `
    const { testDatabase, currentBackend } = await import(${JSON.stringify(join(dist, 'testing/index.js'))})
    const db = await testDatabase()
    await db.set('key', 'value')
    console.log(JSON.stringify([currentBackend().name, String(await db.get('key')), await db.count('', 'z')]))
    await db[Symbol.asyncDispose]()
  `
    const command = [process.execPath, '--input-type=module', '-e', program]
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(dist, 'cli', 'main.js'), 'both-backends', '--', ...command],
      { encoding: 'utf8' },
    )
    expect(status, stderr).toBe(0)
    expect(stdout.trim().split('\n')).toEqual(['["engine","value",1]', '["real","value",1]'])
  },
)

test('a command that is none is refused, and one that is not there is an error', async () => {
  for (const command of [[], 'vitest', [1]]) {
    await expect(onBothBackends(command as never)).rejects.toThrow(/^command of onBothBackends is/)
  }
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await expect(onBothBackends(['/nowhere/program'])).rejects.toThrow(/ENOENT/)
  error.mockRestore()
})

test('a process reads from its environment what its tests run on', () => {
  expect(currentBackend()).toMatchObject({ name: 'engine', clusterFile: undefined })
  vi.stubEnv('FDBKIT_ON_CLUSTER', '/etc/fdb.cluster')
  expect(currentBackend()).toEqual({
    name: 'real',
    clusterFile: '/etc/fdb.cluster',
    environment: {
      FDBKIT_ENGINE: '',
      FDB_CLUSTER_FILE: '/etc/fdb.cluster',
      FDBKIT_ON_CLUSTER: '/etc/fdb.cluster',
    },
  })
  vi.unstubAllEnvs()
})
