// Reads that are too large for one transaction, and where the cluster cuts its key space.
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { allKeys } from '../keys/all-keys.ts'
import { concat2 } from '../keys/bytes.ts'
import { root } from '../keys/subspace.ts'
import type { Subspace } from '../keys/subspace.ts'
import { byteRange } from '../ranges/range-ends.ts'
import { longScan } from './long-scan.ts'
import type { ScannedDatabase } from './long-scan.ts'
import { kind } from '../../native/values/kinds.ts'

/** The cluster's own list: where each shard begins. */
const KEY_SERVERS = Buffer.from('\xff/keyServers/', 'latin1')

/** How `db.locality.getBoundaryKeys` reads. */
export interface BoundaryOptions {
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal
}

const KNOWN = knownOptions<BoundaryOptions>('getBoundaryKeys', { signal: true })

/** What the locality of a database needs of it. */
export interface LocatedDatabase<KeyIn, KeyOut, ValIn, ValOut> {
  readonly subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  /** The whole database without encodings. */
  whole(): ScannedDatabase
  /** Runs a transaction that reads only. */
  read<T>(body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T>): Promise<T>
}

/**
 * Where data lies in the cluster, and how much there is. `db.locality`.
 *
 * @example for await (const boundary of db.locality.getBoundaryKeys()) console.log(boundary)
 */
export class DatabaseLocality<KeyIn, KeyOut, ValIn, ValOut> {
  readonly #db: LocatedDatabase<KeyIn, KeyOut, ValIn, ValOut>

  /** @internal Use `db.locality`. */
  constructor(db: LocatedDatabase<KeyIn, KeyOut, ValIn, ValOut>) {
    this.#db = db
  }

  /**
   * The addresses (`ip:port`) of the servers that hold a key. `fdb_transaction_get_addresses_for_key`.
   *
   * @example console.log(await db.locality.getAddresses('a'))
   */
  getAddresses(key: KeyIn): Promise<string[]> {
    return this.#db.read((tn) => tn.locality.getAddresses(key))
  }

  /**
   * About how many bytes of keys and values a range holds: a sample, cheap for a large range.
   * `fdb_transaction_get_estimated_range_size_bytes`.
   *
   * @example const bytes = await db.locality.getEstimatedSize('a', 'b')
   */
  getEstimatedSize(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>): Promise<number> {
    return this.#db.read((tn) => tn.locality.getEstimatedSize(start, end))
  }

  /**
   * Keys that cut a range into parts of about `chunkSize` bytes, with both ends of the range among them.
   * `fdb_transaction_get_range_split_points`.
   *
   * @example const cuts = await db.locality.getSplitPoints('a', 'b', 10_000_000)
   */
  getSplitPoints(
    start: KeyPrefix<KeyIn>,
    end: KeyPrefix<KeyIn>,
    chunkSize: number,
  ): Promise<KeyOut[]> {
    return this.#db.read((tn) => tn.locality.getSplitPoints(start, end, chunkSize))
  }

  /**
   * The keys at which the cluster cuts its key space into shards, from `start` to before `end`: a program that
   * reads much can read the parts at once. Without a `start`, of the scope; without an `end`, of a prefix.
   * Keys are bytes, with the prefix of the scope. It reads in as many transactions as it takes, and resumes
   * after errors that another attempt may cure.
   *
   * @example
   * for await (const boundary of db.locality.getBoundaryKeys()) console.log(boundary)
   */
  getBoundaryKeys(
    start?: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    options: BoundaryOptions = {},
  ): AsyncGenerator<Buffer, void, undefined> {
    checkOptions(KNOWN, options)
    return boundaryKeys(this.#db.whole(), this.#bounds(start, end), options.signal)
  }

  /** The part of the key space that is meant, in bytes. */
  #bounds(
    start: KeyPrefix<KeyIn> | undefined,
    end: KeyPrefix<KeyIn> | undefined,
  ): { begin: Uint8Array; end: Uint8Array } {
    const { subspace } = this.#db
    return byteRange(subspace, start === undefined ? allKeys : start, end)
  }
}

kind(DatabaseLocality, 'DatabaseLocality')

async function* boundaryKeys(
  db: ScannedDatabase,
  bounds: { begin: Uint8Array; end: Uint8Array },
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const [begin, end] = [concat2(KEY_SERVERS, bounds.begin), concat2(KEY_SERVERS, bounds.end)]
  const transaction = { read_system_keys: true, lock_aware: true } as const
  const options = signal === undefined ? { transaction } : { transaction, signal }
  const scope = { getRoot: () => db, getSubspace: () => root }
  for await (const { entries } of longScan(scope, begin, end, options)) {
    for (const [key] of entries) yield key.subarray(KEY_SERVERS.length)
  }
}
