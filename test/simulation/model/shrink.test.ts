import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shrink, type Candidate } from '../../../src/cli/sim/shrink/shrink.ts'

const COUNTS = [12, 12, 12]
const FIRST: Candidate = { edits: { seed: '1' }, seed: 7, buggify: true, without: [] }
const place = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 11 }))

const has = ({ edits: { keep } }: Candidate, [client, index]: readonly [number, number]) =>
  keep === undefined || keep[client]?.includes(index) === true

function task(fails: (candidate: Candidate) => boolean, isOver = () => false) {
  const run = (candidate: Candidate) =>
    Promise.resolve({ fails: fails(candidate), isExhausted: candidate.edits.smaller !== undefined })
  return { first: FIRST, counts: COUNTS, faults: ['Rollback', 'Attrition'], run, lanes: 2, isOver }
}

describe('a failing program', () => {
  it('becomes the commands that it needs, whichever they are, without the faults that it does not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(place, { minLength: 1, maxLength: 4, selector: String }),
        async (needed) => {
          const isFailing = (candidate: Candidate) =>
            needed.every((each) => has(candidate, each)) && !candidate.without.includes('Rollback')
          const { best, commands } = await shrink(task(isFailing))
          expect(commands).toBe(needed.length)
          expect(needed.every((each) => has(best, each))).toBe(true)
          expect(best).toMatchObject({ buggify: false, without: ['Attrition'] })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is tried under other seeds, since a smaller one meets other faults', async () => {
    const { best, commands } = await shrink(task(({ seed }) => seed % 3 === 0))
    expect(commands).toBe(1)
    expect(best.seed % 3).toBe(0)
  })

  it('stays as it is when nothing smaller fails, or when the time is over', async () => {
    expect((await shrink(task(() => false))).best).toEqual(FIRST)
    const { simulations } = await shrink(
      task(
        () => true,
        () => true,
      ),
    )
    expect(simulations).toBe(0)
  })
})
