import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { KeyRange } from '../../future/handles/transaction-handle.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import { toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { byteRange } from '../ranges/range-ends.ts'
import { checkCount, checkVersion, LATEST_VERSION } from './granule-arguments.ts'
import type { Subspace } from '../keys/subspace.ts'
import { kind } from '../../native/values/kinds.ts'

/** What `purge` takes away. */
export interface PurgeOptions {
  /** History below this version; without it, below the newest. */
  readonly version?: bigint
  /** The granules themselves, too: for a range that is not blobbified any more. */
  readonly force?: boolean
}

/** What `flush` writes. */
export interface FlushOptions {
  /** Rewrites the granules' snapshots. */
  readonly compact?: boolean
  /** Up to this version; without it, the newest. */
  readonly version?: bigint
}

const FLUSH = knownOptions<FlushOptions>('a flush', { compact: true, version: true })
const PURGE = knownOptions<PurgeOptions>('a purge', { version: true, force: true })

/**
 * Blob granules: ranges whose history the cluster also keeps on blob storage. `db.granules`. The cluster's answers; one
 * that runs no blob workers notes the ranges, and has nothing to read in them.
 *
 * Ranges go from `start` to before `end`; without an `end`, `start` is a prefix. Answers are keys as bytes,
 * since granules end where they please. A range whose begin lies behind its end fails with 2005.
 *
 * @example await db.granules.blobbify('archive/')
 */
export class DatabaseGranules<KeyIn> {
  readonly #context: DatabaseContext
  readonly #subspace: Subspace<KeyIn, unknown, never, unknown>

  /** @internal Use `db.granules`. */
  constructor(context: DatabaseContext, subspace: Subspace<KeyIn, unknown, never, unknown>) {
    this.#context = context
    this.#subspace = subspace
  }

  #range(
    start: KeyPrefix<KeyIn>,
    end: KeyPrefix<KeyIn> | undefined,
  ): [begin: Uint8Array, end: Uint8Array] {
    const range = byteRange(this.#subspace, start, end)
    return [range.begin, range.end]
  }

  /**
   * Has the cluster keep a range on blob storage. `fdb_database_blobbify_range`, `fdb_tenant_blobbify_range`.
   *
   * @returns false when the range meets another one that is kept so already.
   * @example await db.granules.blobbify('archive/')
   */
  async blobbify(start: KeyPrefix<KeyIn>, end?: KeyPrefix<KeyIn>): Promise<boolean> {
    return await this.#context.granules.blobbify(...this.#range(start, end))
  }

  /**
   * The same, and settles when the range can be read. It waits as long as the cluster has no blob workers.
   * `fdb_database_blobbify_range_blocking`, `fdb_tenant_blobbify_range_blocking`.
   *
   * @example await db.granules.blobbifyBlocking('archive/')
   */
  async blobbifyBlocking(start: KeyPrefix<KeyIn>, end?: KeyPrefix<KeyIn>): Promise<boolean> {
    return await this.#context.granules.blobbifyBlocking(...this.#range(start, end))
  }

  /**
   * Ends that for a range; purge it after. `fdb_database_unblobbify_range`, `fdb_tenant_unblobbify_range`.
   *
   * @returns false when the range cuts one that was blobbified.
   * @example await db.granules.unblobbify('archive/')
   */
  async unblobbify(start: KeyPrefix<KeyIn>, end?: KeyPrefix<KeyIn>): Promise<boolean> {
    return await this.#context.granules.unblobbify(...this.#range(start, end))
  }

  /**
   * The blobbified ranges that meet a range, in order.
   * `fdb_database_list_blobbified_ranges`, `fdb_tenant_list_blobbified_ranges`.
   *
   * @param limit of ranges; 10,000 unless set.
   * @example for (const { begin, end } of await db.granules.list('')) console.log(begin, end)
   */
  async list(start: KeyPrefix<KeyIn>, end?: KeyPrefix<KeyIn>, limit?: number): Promise<KeyRange[]> {
    const { granules } = this.#context
    return await granules.list(...this.#range(start, end), checkCount(limit))
  }

  /**
   * The version at which all of a range can be read from its granules, or undefined when it can't.
   * `fdb_database_verify_blob_range`, `fdb_tenant_verify_blob_range`.
   *
   * @param version to read at; the newest unless set.
   * @example const readable = (await db.granules.verify('archive/')) !== undefined
   */
  async verify(
    start: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    version: bigint = LATEST_VERSION,
  ): Promise<bigint | undefined> {
    checkVersion(version)
    const found = await this.#context.granules.verify(...this.#range(start, end), version)
    return found < 0n ? undefined : found
  }

  /**
   * Writes what the blob workers still hold in memory. `fdb_database_flush_blob_range`,
   * `fdb_tenant_flush_blob_range`.
   *
   * @returns whether all of the range was flushed.
   * @example await db.granules.flush('archive/', undefined, { compact: true })
   */
  async flush(
    start: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    options: FlushOptions = {},
  ): Promise<boolean> {
    checkOptions(FLUSH, options)
    const { compact = false, version = LATEST_VERSION } = options
    if (typeof compact !== 'boolean') throw new TypeError('compact of a flush is a boolean')
    checkVersion(version)
    const { granules } = this.#context
    return await granules.flush(...this.#range(start, end), compact, version)
  }

  /**
   * Begins to take history away from blob storage. `fdb_database_purge_blob_granules`,
   * `fdb_tenant_purge_blob_granules`.
   *
   * @returns the key to wait with.
   * @example await db.granules.waitForPurge(await db.granules.purge('archive/', undefined, { force: true }))
   */
  async purge(
    start: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    options: PurgeOptions = {},
  ): Promise<Buffer> {
    checkOptions(PURGE, options)
    const { version = LATEST_VERSION, force = false } = options
    if (typeof force !== 'boolean') throw new TypeError('force of a purge is a boolean')
    checkVersion(version)
    return await this.#context.granules.purge(...this.#range(start, end), version, force)
  }

  /**
   * Settles when a purge is done. `fdb_database_wait_purge_granules_complete`,
   * `fdb_tenant_wait_purge_granules_complete`.
   *
   * @param key that `purge` gave, also in another process.
   * @example
   * const key = await db.granules.purge('archive/', undefined, { force: true })
   * await db.granules.waitForPurge(key)
   */
  async waitForPurge(key: NativeValue): Promise<void> {
    await this.#context.granules.waitForPurge(toBytes(key, 'key'))
  }
}

kind(DatabaseGranules, 'DatabaseGranules')
