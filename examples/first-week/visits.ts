/** Visits are counted by atomic additions, which read nothing and so never conflict. */
import { encoders, open } from 'fdbkit'

const db = open()
const visits = db.at('visits/', encoders.tuple<[day: string, page: string]>(), encoders.int64LE)

const pages = ['home', 'shop', 'home', 'help', 'home']
await Promise.all(pages.map((page) => visits.add(['monday', page], 1)))
await visits.add(['tuesday', 'home'], 1)

for (const [[, page], count] of await visits.getRangeAll(['monday'])) console.log(page, count)
console.log(await visits.count(['tuesday']))
db.close()

// Prints:
// help 1n
// home 3n
// shop 1n
// 1
