import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/find-fdbserver.ts'
import { runSeed } from '../../src/cli/sim/run-seed.ts'
import { compare } from '../../src/cli/sim/run-seeds.ts'
import { describeSimulation } from './simulate.ts'

const workloads = join(import.meta.dirname, '../../workloads')

/** Seeds whose clusters are small; all of them pass, these take the least time. */
const CASES = [
  { name: 'atomic', seed: 1 },
  { name: 'cycle', seed: 4 },
]

describeSimulation('with clogging, rollback, attrition and buggify', () => {
  it.each(CASES)(
    '$name passes, twice the same',
    async ({ name, seed }) => {
      const run = (lane: number) =>
        runSeed({
          fdbserver: findFdbserver() as string,
          test: {
            text: readFileSync(join(workloads, `${name}.toml`), 'utf8'),
            module: join(workloads, `${name}.ts`),
          },
          seed,
          buggify: true,
          timeout: 120,
          lane,
        })
      const [first, second] = [await run(0), await run(1)]
      expect(compare(first, second)).toMatchObject({ passed: true, problem: '', errors: [] })
      expect(first.events.length).toBeGreaterThan(0)
    },
    240_000,
  )
})
