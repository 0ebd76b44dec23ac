import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import type { FDBError } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { workloads } from './workloads.ts'

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
  let applied = 0
  let unknown = 0
  for (let i = 0; i < 300; i++) {
    await db.doTransaction(
      async (tn, { maybeCommitted }) => {
        if (maybeCommitted && (await tn.exists(`faults/${i}`))) applied++
        tn.set(`faults/${i}`, '')
      },
      {
        observer: { failed: (_, error) => (unknown += (error as FDBError).code === 1021 ? 1 : 0) },
      },
    )
  }
  expect(unknown).toBeGreaterThan(applied)
  expect(applied).toBeGreaterThan(0)
})

for (const [name, workload] of Object.entries(workloads)) {
  onEngine(`${name}: keeps its promises under unknown commits and refused reads`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = workload(db.at(`${name}/${seed}/`), seed)
      await run.catch((error: Error) => expect.fail(`seed ${seed}: ${error.stack}`))
    }
  })
}
