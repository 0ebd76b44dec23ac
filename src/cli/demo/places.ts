import { tuple, type Transaction } from '../../index.ts'
import type { Point } from './geography/geohash.ts'
import type { Keyspace } from './keyspace.ts'
import { findNearest, type Located, type Nearest } from './geography/nearest.ts'
import { inParallel, mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'
import { distanceKm } from './geography/sphere.ts'

interface Place extends Located {
  readonly name: string
}

const SEARCHES = 500
const SEARCHES_IN_FLIGHT = 8
/** So many searches are checked against a look at every city. */
const CHECKED = 20

const SHOWN: readonly (Point & { label: string })[] = [
  // On the border between two of the largest cells: the nearest city may be in either.
  { label: 'the Greenwich meridian', lat: 51.4779, lng: -0.0005 },
  { label: 'the Great Pyramid', lat: 29.9792, lng: 31.1342 },
  { label: 'the middle of the Pacific', lat: -48.8767, lng: -123.3933 },
  { label: 'the South Pole', lat: -90, lng: 0 },
]

/** The entries of the index of places whose geohash begins with `cell`. */
async function readCell(tn: Transaction, keys: Keyspace, cell: string): Promise<Place[]> {
  // A text in a tuple ends with a zero byte; without it, the key is a prefix of all longer texts.
  const whole = keys.key('by place', cell)
  const pairs = await tn.snapshot().getRangeAllStartsWith(whole.subarray(0, -1))
  return pairs.map(([key, value]) => {
    const [, geohash] = keys.items(key) as [string, string, number]
    const [name, lat, lng] = tuple.unpack(value) as [string, number, number]
    return { name, lat, lng, geohash }
  })
}

async function search({ db, keys }: DemoContext, point: Point) {
  let read = 0
  const nearest = await db.doTransaction((tn) => {
    read = 0
    return findNearest(point, async (cell) => {
      const places = await readCell(tn, keys, cell)
      read += places.length
      return places
    })
  })
  return { nearest, read }
}

function describe(label: string, { entry, distanceKm: km, ...found }: Nearest<Place>): string {
  const where =
    found.ownCell === found.answerCell
      ? `in its own cell ${found.ownCell}`
      : `in cell ${found.answerCell}, beside its own ${found.ownCell}`
  return `${label}: ${entry.name}, ${km.toFixed(1)} km, ${where} (${found.cellsRead} cells read)`
}

/** Points spread evenly over the sphere, the same in every run. */
function* spiral(points: number): Generator<Point> {
  const golden = (1 + Math.sqrt(5)) / 2
  for (let i = 0; i < points; i++) {
    const lat = (Math.asin(1 - (2 * i + 1) / points) * 180) / Math.PI
    yield { lat, lng: (((i / golden) % 1) - 0.5) * 360 }
  }
}

/** Finds the city nearest to a point through the index of places. */
export async function places(context: DemoContext): Promise<void> {
  const { cities, report } = context
  report.heading('Nearest city to a point, from the geohash index')
  for (const { label, ...point } of SHOWN) {
    const { nearest } = await search(context, point)
    mustHold(nearest !== undefined, 'there is no city')
    report.line(describe(label, nearest))
  }

  let keys = 0
  const answers: { point: Point; km: number }[] = []
  const { ms } = await timed(() =>
    inParallel(spiral(SEARCHES), SEARCHES_IN_FLIGHT, async (point) => {
      const { nearest, read } = await search(context, point)
      mustHold(nearest !== undefined, 'there is no city')
      keys += read
      answers.push({ point, km: nearest.distanceKm })
    }),
  )
  for (const { point, km } of answers.slice(0, CHECKED)) {
    const least = cities.reduce((best, city) => Math.min(best, distanceKm(point, city)), Infinity)
    mustHold(km === least, `a city is ${least} km away, not ${km}`)
  }
  report.line(
    `${count(SEARCHES)} searches all over the earth; ${CHECKED} checked against every city`,
  )
  report.rate({ keys, operations: SEARCHES, what: 'searches' }, ms)
}
