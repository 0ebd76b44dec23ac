/** Workloads by the interface of fdbserver 7.4.0 to 7.4.5, as the embedded simulator has it too, and by one nobody knows. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runSeed, type SeedOptions, type SeedResult } from '../../../src/cli/sim/run/run-seed.ts'
import { readTestFile } from '../../../src/cli/sim/run/test-file.ts'
import { pluginPath } from '../../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import { describeOn } from '../run-workload.ts'

const root = join(import.meta.dirname, '../../..')
const atomic = readFileSync(join(root, 'workloads/atomic.toml'), 'utf8')

function run(
  test: SeedOptions['test'],
  seed: number,
  workloadAbi: '7.4.0' | '7.4.6',
): Promise<SeedResult> {
  const timeout = HANG_LIMIT / 1000
  return runSeed({ fdbserver: undefined, test, seed, buggify: true, timeout, lane: 0, workloadAbi })
}

describeOn('engine')('by the interface of 7.4.0', () => {
  it.each(['bank', 'watches', 'queue'])('%s passes, and a seed is one run', async (name) => {
    const test = readTestFile(join(root, `workloads/${name}.toml`), undefined, 'default')
    for (const seed of [1, 2, 3]) {
      const first = await run(test, seed, '7.4.0')
      expect([seed, first.problem]).toEqual([seed, ''])
      const second = await run(test, seed, '7.4.0')
      expect([seed, second.unseed, second.events]).toEqual([seed, first.unseed, first.events])
    }
  })

  it('without delays the simulation is that of 7.4.6, event by event', async () => {
    const test = { text: atomic, module: join(import.meta.dirname, '../fixtures/twin.ts') }
    for (const seed of [1, 2, 3, 4, 5]) {
      const older = await run(test, seed, '7.4.0')
      const today = await run(test, seed, '7.4.6')
      expect([older.problem, older.unseed, older.events]).toEqual(['', today.unseed, today.events])
      expect(older.events.length).toBeGreaterThan(0)
    }
  })

  it('delays take their time under all faults, and what is given up never comes', async () => {
    const test = readTestFile(
      join(import.meta.dirname, '../fixtures/delays.ts'),
      undefined,
      'default',
    )
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { problem, events, errors } = await run(test, seed, '7.4.0')
      expect([seed, problem, errors]).toEqual([seed, '', []])
      const took = events.flatMap((event) => {
        const [, seconds, real] = / Delayed Seconds=(\S+) Took=(\S+)/.exec(event) ?? []
        return seconds === undefined ? [] : [[Number(seconds), Number(real)] as const]
      })
      expect(took.length % 7).toBe(0)
      expect(took.length).toBeGreaterThan(0)
      for (const [asked, real] of took) expect(real).toBeGreaterThanOrEqual(asked - 1e-6)
    }
  })
})

/** A server that passes this as its context, in a process of its own. */
function callFactory(context: string): { readonly status: number | null; readonly stderr: string } {
  const program = `
    import koffi from 'koffi'
    const words = koffi.struct({ a: 'uint64', b: 'uint64', c: 'uint64' })
    const factory = koffi.load(process.argv[1]).func('workloadCFactory', words, ['str', words])
    factory('default', ${context})
    console.error('it came back')`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, pluginPath()],
    { cwd: root, encoding: 'utf8' },
  )
  return { status, stderr }
}

describe('by an interface that nobody knows', () => {
  it.skipIf(process.platform !== 'linux')('the server ends, with one line that says so', () => {
    const line = /^fdbkit: this fdbserver loads workloads by an interface that is not known: .*\n$/
    for (const context of ['{ a: 2n, b: 4096n, c: 4096n }', '{ a: 0n, b: 0n, c: 0n }']) {
      const { status, stderr } = callFactory(context)
      expect([context, status]).toEqual([context, 1])
      expect(stderr).toMatch(line)
    }
  })
})
