import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/find-fdbserver.ts'
import { runSeed } from '../../src/cli/sim/run-seed.ts'
import { describeSimulation } from './simulate.ts'

const root = join(import.meta.dirname, '../..')

describeSimulation('a workload in TypeScript and its twin in C++', () => {
  it.each([3])(
    'are the same simulation, with all faults, for seed %i',
    async (seed) => {
      const run = (library: object) =>
        runSeed({
          fdbserver: findFdbserver() as string,
          test: {
            text: readFileSync(join(root, 'workloads/atomic.toml'), 'utf8'),
            module: join(import.meta.dirname, 'fixtures/twin.ts'),
          },
          seed,
          buggify: true,
          timeout: 120,
          lane: 0,
          ...library,
        })
      const script = await run({})
      const native = await run({ library: join(root, 'build/twin/libfdbkit_workload.so') })
      expect([script.problem, native.problem]).toEqual(['', ''])
      expect(script.events.length).toBeGreaterThan(0)
      expect([script.unseed, script.events]).toEqual([native.unseed, native.events])
    },
    300_000,
  )
})
