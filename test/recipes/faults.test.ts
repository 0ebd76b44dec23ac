import { randomInt } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import type { FDBError } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { workloads } from './workloads.ts'

// The engine draws its faults from this seed; it is named where something fails.
const engineSeed = (process.env['FDBKIT_ENGINE_SEED'] ??= String(randomInt(2 ** 32)))

// The faults of the engine are options of the network, of which a process has one: so this is a file of its own.
const db = openEmbedded({
  network: {
    client_buggify_enable: true,
    client_buggify_section_activated_probability: 100,
    client_buggify_section_fired_probability: 15,
  },
})
afterAll(() => db.close())

const SEEDS = 10
const onEngine = test.runIf(backend.name === 'engine')

onEngine('the faults are there: commits are unknown, and some of them were applied', async () => {
  const unknown = new Set<number>()
  const applied = new Set<number>()
  for (let i = 0; i < 600; i++) {
    await db.doTransaction(
      async (tn, { maybeCommitted }) => {
        // Another attempt may see it once more, so transactions are counted, not attempts.
        if (maybeCommitted && (await tn.exists(`faults/${i}`))) applied.add(i)
        tn.set(`faults/${i}`, '')
      },
      {
        observer: {
          failed: (_, error) => {
            if ((error as FDBError).code === 1021) unknown.add(i)
          },
        },
      },
    )
  }
  expect(unknown.size, `engine seed ${engineSeed}`).toBeGreaterThan(applied.size)
  expect(applied.size, `engine seed ${engineSeed}`).toBeGreaterThan(0)
})

for (const [name, workload] of Object.entries(workloads)) {
  onEngine(`${name}: keeps its promises under unknown commits and refused reads`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = workload(db.at(`${name}/${seed}/`), seed)
      await run.catch((error: Error) =>
        expect.fail(`seed ${seed}, engine seed ${engineSeed}: ${error.stack}`),
      )
    }
  })
}
