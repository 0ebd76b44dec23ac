// As nested-reads.database.test.ts, on the client that completes in every way there is.
import { expect, test } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { Ring } from '../../src/future/ring/ring.ts'
import { PENDING } from '../../src/future/wakers/waker.ts'
import { fdbSpawn } from '../../src/task/index.ts'
import { Draw } from '../differential/draw.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { useFakeClient } from './fake-client.ts'
import { drawProgram } from './nested/actions.ts'
import { EchoBed } from './nested/echo-bed.ts'
import { carrierOf, drawSizes } from './nested/ring-carrier.ts'
import { runProgram } from './nested/run-program.ts'

const PROGRAMS_OF_A_SEED = 10

const fake = useFakeClient()

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
