import { tuple } from '../../index.ts'
import { mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

const WATCHES = 1000

/** A watch on a city's record fires when another transaction renames the city. */
async function showOne({ db, keys, cities, report }: DemoContext): Promise<void> {
  const city = cities[0]
  mustHold(city !== undefined, 'there is no city')
  const key = keys.key('city', city.id)
  const rename = (name: string) =>
    db.doTransaction(async (tn) => {
      tn.set(key, tuple.pack([name, city.country, city.lat, city.lng]))
    })
  const nameNow = async () => tuple.unpack((await db.get(key)) ?? Buffer.alloc(0))[0] as string

  const watch = await db.doTransaction(async (tn) => tn.watch(key, { keepAlive: true }))
  report.line(`watching city ${city.id}, ${await nameNow()}`)
  await rename(`${city.name} on the Lake`)
  mustHold((await watch.promise) === true, 'the watch was cancelled')
  report.line(`the watch fired: the city is now ${await nameNow()}`)
  await rename(city.name)
}

/** Shows one watch, then how fast many fire. */
export async function watches(context: DemoContext): Promise<void> {
  const { db, keys, report } = context
  report.heading('A watch')
  await showOne(context)

  const watched = Array.from({ length: WATCHES }, (_, i) => keys.key('watched', i))
  const { ms } = await timed(async () => {
    const pending = await db.doTransaction(async (tn) =>
      watched.map((key) => tn.watch(key, { keepAlive: true })),
    )
    await db.doTransaction(async (tn) => {
      for (const key of watched) tn.set(key, Buffer.of(1))
    })
    const fired = await Promise.all(pending.map(({ promise }) => promise))
    mustHold(
      fired.every((value) => value === true),
      'a watch was cancelled',
    )
  })
  report.line(`${count(WATCHES)} watches, all fired by one transaction`)
  report.rate({ keys: WATCHES, operations: WATCHES, what: 'watches' }, ms)
}
