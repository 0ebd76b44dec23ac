/** A program over a database: values tell whose they are, and others write new versions meanwhile. */
import type { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import type {
  RangeResult,
  TransactionHandle,
} from '../../../src/future/handles/transaction-handle.ts'
import type { ReadKind } from './actions.ts'
import { CarriedBed, mayBeTold, type Carrier } from './carried-bed.ts'
import type { Question } from './run-program.ts'
import { History, shown, versionOf } from './values.ts'

const KEYS = 12
const KEYS_OF_RANGE = 3

interface Opened {
  readonly handle: TransactionHandle
  readonly begun: number
  readonly seen: Map<string, number | undefined>
}

export class StoreBed extends CarriedBed {
  readonly #database: DatabaseHandle
  readonly #history = new History()
  readonly #prefix: string
  readonly #keys: string[]
  #open: Opened | undefined
  /** Commits that are under way. */
  readonly #commits = new Set<Promise<void>>()

  /** The prefix ends the name of no other key. */
  constructor(database: DatabaseHandle, prefix: string, carrier: Carrier) {
    super(carrier)
    this.#database = database
    this.#prefix = prefix
    this.#keys = Array.from({ length: KEYS }, (_, i) => `${prefix}/${String(i).padStart(2, '0')}`)
  }

  /** Writes the first version of every key. */
  async begin(): Promise<void> {
    for (let i = 0; i < KEYS; i++) this.write(i)
    await Promise.all(this.#commits)
  }

  question(kind: ReadKind, number: number): Question {
    const key = this.#keys[number % KEYS]!
    const bytes = Buffer.from(key)
    const opened = this.#transaction()
    const { handle } = opened
    const from = { key: bytes, orEqual: false, offset: 1 }
    if (kind === 'get') {
      const problemOf = (value: unknown): string | undefined => this.#check(opened, key, value)
      return { kind, key, ask: () => handle.get(bytes), problemOf }
    }
    if (kind === 'getKey') {
      const problemOf = (found: unknown): string | undefined =>
        bytes.equals(found as Buffer) ? undefined : `found ${shown(found)}`
      return { kind, key, ask: () => handle.getKey(bytes, false, 1), problemOf }
    }
    const end = { key: Buffer.from(`${this.#prefix}/~`), orEqual: false, offset: 1 }
    const ask = (): ReturnType<Question['ask']> =>
      handle.getRange(from, end, { limit: KEYS_OF_RANGE, mode: -2 })
    return { kind, key, ask, problemOf: (found) => this.#checkRange(opened, number % KEYS, found) }
  }

  #transaction(): Opened {
    if (this.#open === undefined) {
      const handle = this.#database.createTransaction()
      this.#open = { handle, begun: this.#history.moment(), seen: new Map() }
    }
    return this.#open
  }

  #check({ begun, seen }: Opened, key: string, value: unknown): string | undefined {
    const bytes = value as Buffer | undefined
    const version = bytes === undefined ? undefined : versionOf(key, bytes)
    if (!this.#history.allows(key, bytes, begun)) return `read ${shown(bytes)}`
    if (seen.has(key) && seen.get(key) !== version) return `read ${version} after ${seen.get(key)}`
    seen.set(key, version)
    return undefined
  }

  #checkRange(opened: Opened, first: number, found: unknown): string | undefined {
    const { results, more } = found as RangeResult
    const all = this.#keys.slice(first, first + KEYS_OF_RANGE)
    // A cluster may end a batch where it likes, if it says that there is more.
    const keys = more ? all.slice(0, Math.max(1, results.length)) : all
    const got = results.map(([key]) => String(key))
    if (got.join() !== keys.join()) return `found the keys ${got.map(shown).join()}`
    for (const [i, key] of keys.entries()) {
      const problem = this.#check(opened, key, results[i]![1])
      if (problem !== undefined) return `${problem} for ${key}`
    }
    return undefined
  }

  write(number: number): void {
    const key = this.#keys[number % KEYS]!
    const writer = this.#database.createTransaction()
    const { value, acknowledge } = this.#history.begin(key)
    writer.set(Buffer.from(key), value)
    const commit = writer.commit().then(acknowledge, (error: unknown) => {
      if (!mayBeTold(error)) throw error
    })
    const ended = commit.finally(() => {
      this.#commits.delete(ended)
      writer[Symbol.dispose]()
    })
    this.#commits.add(ended)
  }

  renew(): void {
    this.#open?.handle.destroy()
    this.#open = undefined
  }

  /** Waits for what was written, and gives everything back. */
  async end(): Promise<void> {
    while (this.#commits.size > 0) await this.turn()
    this.renew()
    this.#database[Symbol.dispose]()
  }
}
