import { afterAll, expect, test } from 'vitest'
import { openTestDatabase } from '../support/database.ts'
import { backend } from '../support/backends.ts'
import { workloads } from './workloads.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const SEEDS = backend.name === 'engine' ? 15 : 3

for (const [name, workload] of Object.entries(workloads)) {
  test(`${name}: keeps its promises with four at work`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = workload(db.at(`${name}/${seed}/`), seed)
      await run.catch((error: Error) => expect.fail(`seed ${seed}: ${error.stack}`))
    }
  })
}
