import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const require = createRequire(import.meta.url)

/** One test of the peer's suite, as mocha's JSON reporter tells it. */
export interface PeerTest {
  readonly title: string
  readonly state: 'passed' | 'failed' | 'pending'
  readonly failure: string | undefined
}

export interface PeerRun {
  readonly tests: readonly PeerTest[]
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** What the run printed; all there is to go by when it crashed. */
  readonly output: string
}

interface MochaTest {
  fullTitle: string
  err: { message?: string; stack?: string }
}

interface MochaReport {
  tests: MochaTest[]
  pending: MochaTest[]
  failures: MochaTest[]
}

/** The folder of the npm package `foundationdb`. */
export const peerFolder = dirname(require.resolve('foundationdb/package.json'))

function readTests(reportFile: string): PeerTest[] {
  if (!existsSync(reportFile)) return []
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as MochaReport
  const pending = new Set(report.pending.map(({ fullTitle }) => fullTitle))
  const failures = new Map(report.failures.map(({ fullTitle, err }) => [fullTitle, err]))
  const tests = report.tests.map(({ fullTitle }): PeerTest => {
    const error = failures.get(fullTitle)
    failures.delete(fullTitle)
    if (error !== undefined) {
      return {
        title: fullTitle,
        state: 'failed',
        failure: error.stack ?? error.message ?? 'failed',
      }
    }
    return {
      title: fullTitle,
      state: pending.has(fullTitle) ? 'pending' : 'passed',
      failure: undefined,
    }
  })
  // What is left failed outside of a test, in a hook.
  const hooks = [...failures].map(([title, error]): PeerTest => {
    return { title, state: 'failed', failure: error.stack ?? error.message ?? 'failed' }
  })
  return [...tests, ...hooks]
}

/**
 * Runs the suite that the npm package `foundationdb` ships, in a process of its own.
 *
 * @param preload modules that are loaded before the suite.
 */
export function runPeerSuite(
  environment: Record<string, string>,
  preload: readonly string[] = [],
): PeerRun {
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-peer-'))
  try {
    const clusterFile = join(folder, 'fdb.cluster')
    writeFileSync(clusterFile, 'peer:peer@127.0.0.1:4500\n')
    const reportFile = join(folder, 'report.json')
    const suite = join(peerFolder, 'dist', 'test')
    const files = readdirSync(suite).filter((name) => name.endsWith('.js'))
    const mocha = require.resolve('mocha/bin/mocha.js')
    const report = ['--reporter', 'json', '--reporter-option', `output=${reportFile}`]
    const first = preload.flatMap((path) => ['--require', path])
    const options = ['--no-config', '--exit', '--timeout', String(HANG_LIMIT), ...first, ...report]
    const paths = files.map((name) => join(suite, name))
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [mocha, ...options, ...paths],
      {
        cwd: folder,
        env: { ...process.env, FDB_CLUSTER_FILE: clusterFile, ...environment },
        encoding: 'utf8',
        timeout: HANG_LIMIT,
        killSignal: 'SIGKILL',
      },
    )
    return { tests: readTests(reportFile), status, signal, output: `${stdout}${stderr}`.trim() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Declares a test for every test of a run, and one for the run as a whole. */
export function expectPeerRun(name: string, run: PeerRun): void {
  describe(name, () => {
    test('runs to its end, with all of its tests', () => {
      expect(run, run.output).toMatchObject({ status: 0, signal: null })
      const passed = run.tests.filter(({ state }) => state === 'passed').length
      const pending = run.tests.filter(({ state }) => state === 'pending').length
      expect({ passed, pending }).toEqual({ passed: 52, pending: 5 })
    })

    for (const { title, state, failure } of run.tests) {
      test.skipIf(state === 'pending')(title, () => {
        expect(failure).toBeUndefined()
      })
    }
  })
}
