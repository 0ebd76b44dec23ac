import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/run/find-fdbserver.ts'
import { runSeed } from '../../src/cli/sim/run/run-seed.ts'
import { describeOn } from './run-workload.ts'
import { firstDifference, wholeTrace } from '../../src/cli/sim/events/whole-trace.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const root = join(import.meta.dirname, '../..')
const LONG = (process.env['FDBKIT_LONG'] ?? '') !== ''
const SEEDS = LONG ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] : [3]

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describeOn('fdbserver')('a workload in TypeScript and its twin in C++', () => {
  it.each(SEEDS)(
    'are the same simulation, with all faults, event by event, for seed %i',
    async (seed) => {
      const run = async (name: string, library: object) => {
        const trace = join(folder, `${name}-${seed}`)
        const result = await runSeed({
          fdbserver: findFdbserver(),
          test: {
            text: readFileSync(join(root, 'workloads/atomic.toml'), 'utf8'),
            module: join(import.meta.dirname, 'fixtures/twin.ts'),
          },
          seed,
          buggify: true,
          timeout: HANG_LIMIT / 1000,
          lane: 0,
          trace,
          ...library,
        })
        return { ...result, all: wholeTrace(trace) }
      }
      const script = await run('script', {})
      const native = await run('native', {
        library: join(root, 'build/twin/libfdbkit_workload.so'),
      })
      expect([script.problem, native.problem]).toEqual(['', ''])
      expect(script.events.length).toBeGreaterThan(0)
      expect([script.unseed, script.events]).toEqual([native.unseed, native.events])
      expect(script.all.length).toBeGreaterThan(5_000)
      expect(firstDifference(script.all, native.all)).toBeUndefined()
    },
  )
})
