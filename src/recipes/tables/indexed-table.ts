import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { longScan } from '../../client/scans/long-scan.ts'
import { checkRangeOptions } from '../../client/ranges/range-options.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import type { Database } from '../../client/database/database.ts'
import type { TupleItem } from '../../layers/tuple/tuple-item.ts'
import { pack, unpack } from '../../layers/tuple/tuple.ts'
import { searchIndex } from './index-search.ts'
import { Once } from '../ground/once.ts'
import { partOf, recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RawScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkFunction } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'

const REPAIRED_AT_ONCE = 100

/** The tuples under which a value is found; none to leave it out. */
export type IndexOf<T> = (value: T) => Iterable<readonly TupleItem[]>

/** What a check found: entries that the index lacked, and entries that no value stands for. */
export interface IndexReport {
  /** Values whose entry was not there. */
  readonly missing: number
  /** Entries without their value. */
  readonly stale: number
}

/** How an index is searched. */
export interface FindOptions {
  /** At most so many keys; 0, the default, for all. */
  readonly limit?: number
  /** Against the order of the index. */
  readonly reverse?: boolean
}

const FIND = knownOptions<FindOptions>('find', { limit: true, reverse: true })

function checkIndexes(indexes: unknown): void {
  if (typeof indexes !== 'object' || indexes === null || Array.isArray(indexes)) {
    throw new TypeError(`indexes must be an object of functions, not ${describe(indexes)}`)
  }
  for (const [name, of] of Object.entries(indexes)) checkFunction(`indexes.${name}`, of)
}

/**
 * Values by key, with secondary indexes that are written in the same transaction as the value: a reader never
 * sees one without the other. Writing twice is the same as writing once, so a transaction may be run again.
 *
 * Write through the table only; `verify` finds what went past it, `rebuild` puts it right, and fills an
 * index that is new. Both go on in many transactions while others read and write.
 *
 * @typeParam T what comes out as a value.
 * @typeParam Name of the indexes.
 * @typeParam KeyIn what goes in as a key; KeyOut what comes out.
 * @typeParam In what goes in as a value, where the encoding takes more than it gives.
 * @example
 * const users = new IndexedTable(db.at('users/').withValueEncoding(encoders.json<{ city: string }>()), {
 *   city: (user) => [[user.city]],
 * })
 * await db.doTransaction((tn) => users.set(tn, 'ada', { city: 'London' }))
 * const found = await db.doTransaction((tn) => users.find(tn, 'city', ['London']))
 */
export class IndexedTable<
  T,
  Name extends string = string,
  KeyIn = NativeValue,
  KeyOut = Buffer,
  In = T,
> {
  readonly #rows: Database<KeyIn, KeyOut, In, T>
  readonly #index: RawScope
  readonly #once: Once
  readonly #indexes: [Name, IndexOf<T>][]

  /**
   * @param db the scope of this table alone, with the encodings of its keys and values.
   * @param indexes functions of the value alone: what else they depend on is not followed.
   */
  constructor(db: Database<KeyIn, KeyOut, In, T>, indexes: Readonly<Record<Name, IndexOf<T>>>) {
    checkIndexes(indexes)
    const scope = recipeScope(db as unknown as AnyScope<In, T>, 'IndexedTable')
    const { keyXf, valueXf } = db.getSubspace()
    this.#rows = scope.at(['row'], keyXf, valueXf)
    this.#index = scope.withValueEncoding().at(['index'])
    this.#once = new Once(scope.withValueEncoding().at(['once']))
    this.#indexes = Object.entries(indexes) as [Name, IndexOf<T>][]
  }

  /** The value of a key. */
  get(tn: AnyTransaction, key: KeyIn): Promise<T | undefined> {
    return partOf(tn, 'get', () => tn.at(this.#rows).get(key))
  }

  /** Gives a key a value, and puts the indexes right. */
  set(tn: AnyTransaction, key: KeyIn, value: In): Promise<void> {
    return partOf(tn, 'set', async () => {
      const subspace = this.#rows.getSubspace()
      await this.clear(tn, key)
      tn.at(this.#rows).set(key, value)
      // As it will be read, so that a rebuild makes the same entries.
      const read = subspace.decodeValue(Buffer.from(subspace.packValue(value)))
      const index = tn.at(this.#index)
      for (const entry of this.#entries(read, this.#bytesOf(key))) index.set(entry, '')
    })
  }

  /** Takes a key away, with its index entries. */
  clear(tn: AnyTransaction, key: KeyIn): Promise<void> {
    return partOf(tn, 'clear', async () => {
      const rows = tn.at(this.#rows)
      const old = await rows.get(key)
      if (old === undefined) return
      rows.clear(key)
      const index = tn.at(this.#index)
      for (const entry of this.#entries(old, this.#bytesOf(key))) index.clear(entry)
    })
  }

  /**
   * Keys whose values are indexed under tuples that begin with `items`, in the order of the index. Numbers and bigints
   * sort, and are found, as numbers: 2 finds 2n, 0 finds -0, and 1.5 is between 1 and 2, at any depth.
   * Items with a type of their own (`float`, `double`) sort among them, and are found by that type.
   *
   * @throws TypeError for a limit that is no integer from 0; 0, the default, is for all.
   */
  find(
    tn: AnyTransaction,
    name: Name,
    items: readonly TupleItem[],
    options: FindOptions = {},
  ): Promise<KeyOut[]> {
    return partOf(tn, 'find', async () => {
      checkOptions(FIND, options)
      checkRangeOptions(options)
      const { limit = 0, reverse = false } = options
      const index = tn.at(this.#index.getSubspace().withKeyEncoding())
      const found = await searchIndex(index, pack([name, ...wrap(items)]), { limit, reverse })
      const { keyXf } = this.#rows.getSubspace()
      return found.map((entry) => keyXf.unpack(unpack(entry.at(-1)!.bytes)[0] as Buffer))
    })
  }

  /** Looks for entries that are missing or stale. Exact for each row at the moment it is looked at. */
  verify(): Promise<IndexReport> {
    return this.#check(false)
  }

  /** Adds what is missing and takes away what is stale. @returns how many of each. */
  rebuild(): Promise<IndexReport> {
    return this.#check(true)
  }

  #bytesOf(key: KeyIn): Buffer {
    const subspace = this.#rows.getSubspace()
    return Buffer.from(subspace.packKey(key)).subarray(subspace.prefix.length)
  }

  #entries(value: T, key: Buffer): TupleItem[][] {
    return this.#indexes.flatMap(([name, of]) =>
      [...of(value)].map((items) => [name, ...wrap(items), key]),
    )
  }

  async #check(repair: boolean): Promise<IndexReport> {
    const plainRows = this.#rows.withKeyEncoding().withValueEncoding()
    const batch = { batchKeys: REPAIRED_AT_ONCE }
    // What was repaired counts once, also when a commit is unknown.
    const run = (body: (tn: AnyTransaction) => Promise<number>): Promise<number> =>
      repair ? this.#once.run((tn) => body(tn)) : this.#index.doTransaction((tn) => body(tn))
    let missing = 0
    for await (const { entries } of longScan(plainRows, '', undefined, batch)) {
      const keys = entries.map(([key]) => key)
      missing += await run((tn) => this.#addMissing(tn, keys, repair))
    }
    let stale = 0
    for await (const { entries } of longScan(this.#index, [], undefined, batch)) {
      const keys = entries.map(([entry]) => entry as TupleItem[])
      stale += await run((tn) => this.#clearStale(tn, keys, repair))
    }
    await this.#once.sweep()
    return { missing, stale }
  }

  async #addMissing(tn: AnyTransaction, keys: Buffer[], repair: boolean): Promise<number> {
    const counts = keys.map(async (key) => {
      const value = await this.#row(tn, key)
      if (value === undefined) return 0
      let missing = 0
      for (const entry of this.#entries(value, key)) {
        if (await tn.at(this.#index).exists(entry)) continue
        missing++
        if (repair) tn.at(this.#index).set(entry, '')
      }
      return missing
    })
    return sum(await Promise.all(counts))
  }

  async #clearStale(tn: AnyTransaction, entries: TupleItem[][], repair: boolean): Promise<number> {
    const counts = entries.map(async (entry) => {
      const packed = pack(entry)
      // It may have gone since the scan saw it.
      if (!(await tn.at(this.#index).exists(entry))) return 0
      const key = entry.at(-1) as Buffer
      const value = await this.#row(tn, key)
      const stands =
        value !== undefined && this.#entries(value, key).some((other) => pack(other).equals(packed))
      if (stands) return 0
      if (repair) tn.at(this.#index).clear(entry)
      return 1
    })
    return sum(await Promise.all(counts))
  }

  async #row(tn: AnyTransaction, key: Buffer): Promise<T | undefined> {
    const subspace = this.#rows.getSubspace()
    const bytes = await tn.at(subspace.withKeyEncoding().withValueEncoding()).get(key)
    return bytes === undefined ? undefined : subspace.decodeValue(bytes)
  }
}

kind(IndexedTable, 'IndexedTable')

/** The items as they are: a prefix of them is a prefix of the key. */
function wrap(items: readonly TupleItem[]): readonly TupleItem[] {
  if (!Array.isArray(items)) throw new TypeError('an index gives arrays of tuple items')
  return items as readonly TupleItem[]
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
