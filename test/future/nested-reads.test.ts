// As nested-reads.database.test.ts, on the client that completes in every way there is.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DatabaseHandle } from '../../src/future/database-handle.ts'
import { Ring } from '../../src/future/ring.ts'
import { PENDING } from '../../src/future/waker.ts'
import { fdbSpawn } from '../../src/task/index.ts'
import { Draw } from '../differential/draw.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { startFakeClient, turnUntil, type FakeClient } from './fake-client.ts'
import { drawProgram } from './nested/actions.ts'
import { EchoBed } from './nested/echo-bed.ts'
import { carrierOf, drawSizes } from './nested/ring-carrier.ts'
import { runProgram } from './nested/run-program.ts'

const PROGRAMS_OF_A_SEED = 10

let fake: FakeClient
beforeAll(() => {
  fake = startFakeClient()
})
afterAll(async () => {
  await turnUntil(() => {
    fake.releaseHeld()
    return fake.futuresAlive() === 0
  })
  expect(fake.mistakes()).toBe(0)
  expect(fake.transactionsAlive()).toBe(0)
  expect(fake.databasesAlive()).toBe(0)
})

test('whatever runs inside of what, every value is the one that was asked for', async () => {
  await forSeedsAsync(async (seed) => {
    const draw = new Draw(seed)
    for (let program = 0; program < PROGRAMS_OF_A_SEED; program++) {
      const ring = new Ring(drawSizes(draw))
      const carrier = carrierOf(ring, () => void fake.releaseHeld())
      const bed = new EchoBed(DatabaseHandle.open({}, ring), draw, carrier)
      try {
        expect(await runProgram({ PENDING, fdbSpawn }, bed, drawProgram(draw))).toEqual([])
      } finally {
        bed.end()
        expect(ring.holding).toBe(0)
        ring.close()
      }
    }
  })
})
