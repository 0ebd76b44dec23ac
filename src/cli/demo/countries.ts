import { inParallel, mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

const SHOWN = 5
const RANGES_IN_FLIGHT = 8

/** The names of a country's cities in order: one range of the index, as long as the transaction is young. */
async function citiesOf({ db, keys }: DemoContext, country: string): Promise<string[]> {
  const { begin, end } = keys.range('by country', country)
  const pairs = await db.doTransaction((tn) => tn.getRangeAll(begin, end))
  return pairs.map(([key]) => keys.items(key)[2] as string)
}

/** Reads the cities of one country, then of every country, through the index. */
export async function countries(context: DemoContext): Promise<void> {
  const { cities, report } = context
  report.heading('Cities of a country, from the index of countries')
  const codes = [...new Set(cities.map(({ country }) => country))]
  const shown = codes.includes('IS') ? 'IS' : (codes[0] ?? '')
  const names = await citiesOf(context, shown)
  report.line(`${shown} has ${count(names.length)}: ${names.slice(0, SHOWN).join(', ')}, ...`)

  let keys = 0
  const { ms } = await timed(() =>
    inParallel(codes, RANGES_IN_FLIGHT, async (code) => {
      const { length } = await citiesOf(context, code)
      keys += length
    }),
  )
  mustHold(keys === cities.length, `the index of countries has ${keys} cities`)
  report.line(`all ${count(codes.length)} countries: ${count(keys)} keys`)
  report.rate({ keys, operations: codes.length, what: 'ranges' }, ms)
}
