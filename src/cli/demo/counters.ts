import { int64 } from './load.ts'
import { inParallel, mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

const LARGEST = 5
const ADDITIONS = 2000
const ADDITIONS_IN_FLIGHT = 100

async function readCounts({ db, keys }: DemoContext): Promise<[country: string, cities: number][]> {
  const { begin, end } = keys.range('count')
  const pairs = await db.doTransaction((tn) => tn.getRangeAll(begin, end))
  return pairs.map(([key, value]) => [
    keys.items(key)[1] as string,
    Number(value.readBigInt64LE(0)),
  ])
}

/** Reads the counters that the load added to, and adds to one from many transactions at once. */
export async function counters(context: DemoContext): Promise<void> {
  const { db, keys, cities, report } = context
  report.heading('Counts, from atomic counters')
  const counts = await readCounts(context)
  const total = counts.reduce((sum, [, value]) => sum + value, 0)
  mustHold(total === cities.length, `the counters add up to ${total}`)
  const largest = counts.sort(([, a], [, b]) => b - a).slice(0, LARGEST)
  const list = largest.map(([country, value]) => `${country} ${count(value)}`).join(', ')
  report.line(`${list}, ...: ${count(total)} in all`)

  const visits = keys.key('visits')
  const { ms } = await timed(() =>
    inParallel(Array(ADDITIONS).keys(), ADDITIONS_IN_FLIGHT, () => db.add(visits, int64(1))),
  )
  const value = (await db.get(visits))?.readBigInt64LE(0)
  // An addition whose outcome was unknown is made again, so there may be more.
  mustHold(value !== undefined && value >= BigInt(ADDITIONS), `the counter is at ${value}`)
  report.line(`${count(ADDITIONS)} additions to one key, without a conflict`)
  report.rate({ keys: ADDITIONS, operations: ADDITIONS, what: 'commits' }, ms)
}
