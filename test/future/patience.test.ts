// When a worker looks for completions before it sleeps: a model of traffic that is steady, slow, or none.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Patience } from '../../src/future/ring/patience.ts'

/** Sleeps one after the other; `comes` says whether something comes while it looks. Returns how often it looked. */
function looksOf(patience: Patience, sleeps: number, inFlight: number, comes: boolean): number {
  let looks = 0
  for (let i = 0; i < sleeps; i++) {
    if (!patience.looks(inFlight)) continue
    looks++
    patience.looked(comes)
  }
  return looks
}

const few = fc.integer({ min: 1, max: 64 })
const history = fc.array(fc.record({ inFlight: fc.nat({ max: 100 }), comes: fc.boolean() }))

function after(past: readonly { inFlight: number; comes: boolean }[]): Patience {
  const patience = new Patience()
  for (const { inFlight, comes } of past) looksOf(patience, 1, inFlight, comes)
  return patience
}

describe('a worker that would sleep', () => {
  test('never looks when nothing is in flight, or much is', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 65, max: 1000 }), (past, many) => {
        expect(looksOf(after(past), 500, 0, true)).toBe(0)
        expect(looksOf(after(past), 500, many, true)).toBe(0)
      }),
    )
  })

  test('looks each time, soon, where answers come at once', () => {
    fc.assert(
      fc.property(history, few, (past, inFlight) => {
        const patience = after(past)
        looksOf(patience, 64, inFlight, true)
        expect(looksOf(patience, 100, inFlight, true)).toBe(100)
      }),
    )
  })

  test('stops soon where they take longer, and tries now and then', () => {
    fc.assert(
      fc.property(history, few, (past, inFlight) => {
        const patience = after(past)
        looksOf(patience, 64, inFlight, false)
        expect(looksOf(patience, 640, inFlight, false)).toBeLessThanOrEqual(10)
        expect(looksOf(patience, 640, inFlight, false)).toBeGreaterThan(0)
      }),
    )
  })

  test('gives the event loop its turn after so many that it found', () => {
    fc.assert(
      fc.property(history, (past) => {
        const patience = after(past)
        let told = 0
        while (patience.tellsAtOnce()) told++
        expect(told).toBeGreaterThan(0)
        expect(told).toBeLessThan(100)
        expect(patience.tellsAtOnce()).toBe(false)
        patience.turned()
        expect(patience.tellsAtOnce()).toBe(true)
      }),
    )
  })
})
