/** A log in the order of commits, which a reader follows from where it was. */
import { encoders, keySelector, open, tuple } from 'fdbkit'

const db = open()
const log = db.at('log/', encoders.tuple, encoders.string)

/** The key has a hole for the versionstamp, which the commit fills in. */
const write = (text: string): Promise<unknown> =>
  log.versionstamps.setKey([tuple.unboundVersionstamp()], text)

await write('opened')
await write('sold 3')
const seen = await log.getRangeAll([])
console.log(seen.map(([, text]) => text))

await write('sold 5')
const last = seen.at(-1)?.[0] ?? []
const fresh = await log.getRangeAll(keySelector.firstGreaterThan(last))
console.log(fresh.map(([, text]) => text))
db.close()

// Prints:
// [ 'opened', 'sold 3' ]
// [ 'sold 5' ]
