import type { Database, Tenant } from '../../../client/database/database.ts'
import { printBytes } from '../notation/byte-notation.ts'
import { ShellError } from './shell-error.ts'

/** More tenants than this are not visited in one session. */
const MAX_OPEN = 100

/** The tenant that the session is in, if it is in one. */
export class ShellTenants {
  /** The database outside of tenants. */
  readonly whole: Database
  /** By name. They stay open to the end of the session: a watch may still wait in one. */
  readonly #open = new Map<string, Tenant>()
  #current: string | undefined

  constructor(whole: Database) {
    this.whole = whole
  }

  /** What commands work on. */
  get db(): Database {
    return (this.#current === undefined ? undefined : this.#open.get(this.#current)) ?? this.whole
  }

  /** The name as it is typed; undefined outside of tenants. */
  get current(): string | undefined {
    return this.#current
  }

  /** @throws ShellError when the session has been in too many. */
  use(name: Buffer): void {
    const shown = printBytes(name)
    if (!this.#open.has(shown)) {
      if (this.#open.size >= MAX_OPEN) {
        throw new ShellError(`a session visits at most ${MAX_OPEN} tenants: begin a new one`)
      }
      this.#open.set(shown, this.whole.tenants.open(name))
    }
    this.#current = shown
  }

  leave(): void {
    this.#current = undefined
  }

  close(): void {
    this.#current = undefined
    for (const tenant of this.#open.values()) tenant.close()
    this.#open.clear()
  }
}
