import { coveringCells, encodeGeohash, type Point } from './geohash.ts'
import { FARTHEST_KM, boxAround, distanceKm } from './sphere.ts'

const FIRST_RADIUS_KM = 5
const CELLS_AT_ONCE = 24
/** Rounding must not leave out a point that lies exactly on the circle. */
const MARGIN = 1 + 1e-9

/** A point of the index, with what the caller wants to know of it. */
export interface Located extends Point {
  readonly geohash: string
}

export interface Nearest<Entry extends Located> {
  readonly entry: Entry
  readonly distanceKm: number
  /** Cells read, in all rounds. */
  readonly cellsRead: number
  /** The cell of the last round that holds the point asked for, and the one that holds the answer. */
  readonly ownCell: string
  readonly answerCell: string
}

/**
 * The entry nearest to `point`, exactly: a circle is read, in all the cells that touch it, and an entry
 * inside the circle beats whatever lies outside. When the circle is empty, a larger one is read.
 *
 * @param readCell gives the entries whose geohash begins with a prefix.
 */
export async function findNearest<Entry extends Located>(
  point: Point,
  readCell: (prefix: string) => Promise<readonly Entry[]>,
): Promise<Nearest<Entry> | undefined> {
  let radius = FIRST_RADIUS_KM
  let cellsRead = 0
  for (;;) {
    const cells = coveringCells(boxAround(point, radius), CELLS_AT_ONCE)
    const entries = (await Promise.all(cells.map(readCell))).flat()
    cellsRead += cells.length
    const best = closest(point, entries)
    if (best !== undefined && (best.distance <= radius || radius >= FARTHEST_KM)) {
      const precision = cells[0]?.length ?? 0
      const ownCell = encodeGeohash(point, precision)
      const answerCell = best.entry.geohash.slice(0, precision)
      return { entry: best.entry, distanceKm: best.distance, cellsRead, ownCell, answerCell }
    }
    if (radius >= FARTHEST_KM) return undefined
    radius = Math.min(FARTHEST_KM, best === undefined ? radius * 4 : best.distance * MARGIN)
  }
}

function closest<Entry extends Located>(point: Point, entries: readonly Entry[]) {
  let best: { entry: Entry; distance: number } | undefined
  for (const entry of entries) {
    const distance = distanceKm(point, entry)
    if (best === undefined || distance < best.distance) best = { entry, distance }
  }
  return best
}
