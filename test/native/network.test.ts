// The network belongs to the process and starts once, so every case runs in a process of its own.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ringLibraryPath } from '../../src/native/library/engine-path.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { fakeLibraryPath } from '../future/fake-client.ts'
import { dist, runModule } from './run-module.ts'

interface Step {
  readonly library?: 'fake' | 'engine' | 'text' | 'ring'
  readonly apiVersion?: number | undefined
  readonly options?: Record<string, string | number | true>
  readonly stop?: true
}

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-network-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const textFile = join(folder, 'text.so')
writeFileSync(textFile, 'not a library')

const paths = {
  fake: fakeLibraryPath,
  engine: embeddedLibrary().path,
  text: textFile,
  ring: ringLibraryPath(),
}

/** What each step did: the state it left, or the error it threw. */
async function walk(steps: readonly Step[]): Promise<{ did: string; message: string }[]> {
  const { stdout } = await runModule(`
    import { networkInfo, startNetwork, stopNetworkThread } from '${dist}/native/library/network.js'
    const paths = ${JSON.stringify(paths)}
    for (const { library, apiVersion, options, stop } of ${JSON.stringify(steps)}) {
      let did, message = ''
      try {
        if (stop) stopNetworkThread()
        else {
          const location = { path: paths[library], source: 'explicit' }
          startNetwork({ library: location, apiVersion, options })
        }
        const info = networkInfo()
        did = info.state + (info.state === 'running' ? ' ' + info.apiVersion : '')
      } catch (error) {
        did = error.name
        message = error.message
      }
      console.log(JSON.stringify({ did, message }))
    }
  `)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { did: string; message: string })
}

/** What the steps should do, told by the rules alone. */
function predict(steps: readonly Step[]): string[] {
  let library: Step['library']
  let version = 0
  let options = ''
  let state: 'unloaded' | 'running' | 'stopped' = 'unloaded'
  return steps.map((step) => {
    if (step.stop) {
      if (state === 'running') state = 'stopped'
      return state === 'unloaded' && version !== 0 ? 'selected' : state
    }
    const asked = JSON.stringify(step.options ?? {})
    if (state === 'stopped') return 'FDBStateError'
    if (library !== undefined && library !== step.library) return 'FDBStateError'
    const wanted = step.apiVersion ?? 0
    if (version !== 0 && wanted !== 0 && wanted !== version) return 'FDBStateError'
    if (state === 'running') {
      return asked === '{}' || asked === options ? `running ${version}` : 'FDBStateError'
    }
    if (step.library === 'text' || step.library === 'ring') return 'LibraryNotFoundError'
    library = step.library
    if (version === 0) version = wanted === 0 ? 740 : wanted
    // The fake client refuses this one.
    if (step.options?.['localAddress'] !== undefined) return 'FDBError'
    options = asked
    state = 'running'
    return `running ${version}`
  })
}

describe('the network', () => {
  test('walks its states as the rules say, whatever comes', async () => {
    const start = fc.record(
      {
        library: fc.constantFrom('fake', 'fake', 'fake', 'engine', 'text', 'ring'),
        apiVersion: fc.constantFrom(undefined, undefined, 740, 710),
        options: fc.constantFrom<Record<string, string | number>[]>(
          {},
          { traceEnable: '/tmp' },
          { trace_roll_size: 1 },
          { localAddress: 'refused' },
        ),
      },
      { requiredKeys: ['library'] },
    )
    const step = fc.oneof(
      { weight: 6, arbitrary: start },
      { weight: 1, arbitrary: fc.constant({ stop: true } as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (drawn) => {
        const steps = drawn as Step[]
        // The engine takes any address.
        fc.pre(!steps.some((one) => one.library === 'engine' && one.options?.['localAddress']))
        const walked = await walk(steps)
        expect(walked.map(({ did }) => did)).toEqual(predict(steps))
      }),
      { numRuns: 25 },
    )
  })

  test('says what to do when the order is wrong', async () => {
    const walked = await walk([
      { library: 'text' },
      { library: 'ring' },
      { library: 'fake', options: { localAddress: 'x' } },
      { library: 'fake', apiVersion: 710 },
      { library: 'engine' },
      { library: 'fake', options: { traceEnable: '/tmp' } },
      { stop: true },
      { library: 'fake' },
    ])
    const said = [
      /text\.so is no client library/,
      /it has no fdb_select_api_version_impl/,
      /network option local_address: .*invalid_option_value/,
      /cannot change to 710/,
      /one process talks through one client library/,
      /^$/,
      /^$/,
      /cannot start it again/,
    ]
    walked.forEach(({ message }, i) => expect(message).toMatch(said[i]!))
  })

  test('refuses options and versions before anything native', async () => {
    const walked = await walk([
      { library: 'fake', options: { nothing: 1 } },
      { library: 'fake', options: { traceEnable: 1 } },
      { library: 'fake', options: { traceRollSize: true } },
      { library: 'fake', apiVersion: 509 },
      { library: 'fake', apiVersion: 741 },
      { library: 'fake', apiVersion: 700.5 },
      { library: 'fake' },
    ])
    expect(walked.map(({ did }) => did)).toEqual([
      ...['TypeError', 'TypeError', 'TypeError'],
      ...['RangeError', 'RangeError', 'TypeError'],
      'running 740',
    ])
  })

  test('must run before a database is opened', async () => {
    const { stdout } = await runModule(`
      import { DatabaseHandle } from '${dist}/future/handles/database-handle.js'
      try { DatabaseHandle.open() } catch (error) { console.log(error.name, error.message) }
    `)
    expect(stdout).toMatch(/^FDBStateError .*call startNetwork\(\) first/)
  })

  test('is started once by workers that start it together, and stopped by the process', async () => {
    const { code, stdout, stderr } = await runModule(`
      import { Worker } from 'node:worker_threads'
      const source = \`
        import('${dist}/native/library/network.js').then(({ startNetwork }) => {
          const info = startNetwork({ library: { path: '${fakeLibraryPath}', source: 'explicit' } })
          console.log(info.state)
        })
      \`
      for (let i = 0; i < 8; i++) new Worker(source, { eval: true })
    `)
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 8 }, () => 'running'))
    expect(code).toBe(0)
  })
})
