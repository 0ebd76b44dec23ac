// As test/future/nested-reads.database.test.ts, on the port of a simulated client: a completion can come inside of a poll
// there too, and every answer is written to the same place. All of it is drawn from the seed.
import { expect, test } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { PENDING } from '../../src/future/wakers/waker.ts'
import { fdbSpawn } from '../../src/task/index.ts'
import { Draw } from '../differential/draw.ts'
import { drawProgram } from '../future/nested/actions.ts'
import { runProgram } from '../future/nested/run-program.ts'
import type { Carrier } from '../future/nested/carried-bed.ts'
import { StoreBed } from '../future/nested/store-bed.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { StandIn } from './stand-in.ts'

const PROGRAMS_OF_A_SEED = 10

const collected = { ready: 0, pending: 0 }

async function run(draw: Draw, name: string): Promise<string[]> {
  const standIn = new StandIn(draw)
  const carrier: Carrier = {
    flush: () => void standIn.port.flush(),
    // A simulated client has nothing to close: its phase ends.
    close: () => undefined,
    async turn() {
      standIn.step()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
  const database = DatabaseHandle.adopt(standIn.port, standIn.port.beginPhase())
  const bed = new StoreBed(database, name, carrier)
  const began = bed.begin()
  let writing = true
  void began.finally(() => (writing = false))
  while (writing) await carrier.turn()
  const problems = await runProgram({ PENDING, fdbSpawn }, bed, drawProgram(draw))
  await bed.end()
  collected.ready += standIn.collected.ready
  collected.pending += standIn.collected.pending
  return problems
}

test('whatever runs inside of what, every value is of the key that was asked for', async () => {
  await forSeedsAsync(async (seed) => {
    const draw = new Draw(seed)
    for (let program = 0; program < PROGRAMS_OF_A_SEED; program++) {
      expect(await run(draw, `key-${seed}-${program}`)).toEqual([])
    }
  })
  // It was asked about both kinds, or the programs are not what they are meant to be.
  expect(collected.ready).toBeGreaterThan(0)
  expect(collected.pending).toBeGreaterThan(0)
})
