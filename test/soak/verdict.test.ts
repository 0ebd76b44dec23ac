/** What the soak says of memory: that which stays is flat, and that which grows is not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEWEST_SAMPLES, verdictOn } from '../../soak/verdict.ts'

const counts = fc.integer({ min: FEWEST_SAMPLES, max: 200 })
const starts = fc.integer({ min: 1_000, max: 1_000_000 })
const samples = (count: number, of: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => of(i))

describe('the verdict on memory', () => {
  it('says nothing of few samples', () => {
    expect(verdictOn(samples(FEWEST_SAMPLES - 1, () => 1))).toBeUndefined()
  })

  it('is flat for what wavers by less than 5 % between any two samples', () => {
    const noise = fc.array(fc.double({ min: 0, max: 0.049, noNaN: true }), {
      minLength: FEWEST_SAMPLES,
      maxLength: 200,
    })
    fc.assert(
      fc.property(starts, noise, (start, shares) => {
        expect(verdictOn(shares.map((share) => start * (1 + share)))?.isFlat).toBe(true)
      }),
    )
  })

  it('is not flat for what grows by 13 % of its beginning behind the warm-up, evenly', () => {
    // Two thirds of it lie between the middles of the first part and the last.
    fc.assert(
      fc.property(starts, counts, (start, count) => {
        const grows = samples(count, (i) => start * (1 + (0.13 * i) / (count * 0.8)))
        expect(verdictOn(grows)?.isFlat).toBe(false)
      }),
    )
  })

  it('does not look at the warm-up, nor at single samples that stand out', () => {
    fc.assert(
      fc.property(starts, counts, fc.integer({ min: 2, max: 50 }), (start, count, times) => {
        const warmUp = Math.ceil(count / 5)
        const high = samples(count, (i) => (i < warmUp || i === count - 1 ? start * times : start))
        expect(verdictOn(high)).toEqual({ before: start, after: start, isFlat: true })
      }),
    )
  })
})
