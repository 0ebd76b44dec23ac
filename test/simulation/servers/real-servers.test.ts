/** The fdbserver on the PATH, by its interface in C++: that of its version, with the C++ library that it was built with. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findFdbserver } from '../../../src/cli/sim/run/find-fdbserver.ts'
import { runSeed, type SeedOptions, type SeedResult } from '../../../src/cli/sim/run/run-seed.ts'
import { serverOf, type WorkloadInterface } from '../../../src/cli/sim/run/server.ts'
import { standardLibrariesOf } from '../../../src/cli/sim/run/standard-library.ts'
import { readTestFile } from '../../../src/cli/sim/run/test-file.ts'
import { libcxxPluginPath } from '../../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import { describeOn } from '../run-workload.ts'

const root = join(import.meta.dirname, '../../..')
const fdbserver = findFdbserver()
const library = fdbserver === undefined ? undefined : standardLibrariesOf(fdbserver)[0]

function run(
  test: SeedOptions['test'],
  seed: number,
  by: WorkloadInterface | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<SeedResult> {
  const timeout = HANG_LIMIT / 1000
  const options = { fdbserver, test, seed, buggify: true, timeout, lane: 0, environment }
  return runSeed({ ...options, interface: by })
}

const testOf = (name: string) =>
  readTestFile(join(root, `workloads/${name}.toml`), undefined, 'default')

function describeReal(): typeof describe.skip {
  if (library === 'libc++' && !existsSync(libcxxPluginPath())) {
    console.error(
      `fdbkit: ${libcxxPluginPath()} is not built, so fdbserver gets no workload in C++`,
    )
    return describe.skip
  }
  return describeOn('fdbserver')
}

const hasC = fdbserver !== undefined && serverOf(fdbserver, library).useCapi !== undefined

describeReal()('an fdbserver that loads in C++', () => {
  it.each(['atomic', 'bank', 'watches', 'queue'])(
    'passes %s, and a seed is one run',
    async (name) => {
      const first = await run(testOf(name), 1, library)
      expect(first.problem).toBe('')
      const again = await run(testOf(name), 1, library)
      expect([again.problem, again.unseed, again.events]).toEqual(['', first.unseed, first.events])
    },
  )

  // `false` is longer than `true`, and the length of an option changes a simulation: so a path in C is longer.
  it.skipIf(!hasC)('runs the simulation that it runs in C, event by event', async () => {
    const text = readFileSync(join(root, 'workloads/atomic.toml'), 'utf8')
    const module = join(import.meta.dirname, '../fixtures/twin.ts')
    const longer = text.replace("libraryPath = '.'", "libraryPath = './/./'")
    expect(longer.length).toBe(text.length + './/./'.length - 1)
    for (const seed of [1, 3]) {
      const cpp = await run({ text, module }, seed, library)
      const c = await run({ text: longer, module }, seed, 'c')
      expect([cpp.problem, cpp.unseed, cpp.events]).toEqual([c.problem, c.unseed, c.events])
      expect([cpp.problem, cpp.events.length > 0]).toEqual(['', true])
    }
  })

  it('ends with a line and an error event where its version is not known', async () => {
    const result = await run(testOf('noop'), 1, library, { FDBKIT_SIM_SERVER: '9.9.9' })
    expect(result.passed).toBe(false)
    expect(result.output.filter((line) => line.startsWith('fdbkit: '))).toEqual([
      expect.stringMatching(/an interface that is not known: that in C\+\+ of version 9\.9\.9$/),
    ])
    expect(result.errors).toEqual([expect.stringContaining('FdbkitFailure')])
  })

  it('fails, and says so, with a client library of another release', async () => {
    const environment = { FDBKIT_SIM_LIBRARY: join(root, 'build/fake/libfdb_c.so') }
    const { passed, errors } = await run(testOf('noop'), 1, library, environment)
    expect(passed).toBe(false)
    expect(errors[0]).toMatch(
      /Reason=libfdb_c is of release .*, and fdbserver of \d\.\d: FDBKIT_SIM/,
    )
  })
})
