import { connect, type Target } from '../ground/connect.ts'
import { readCities } from './geography/cities.ts'
import { conflicts } from './conflicts.ts'
import { counters } from './counters.ts'
import { countries } from './countries.ts'
import { eventLog } from './event-log.ts'
import { Keyspace } from './keyspace.ts'
import { load } from './load.ts'
import type { Part } from './part.ts'
import { places } from './places.ts'
import { claimPrefix, releasePrefix } from './prefix-guard.ts'
import { Report } from './report.ts'
import { watches } from './watches.ts'

export interface DemoOptions extends Target {
  readonly cityLimit: number | undefined
  /** All keys are below the tuple of this text. */
  readonly prefix: string
  readonly keep: boolean
}

const parts: readonly Part[] = [load, countries, places, counters, watches, conflicts, eventLog]

/** Runs all parts of the demo, and leaves nothing behind unless asked to. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const report = new Report()
  const where = options.clusterFile ?? 'the embedded engine'
  console.log(`fdbkit demo on ${where}`)
  const db = await connect(options)
  const keys = new Keyspace(options.prefix)
  try {
    await claimPrefix(db, keys)
    const context = { db, keys, report, cities: readCities(options.cityLimit) }
    try {
      for (const part of parts) await part(context)
    } finally {
      if (!options.keep) await releasePrefix(db, keys)
    }
  } finally {
    db.close()
  }
}
