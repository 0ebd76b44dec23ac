import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coveringCells, encodeGeohash, type Point } from '../../src/cli/demo/geography/geohash.ts'
import { findNearest } from '../../src/cli/demo/geography/nearest.ts'
import { FARTHEST_KM, boxAround, distanceKm } from '../../src/cli/demo/geography/sphere.ts'

const borders = { lat: [-90, -45, 0, 45, 90], lng: [-180, -90, 0, 90, 180] }
const coordinate = (limit: number, special: number[]) =>
  fc.oneof(
    fc.double({ min: -limit, max: limit, noNaN: true }),
    fc.constantFrom(...special),
    // Close to a border between large cells, where the neighbour matters.
    fc
      .tuple(fc.constantFrom(...special), fc.double({ min: -0.01, max: 0.01, noNaN: true }))
      .map(([at, by]) => Math.max(-limit, Math.min(limit, at + by))),
  )
const point: fc.Arbitrary<Point> = fc.record({
  lat: coordinate(90, borders.lat),
  lng: coordinate(180, borders.lng),
})

describe('encodeGeohash', () => {
  test('gives the published values', () => {
    expect(encodeGeohash({ lat: 57.64911, lng: 10.40744 }, 9)).toBe('u4pruydqq')
    expect(encodeGeohash({ lat: -25.382708, lng: -49.265506 }, 8)).toBe('6gkzwgjz')
    expect(encodeGeohash({ lat: 42.6, lng: -5.6 }, 5)).toBe('ezs42')
  })

  test('makes a coarser cell a prefix of a finer one', () => {
    fc.assert(
      fc.property(point, fc.integer({ min: 0, max: 9 }), (at, precision) => {
        expect(encodeGeohash(at).startsWith(encodeGeohash(at, precision))).toBe(true)
      }),
    )
  })
})

describe('coveringCells', () => {
  test('leave out no point of the circle, and are no more than the limit', () => {
    const radius = fc.double({ min: 0.001, max: FARTHEST_KM, noNaN: true })
    fc.assert(
      fc.property(
        point,
        point,
        radius,
        fc.integer({ min: 1, max: 64 }),
        (centre, at, km, limit) => {
          const cells = coveringCells(boxAround(centre, km), limit)
          expect(cells.length).toBeLessThanOrEqual(limit)
          expect(new Set(cells).size).toBe(cells.length)
          if (distanceKm(centre, at) <= km) {
            const geohash = encodeGeohash(at)
            expect(cells.some((cell) => geohash.startsWith(cell))).toBe(true)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('findNearest', () => {
  const search = (at: Point, points: readonly Point[]) => {
    const entries = points.map((p) => ({ ...p, geohash: encodeGeohash(p) }))
    return findNearest(at, (prefix) =>
      Promise.resolve(entries.filter(({ geohash }) => geohash.startsWith(prefix))),
    )
  }

  test('finds what a look at every point finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        point,
        fc.array(point, { minLength: 1, maxLength: 40 }),
        async (at, points) => {
          const found = await search(at, points)
          const least = Math.min(...points.map((p) => distanceKm(at, p)))
          expect(found?.distanceKm).toBe(least)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('finds a neighbour across a border rather than a farther point in its own cell', async () => {
    const found = await search({ lat: 51.5, lng: -0.001 }, [
      { lat: 51.5, lng: -0.02 },
      { lat: 51.5, lng: 0.001 },
    ])
    expect(found?.entry.lng).toBe(0.001)
    expect(found?.answerCell).not.toBe(found?.ownCell)
  })

  test('finds nothing in an empty index', async () => {
    expect(await search({ lat: 0, lng: 0 }, [])).toBeUndefined()
  })
})
