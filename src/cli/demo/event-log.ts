import { inParallel, mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

const ENTRIES = 2000
const WRITERS = 50
const SHOWN = 3

/**
 * Appends an entry at a key that ends with the versionstamp of its commit, so that the keys are in
 * the order of the commits although no writer reads. The entry carries its number: an append whose
 * outcome was unknown is made again, and a reader drops the second.
 */
async function append({ db, keys }: DemoContext, number: number): Promise<void> {
  await db.versionstamps.setSuffixedKey(keys.key('log'), Buffer.from(`entry ${number}`))
}

/** A log that many writers append to without a conflict. */
export async function eventLog(context: DemoContext): Promise<void> {
  const { db, keys, report } = context
  report.heading('A log in the order of the commits, by versionstamps')
  const prefix = keys.key('log')
  const { ms } = await timed(() =>
    inParallel(Array(ENTRIES).keys(), WRITERS, (number) => append(context, number)),
  )
  const entries = await db.getRangeAllStartsWith(prefix)
  mustHold(
    new Set(entries.map(([, value]) => value.toString())).size === ENTRIES,
    `${entries.length} entries in the log`,
  )
  for (const [key, value] of entries.slice(0, SHOWN)) {
    report.line(`${key.subarray(prefix.length).toString('hex')} ${value.toString()}`)
  }
  report.line(`... ${count(entries.length)} entries by ${WRITERS} writers`)
  report.rate({ keys: ENTRIES, operations: ENTRIES, what: 'commits' }, ms)
}
