/** What the operations work on: a database, tenants, and keys to watch. */
import { FDBError, open, openEmbedded, type Database } from 'fdbkit'
import { checkAll, populate } from './invariants.ts'

/** Where the database is: plain data, which workers are given. */
export interface Place {
  /** Undefined: the engine. */
  readonly cluster: string | undefined
  /** On a cluster all keys are behind it. Letters and digits. */
  readonly name: string
}

/** Each section of the client's own faults is active, and fires so often, in percent. */
const FAULTS = {
  client_buggify_enable: true,
  client_buggify_section_activated_probability: 100,
  client_buggify_section_fired_probability: 5,
} as const

const TENANTS = 3
const WATCHED = 10
const TENANTS_DISABLED = 2136

/** Whose faults are on for the process: the first one of it says so. */
export function openPlace(place: Place, isFirst = false): Database {
  const network = isFirst ? FAULTS : undefined
  return place.cluster === undefined
    ? openEmbedded({ name: place.name, network })
    : open({ clusterFile: place.cluster, network }).at(`soak/${place.name}/`)
}

/** A database of nobody else's: on the engine a new one, on a cluster another handle of the same. */
export const openAnother = (place: Place): Database =>
  place.cluster === undefined ? openEmbedded() : openPlace(place)

export class Ground {
  readonly place: Place
  readonly db: Database
  /** Tenants that are there all the time, by name; none when the cluster has them turned off. */
  readonly tenants: readonly string[]

  private constructor(place: Place, db: Database, tenants: readonly string[]) {
    this.place = place
    this.db = db
    this.tenants = tenants
  }

  static async make(place: Place): Promise<Ground> {
    const db = openPlace(place, true)
    await populate(db)
    return new Ground(place, db, await makeTenants(db, place.name))
  }

  watchedKey(number: number): string {
    return `watched/${number % WATCHED}`
  }

  /** Whoever watches is told: a value that was never there before. */
  async fireWatches(value: string): Promise<void> {
    await this.db.doTransaction((tn) => {
      for (let i = 0; i < WATCHED; i++) tn.set(this.watchedKey(i), value)
    })
  }

  async check(): Promise<void> {
    await checkAll(this.db)
    for (const name of this.tenants) {
      using tenant = this.db.tenants.open(name)
      await checkAll(tenant)
    }
  }

  /** Takes away what it made. */
  async remove(): Promise<void> {
    for (const name of this.tenants) {
      {
        using tenant = this.db.tenants.open(name)
        await tenant.clearAll()
      }
      await this.db.tenants.delete(name)
    }
    await this.db.clearAll()
    this.db.close()
  }
}

async function makeTenants(db: Database, prefix: string): Promise<string[]> {
  const names = Array.from({ length: TENANTS }, (_, i) => `${prefix}-${i}`)
  try {
    for (const name of names) {
      await db.tenants.create(name)
      using tenant = db.tenants.open(name)
      await populate(tenant)
    }
  } catch (error) {
    if (error instanceof FDBError && error.code === TENANTS_DISABLED) return []
    throw error
  }
  return names
}
