import { tuple } from '../../index.ts'
import { startProgress } from '../ground/progress.ts'
import type { City } from './geography/cities.ts'
import type { Keyspace } from './keyspace.ts'
import { inParallel, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

/** A tenth of the limit of a transaction: larger ones make others wait. */
const BATCH_BYTES = 1_000_000
const BATCHES_IN_FLIGHT = 4
/** What a set takes in a transaction beside key and value: a conflict range, and bookkeeping. */
const SET_OVERHEAD = 60

type Pair = readonly [key: Buffer, value: Buffer]

interface Batch {
  readonly number: number
  readonly pairs: readonly Pair[]
  readonly cities: number
  /** Cities of the batch by country. */
  readonly counts: ReadonlyMap<string, number>
}

const EMPTY = Buffer.alloc(0)

/** The three keys of a city: its record, and one in each index. */
function pairsOf(city: City, keys: Keyspace): Pair[] {
  const { id, name, country, lat, lng, geohash } = city
  return [
    [keys.key('city', id), tuple.pack([name, country, lat, lng])],
    [keys.key('by country', country, name, id), EMPTY],
    [keys.key('by place', geohash, id), tuple.pack([name, lat, lng])],
  ]
}

function sizeOf([key, value]: Pair): number {
  return 3 * key.length + value.length + SET_OVERHEAD
}

/** Cuts the cities into batches that stay below `limit` bytes each. */
export function* batchesOf(
  cities: readonly City[],
  keys: Keyspace,
  limit = BATCH_BYTES,
): Generator<Batch> {
  let number = 0
  let size = 0
  let pairs: Pair[] = []
  let counts = new Map<string, number>()
  let held = 0
  for (const city of cities) {
    const added = pairsOf(city, keys)
    const bytes = added.reduce((sum, pair) => sum + sizeOf(pair), 0)
    if (size + bytes > limit && held > 0) {
      yield { number: number++, pairs, cities: held, counts }
      size = held = 0
      pairs = []
      counts = new Map()
    }
    pairs.push(...added)
    counts.set(city.country, (counts.get(city.country) ?? 0) + 1)
    size += bytes
    held++
  }
  if (held > 0) yield { number, pairs, cities: held, counts }
}

/** A number as atomic addition takes it. */
export function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}

/**
 * Writes one batch. A commit whose outcome is unknown is run again, so the batch leaves a mark by which
 * it knows itself: the counters are never added to twice.
 */
async function writeBatch({ db, keys }: DemoContext, batch: Batch): Promise<void> {
  const mark = keys.key('loaded', batch.number)
  await db.doTransaction(async (tn) => {
    if ((await tn.get(mark)) !== undefined) return
    tn.set(mark, EMPTY)
    for (const [key, value] of batch.pairs) tn.set(key, value)
    for (const [country, cities] of batch.counts) tn.add(keys.key('count', country), int64(cities))
  })
}

/** Loads the cities with two indexes and a counter for each country. */
export async function load(context: DemoContext): Promise<void> {
  const { cities, report, keys } = context
  report.heading(`Load: ${count(cities.length)} cities, two indexes, a counter for each country`)
  const progress = startProgress('loading', cities.length)
  let transactions = 0
  let written = 0
  let operations = 0
  const { ms } = await timed(() =>
    inParallel(batchesOf(cities, keys), BATCHES_IN_FLIGHT, async (batch) => {
      await writeBatch(context, batch)
      transactions++
      written += batch.pairs.length + 1
      operations += batch.pairs.length + 1 + batch.counts.size
      progress.advance(batch.cities)
    }),
  )
  progress.end()
  report.line(`${count(written)} keys in ${count(transactions)} transactions`)
  report.rate({ keys: written, operations, what: 'writes' }, ms)
}
