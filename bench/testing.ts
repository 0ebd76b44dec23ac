/**
 * What a test pays for its database: one made, used once and closed; and a fixture that is brought back, of so many keys.
 *
 *     npm run -s bench:testing [-- KEYS]
 */
import { restore, snapshot, testDatabase } from '../src/testing/index.ts'

const SAMPLES = 5
const ROUNDS = 200

const keys = Number(process.argv[2] ?? 1000)

/** Milliseconds of one, the median of the samples. */
async function measure(name: string, one: () => Promise<void>): Promise<void> {
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const begin = process.hrtime.bigint()
    for (let round = 0; round < ROUNDS; round++) await one()
    samples.push(Number(process.hrtime.bigint() - begin) / 1e6 / ROUNDS)
  }
  const median = samples.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? Number.NaN
  console.log(`${name}: ${median.toFixed(3)} ms`)
}

await measure('a database made and closed', async () => testDatabase().close())
await measure('a database made, written, read and closed', async () => {
  const db = testDatabase()
  await db.set('a', 'b')
  await db.get('a')
  db.close()
})

const db = testDatabase()
for (let from = 0; from < keys; from += 1000) {
  await db.doTransaction(async (tn) => {
    for (let i = from; i < Math.min(keys, from + 1000); i++) {
      tn.set(`key ${i}`, Buffer.alloc(100, i))
    }
  })
}
const content = await snapshot(db)
console.log(`${keys} keys of 100 bytes, ${content.length} bytes of snapshot`)
await measure('a snapshot', async () => void (await snapshot(db)))
await measure('one key changed, all brought back', async () => {
  await db.set('key 1', 'changed')
  await restore(db, content)
})
db.close()
