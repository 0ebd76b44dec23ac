import type { Database } from '../../../client/database/database.ts'
import type { ValueFormat } from '../grammar/command.ts'
import { Place } from './place.ts'
import { SeenKeys } from './seen-keys.ts'
import { ShellError } from './shell-error.ts'
import type { ShellOutput } from './shell-output.ts'
import { ShellTenants } from './shell-tenants.ts'
import { ShellTransactions } from './shell-transaction.ts'
import { ShellWatches } from './shell-watches.ts'

/** How a session begins. */
export interface SessionSettings {
  /** What the database is, for people. */
  readonly database: string
  /** Writes are allowed from the start. */
  readonly writable: boolean
  /** Long values are never cut. */
  readonly full: boolean
}

/** What the commands of a session share. */
export class SessionState {
  readonly tenants: ShellTenants
  readonly settings: SessionSettings
  readonly output: ShellOutput
  readonly transactions: ShellTransactions
  readonly watches: ShellWatches
  readonly seen = new SeenKeys()
  place = Place.root
  writable: boolean
  format: ValueFormat = 'raw'
  #placeBefore: Place | undefined

  constructor(db: Database, settings: SessionSettings, output: ShellOutput) {
    this.tenants = new ShellTenants(db)
    this.settings = settings
    this.output = output
    this.writable = settings.writable
    this.transactions = new ShellTransactions(
      () => this.db,
      () => this.#goBack(),
    )
    this.watches = new ShellWatches(output)
  }

  /** What commands work on: the database, or the tenant that the session is in. */
  get db(): Database {
    return this.tenants.db
  }

  /** A directory that was entered in a transaction may not be there without it. */
  #goBack(): void {
    const before = this.#placeBefore
    this.#placeBefore = undefined
    if (before === undefined || before.toString() === this.place.toString()) return
    this.goTo(before)
    this.output.note(`back in ${before.toString()}`)
  }

  goTo(place: Place): void {
    this.place = place
    this.seen.clear()
  }

  begin(): void {
    this.transactions.begin()
    this.#placeBefore = this.place
  }

  /** The transaction begins again, with the options of all. */
  reset(): void {
    this.transactions.rollback()
    this.begin()
  }

  /** @throws ShellError when this session may not write, or not here. */
  assertWritable(keysHere: boolean): void {
    if (!this.writable) {
      throw new ShellError('this session only reads: `writemode on` lets it write')
    }
    if (keysHere && this.place.isPartition) {
      throw new ShellError(
        `${this.place.toString()} is a partition: its keys belong to the directories in it`,
      )
    }
  }
}
