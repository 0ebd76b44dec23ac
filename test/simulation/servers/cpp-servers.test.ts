/**
 * Workloads by the C++ interface: that of each version, with either standard library. A library of these tests plays such a
 * server over the embedded simulator, so that the same seed may be compared with what the interface in C gives.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runSeed, type SeedOptions, type SeedResult } from '../../../src/cli/sim/run/run-seed.ts'
import { readTestFile } from '../../../src/cli/sim/run/test-file.ts'
import { libcxxPluginPath, pluginPath } from '../../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import { describeOn } from '../run-workload.ts'

const root = join(import.meta.dirname, '../../..')
const atomic = readFileSync(join(root, 'workloads/atomic.toml'), 'utf8')
const LIBRARIES = { 'libstdc++': pluginPath(), 'libc++': libcxxPluginPath() } as const
type Library = keyof typeof LIBRARIES

interface Server {
  readonly library: Library
  readonly version: string
}

/** Without a server: by the interface in C. */
function run(test: SeedOptions['test'], seed: number, server?: Server): Promise<SeedResult> {
  const options = { fdbserver: undefined, test, seed, buggify: true, lane: 0 }
  const timeout = HANG_LIMIT / 1000
  if (server === undefined) return runSeed({ ...options, timeout })
  const library = join(root, `build/cpp-server/${server.library}/libfdbkit_cpp_server.so`)
  const environment = {
    FDBKIT_SIM_SERVER: server.version,
    FDBKIT_CPP_SERVER_LOADS: LIBRARIES[server.library],
  }
  return runSeed({ ...options, timeout, library, environment })
}

const testOf = (name: string) =>
  readTestFile(join(root, `workloads/${name}.toml`), undefined, 'default')

function describeWith(library: Library): typeof describe.skip {
  if (existsSync(LIBRARIES[library])) return describeOn('engine')
  console.error(
    `fdbkit: ${LIBRARIES[library]} is not built, so no server with ${library} is played`,
  )
  return describe.skip
}

describe.each(['libstdc++', 'libc++'] as const)('a server with %s', (library) => {
  describeWith(library)('that loads in C++', () => {
    it.each(['7.1.61', '7.2.9', '7.3.79', '7.4.0', '7.4.5', '7.4.6'])(
      'of %s runs the simulation of the interface in C, event by event',
      async (version) => {
        const test = { text: atomic, module: join(import.meta.dirname, '../fixtures/twin.ts') }
        for (const seed of [1, 2, 3]) {
          const cpp = await run(test, seed, { library, version })
          const c = await run(test, seed)
          expect([cpp.problem, cpp.unseed, cpp.events]).toEqual(['', c.unseed, c.events])
          expect(cpp.events.length).toBeGreaterThan(0)
        }
      },
    )

    it.each(['bank', 'watches', 'queue'])(
      'of 7.4.6 runs %s with its delays as in C',
      async (name) => {
        for (const seed of [1, 2]) {
          const cpp = await run(testOf(name), seed, { library, version: '7.4.6' })
          const c = await run(testOf(name), seed)
          expect([seed, cpp.problem, cpp.unseed]).toEqual([seed, '', c.unseed])
          expect(cpp.events).toEqual(c.events)
        }
      },
    )

    it.each(['bank', 'watches', 'queue'])(
      'of 7.3 passes %s with delays of ours, and a seed is one run',
      async (name) => {
        for (const seed of [1, 2]) {
          const first = await run(testOf(name), seed, { library, version: '7.3.79' })
          expect([seed, first.problem]).toEqual([seed, ''])
          const again = await run(testOf(name), seed, { library, version: '7.3.79' })
          expect([seed, again.unseed, again.events]).toEqual([seed, first.unseed, first.events])
        }
      },
    )

    it.each([
      ['6.3.24', /an interface that is not known: that in C\+\+ of version 6\.3\.24$/],
      ['7.0.0', /an interface that is not known: that in C\+\+ of version 7\.0\.0$/],
      ['8.0.0', /an interface that is not known: that in C\+\+ of version 8\.0\.0$/],
      ['', /FDBKIT_SIM_SERVER has to be the server's version$/],
    ])('of version "%s" ends with one line, and an error event', async (version, line) => {
      const result = await run(testOf('noop'), 1, { library, version })
      expect(result.passed).toBe(false)
      const told = result.output.filter((each) => each.startsWith('fdbkit: '))
      expect(told).toEqual([expect.stringMatching(line)])
      expect(result.errors).toEqual([expect.stringContaining('FdbkitFailure')])
    })
  })
})
