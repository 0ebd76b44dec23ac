import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SimulatedClock } from '../../src/simulation/bridge/simulated-clock.ts'

/** Milliseconds, as far as simulations go. */
const moment = fc.double({ min: 0, max: 1e7, noNaN: true })

it('a timer that fires is due, however the simulator rounds the sum of seconds', () => {
  fc.assert(
    fc.property(moment, moment, (begin, delay) => {
      const clock = new SimulatedClock()
      clock.moveTo(begin / 1000)
      const due = clock.milliseconds + delay
      clock.moveTo(begin / 1000 + delay / 1000)
      clock.reach(due)
      // Otherwise it would be set again, for a delay too small to move the time.
      expect(clock.milliseconds).toBeGreaterThanOrEqual(due)
      expect(clock.milliseconds - due).toBeLessThan(1e-6)
    }),
    { numRuns: 1000 },
  )
})

it('time never goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), moment)), (moves) => {
      const clock = new SimulatedClock()
      let before = 0
      for (const [reaches, to] of moves) {
        if (reaches) clock.reach(to)
        else clock.moveTo(to / 1000)
        expect(clock.milliseconds).toBeGreaterThanOrEqual(before)
        before = clock.milliseconds
      }
    }),
  )
})
