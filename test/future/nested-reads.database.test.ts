// Code of a program runs inside wakers, callbacks, decoders and tasks, and asks for more from there. Whatever it does,
// every read gives a value of the key that was asked for, and everyone who waits is told once.
import { afterAll, expect, test } from 'vitest'
import { openTestDatabase } from '../support/database.ts'
import { backend } from '../support/backends.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { DatabaseHandle, type OpenTarget } from '../../src/future/handles/database-handle.ts'
import { Ring } from '../../src/future/ring/ring.ts'
import { PENDING } from '../../src/future/wakers/waker.ts'
import { fdbSpawn, type JoinHandle } from '../../src/task/index.ts'
import { Draw } from '../differential/draw.ts'
import { drawProgram } from './nested/actions.ts'
import { carrierOf, drawSizes } from './nested/ring-carrier.ts'
import { runProgram } from './nested/run-program.ts'
import { StoreBed } from './nested/store-bed.ts'

// Starts the network on the backend's library.
const db = openTestDatabase()
const prefix = db.getPrefix().toString('hex')
afterAll(async () => {
  await db.getRoot().clearRangeStartsWith(prefix)
  db.close()
})

/** A seed of a real cluster takes as long as ten of the engine. */
const PROGRAMS_OF_A_SEED = backend.name === 'engine' ? 10 : 1

function target(name: string): OpenTarget {
  if (backend.clusterFile !== undefined) return { clusterFile: backend.clusterFile }
  return { connectionString: `nested_${name}:embedded@127.0.0.1:1` }
}

/** What the tests of tasks missed: two that start their reads first, and then wait for one after the other. */
test('tasks that start two reads each and wait for them later get the values of their own keys', async () => {
  const scope = db.at('two-reads/')
  const tasks = 20
  const small = (i: number): string => `A${i}`
  const large = (i: number): string => `B${i}${'y'.repeat(100 * (i % 3))}`
  await scope.doTransaction((tn) => {
    for (let i = 0; i < tasks; i++) {
      tn.set(`a${i}`, small(i))
      tn.set(`b${i}`, large(i))
    }
  })
  for (let round = 0; round < (backend.name === 'engine' ? 200 : 20); round++) {
    await scope.doTransaction(async (tn) => {
      const read = (i: number): JoinHandle<string[]> =>
        fdbSpawn(function* () {
          const [a, b] = [tn.get(`a${i}`), tn.get(`b${i}`)]
          return [String(yield* a), String(yield* b)]
        })
      const found = await Promise.all(Array.from({ length: tasks }, (_, i) => read(i)))
      expect(found).toEqual(found.map((_, i) => [small(i), large(i)]))
    })
  }
})

test('whatever runs inside of what, every value is of the key that was asked for', async () => {
  await forSeedsAsync(async (seed) => {
    const draw = new Draw(seed)
    for (let program = 0; program < PROGRAMS_OF_A_SEED; program++) {
      const name = `${seed}_${program}`
      const ring = new Ring(drawSizes(draw))
      const database = DatabaseHandle.open(target(name), ring)
      const bed = new StoreBed(database, `${prefix}-${name}`, carrierOf(ring))
      await bed.begin()
      try {
        expect(await runProgram({ PENDING, fdbSpawn }, bed, drawProgram(draw))).toEqual([])
      } finally {
        await bed.end()
        expect(ring.holding).toBe(0)
        ring.close()
      }
    }
  })
})
