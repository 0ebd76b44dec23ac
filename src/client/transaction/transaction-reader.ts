import type {
  GranuleSummary,
  KeyRange,
  KeyValue,
  MappedRangeResult,
  RangeResult,
  Selector,
} from '../../future/handles/transaction-handle.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { checkBlobRead, readBlobGranules } from '../granules/blob-reader.ts'
import type { BlobReadOptions } from '../granules/blob-reader.ts'
import { toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { checkCount, checkVersion, LATEST_VERSION } from '../granules/granule-arguments.ts'
import { keySelector, nativeSelector } from '../keys/key-selector.ts'
import type { KeySelector } from '../keys/key-selector.ts'
import {
  DEFAULT_MAX_BYTES,
  EntryIterator,
  RangeReader,
  checkRangeOptions,
} from '../ranges/range-reader.ts'
import type { RangeReadOptions } from '../ranges/range-reader.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { Subspace } from '../keys/subspace.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { defaultTransformer } from '../keys/transformer.ts'

/** One batch of a range, and whether more may follow. */
export interface RangeBatch<Key, Value> {
  /** In the order of the keys, or against it in a reverse read. */
  results: [key: Key, value: Value][]
  /** The batch ended before the range did. */
  more: boolean
}

/** An entry of a mapped range: the index entry, and the range that the mapper made of it. */
export interface MappedEntry {
  /** Key of the index entry. */
  key: Buffer
  /** Value of the index entry. */
  value: Buffer
  /** What the range holds that the mapper made of it. */
  results: KeyValue[]
}

/** Which granules are summarized. */
export interface SummaryOptions {
  /** The version to summarize at; without it, the newest. */
  readonly version?: bigint
  /** At most so many granules. */
  readonly limit?: number
}

/** A range given by keys or key selectors; without an end, all keys that begin with `start`. */
export type RangeBound<Key> = Key | KeySelector<Key>

/** The reading half of a transaction. */
export class TransactionReader<KeyIn, KeyOut, ValIn, ValOut> {
  /** Reads add no read conflicts: other transactions' writes to what they read are no reason to retry. */
  readonly isSnapshot: boolean
  protected readonly context: TransactionContext
  protected readonly subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  readonly #plainValues: boolean

  protected constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot: boolean,
  ) {
    this.context = context
    this.subspace = subspace
    this.isSnapshot = isSnapshot
    this.#plainValues = (subspace.valueXf as unknown) === defaultTransformer
  }

  /**
   * The part of the key space that keys are relative to, with the encodings.
   *
   * @example const key = tn.getSubspace().packKey('name')
   */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.subspace
  }

  /**
   * The value of a key, or undefined when there is none. `fdb_transaction_get`.
   *
   * @throws TypeError for a key that the encoding doesn't take.
   * @example const name = await tn.get('name')
   */
  get(key: KeyIn): FdbFuture<ValOut | undefined> {
    const { budget } = this.context
    budget?.check()
    const packed = this.subspace.packKey(key)
    const raw = this.context.handle.get(packed, this.isSnapshot)
    // Plain bytes need no decoder, so the future of the handle is the one that the caller gets.
    if (this.#plainValues && budget === undefined) {
      return raw as unknown as FdbFuture<ValOut | undefined>
    }
    return raw.decodeWith((value) => {
      budget?.count(1, packed.length + (value?.length ?? 0))
      return value === undefined ? undefined : this.subspace.unpackValue(value)
    })
  }

  /**
   * Whether a key has a value. `fdb_transaction_get`.
   *
   * @example const taken = await tn.exists('lock')
   */
  exists(key: KeyIn): FdbFuture<boolean> {
    const { budget } = this.context
    budget?.check()
    const packed = this.subspace.packKey(key)
    const raw = this.context.handle.get(packed, this.isSnapshot)
    return raw.decodeWith((value) => {
      budget?.count(1, packed.length + (value?.length ?? 0))
      return value !== undefined
    })
  }

  /**
   * The key that a selector names, or undefined when that is outside of the subspace. A key stands for
   * the first key that is equal or greater. `fdb_transaction_get_key`.
   *
   * In the root subspace the empty key can't be told from "none", and counts as none.
   *
   * @example const last = await tn.getKey(keySelector.lastLessThan('z'))
   */
  getKey(selector: RangeBound<KeyIn>): FdbFuture<KeyOut | undefined> {
    const { key, orEqual, offset } = this.#native(selector)
    const { budget } = this.context
    budget?.check()
    const raw = this.context.handle.getKey(key, orEqual, offset, this.isSnapshot)
    return raw.decodeWith((found) => {
      budget?.count(1, found.length)
      return found.length === 0 || !this.subspace.contains(found)
        ? undefined
        : this.subspace.unpackKey(found)
    })
  }

  #native(bound: RangeBound<KeyIn>): Selector {
    return nativeSelector(bound, (key) => this.subspace.packKey(key))
  }

  /** Both ends of a range. Without an end, `start` is a prefix, in the way of the key encoding. */
  #ends(start: RangeBound<KeyIn>, end: RangeBound<KeyIn> | undefined): [Selector, Selector] {
    if (end !== undefined && end !== null) return [this.#native(start), this.#native(end)]
    const { key, orEqual, offset } = keySelector.from<KeyIn>(start)
    const range = this.subspace.packRange(key)
    return [
      { key: range.begin, orEqual, offset },
      { key: range.end, orEqual: false, offset: 1 },
    ]
  }

  #decode(entries: KeyValue[]): [KeyOut, ValOut][] {
    const { subspace } = this
    return entries.map(([key, value]) => [subspace.unpackKey(key), subspace.unpackValue(value)])
  }

  /**
   * The keys and values of a range, first key first, in batches as they come.
   *
   * @param start a key or selector; without an `end`, a prefix.
   * @param end a key or selector; the key itself is not part of the range.
   * @throws ReadLimitError above `maxBytes`, when that is set.
   * @example
   * for await (const batch of tn.getRangeBatch('a', 'b')) console.log(batch.length)
   */
  async *getRangeBatch(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options: RangeReadOptions = {},
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
    const reader = this.#reader(start, end, options, Infinity)
    while (!reader.done) yield this.#decode(await reader.next())
  }

  /**
   * The keys and values that begin with a prefix, in batches as they come. See {@link getRangeBatch}.
   *
   * @example
   * for await (const batch of tn.getRangeBatchStartsWith('users/')) console.log(batch.length)
   */
  getRangeBatchStartsWith(
    prefix: KeyIn,
    options?: RangeReadOptions,
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
    return this.getRangeBatch(prefix, undefined, options)
  }

  #reader(
    start: RangeBound<KeyIn>,
    end: RangeBound<KeyIn> | undefined,
    options: RangeReadOptions,
    maxBytes: number,
  ): RangeReader {
    const ends = this.#ends(start, end)
    return new RangeReader(this.context, this.isSnapshot, ...ends, options, maxBytes)
  }

  /**
   * The keys and values of a range, one by one. The range is read in batches while you iterate.
   *
   * @example
   * for await (const [key, value] of tn.getRange('a', 'b', { limit: 10, reverse: true })) {
   *   console.log(String(key), String(value))
   * }
   */
  getRange(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options: RangeReadOptions = {},
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    const reader = this.#reader(start, end, options, Infinity)
    return new EntryIterator(async () =>
      reader.done ? undefined : this.#decode(await reader.next()),
    )
  }

  /**
   * The keys and values that begin with a prefix, one by one. See {@link getRange}.
   *
   * @example for await (const [key, value] of tn.getRangeStartsWith('users/')) console.log(key, value)
   */
  getRangeStartsWith(
    prefix: KeyIn,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return this.getRange(prefix, undefined, options)
  }

  /**
   * The keys and values of a range, all at once. Batches are as large as they come.
   *
   * @throws ReadLimitError above `maxBytes`, which is 256 MiB unless set.
   * @example const newest = await tn.getRangeAll('a', 'b', { limit: 10, reverse: true })
   */
  async getRangeAll(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options: RangeReadOptions = {},
  ): Promise<[KeyOut, ValOut][]> {
    const wantAll = { streamingMode: StreamingMode.WantAll, ...options }
    const reader = this.#reader(start, end, wantAll, DEFAULT_MAX_BYTES)
    const entries: [KeyOut, ValOut][] = []
    while (!reader.done) for (const entry of this.#decode(await reader.next())) entries.push(entry)
    return entries
  }

  /**
   * The keys and values that begin with a prefix, all at once. See {@link getRangeAll}.
   *
   * @example const users = await tn.getRangeAllStartsWith('users/')
   */
  getRangeAllStartsWith(prefix: KeyIn, options?: RangeReadOptions): Promise<[KeyOut, ValOut][]> {
    return this.getRangeAll(prefix, undefined, options)
  }

  /**
   * One call of `fdb_transaction_get_range`: one batch.
   *
   * @param iteration 1, 2, 3, ... in streaming mode Iterator, where batches grow with it.
   * @example
   * const first = keySelector.firstGreaterOrEqual('a')
   * const last = keySelector.firstGreaterOrEqual('b')
   * const { results, more } = await tn.getRangeRaw(first, last, { limit: 5 })
   */
  getRangeRaw(
    start: KeySelector<KeyIn>,
    end: KeySelector<KeyIn>,
    options: RangeReadOptions = {},
    iteration = 1,
  ): FdbFuture<RangeBatch<KeyOut, ValOut>> {
    checkRangeOptions(options)
    const { budget } = this.context
    budget?.check()
    const raw = this.context.handle.getRange(this.#native(start), this.#native(end), {
      limit: options.limit ?? 0,
      targetBytes: options.targetBytes ?? 0,
      mode: options.streamingMode ?? StreamingMode.Iterator,
      iteration,
      snapshot: this.isSnapshot,
      reverse: options.reverse ?? false,
    })
    return raw.decodeWith(({ results, more }: RangeResult) => {
      budget?.countEntries(results)
      return { results: this.#decode(results), more }
    })
  }

  /**
   * One batch of a range read of index entries, each with the range that `mapper` makes of it: a packed
   * tuple whose items may be `{K[n]}`, `{V[n]}` and a last `{...}`. `fdb_transaction_get_mapped_range`.
   *
   * Keys and values come as bytes, since they lie outside of the subspace. Must be a snapshot read or not
   * as the cluster allows, and needs read-your-writes left on.
   *
   * @example
   * const mapper = tuple.pack(['user', '{K[2]}', '{...}'])
   * const { begin, end } = tuple.range(['index', 'city', 'London'])
   * const { results } = await tn.getMappedRange(begin, end, mapper)
   */
  getMappedRange(
    start: RangeBound<KeyIn>,
    end: RangeBound<KeyIn>,
    mapper: NativeValue,
    options: RangeReadOptions = {},
    iteration = 1,
  ): FdbFuture<{ results: MappedEntry[]; more: boolean }> {
    checkRangeOptions(options)
    const { budget } = this.context
    budget?.check()
    const raw = this.context.handle.getMappedRange(
      this.#native(start),
      this.#native(end),
      toBytes(mapper, 'mapper'),
      {
        limit: options.limit ?? 0,
        targetBytes: options.targetBytes ?? 0,
        mode: options.streamingMode ?? StreamingMode.Iterator,
        iteration,
        snapshot: this.isSnapshot,
        reverse: options.reverse ?? false,
      },
    )
    return raw.decodeWith(({ results, more }: MappedRangeResult) => {
      for (const { key, value, results: mapped } of results) {
        budget?.countEntries([[key, value], ...mapped])
      }
      return {
        results: results.map((entry) => ({
          key: entry.key,
          value: entry.value,
          results: entry.results,
        })),
        more,
      }
    })
  }

  /**
   * About how many bytes of keys and values a range holds: a sample, cheap for a large range.
   * `fdb_transaction_get_estimated_range_size_bytes`.
   *
   * @example const bytes = await tn.getEstimatedRangeSizeBytes('a', 'b')
   */
  getEstimatedRangeSizeBytes(start: KeyIn, end: KeyIn): FdbFuture<number> {
    const raw = this.context.handle.getEstimatedRangeSizeBytes(
      this.subspace.packKey(start),
      this.subspace.packKey(end),
    )
    return raw.decodeWith(Number)
  }

  /**
   * Keys that cut a range into parts of about `chunkSize` bytes, with both ends of the range among them.
   * `fdb_transaction_get_range_split_points`.
   *
   * @example const cuts = await tn.getRangeSplitPoints('a', 'b', 10_000_000)
   */
  getRangeSplitPoints(start: KeyIn, end: KeyIn, chunkSize: number): FdbFuture<KeyOut[]> {
    if (!Number.isSafeInteger(chunkSize)) {
      throw new TypeError(`chunkSize is an integer number of bytes, not ${String(chunkSize)}`)
    }
    const raw = this.context.handle.getRangeSplitPoints(
      this.subspace.packKey(start),
      this.subspace.packKey(end),
      BigInt(chunkSize),
    )
    return raw.decodeWith((keys: Buffer[]) => keys.map((key) => this.subspace.unpackKey(key)))
  }

  /**
   * The ranges that the blob granules of a range cover, in order. `fdb_transaction_get_blob_granule_ranges`.
   *
   * @param limit of ranges; 10,000 unless set.
   * @example const parts = await tn.getBlobGranuleRanges('archive/')
   */
  getBlobGranuleRanges(start: KeyIn, end?: KeyIn, limit?: number): FdbFuture<KeyRange[]> {
    const { begin, end: behind } = this.#granules(start, end)
    return this.context.handle.getBlobGranuleRanges(begin, behind, checkCount(limit))
  }

  /**
   * What the blob granules of a range have on blob storage: versions and bytes of snapshots and deltas.
   * `fdb_transaction_summarize_blob_granules`.
   *
   * @param options `version` to summarize at, the newest unless set; `limit` of granules, 10,000 unless set.
   * @throws FDBError `blob_granule_transaction_too_old` (1064) where granules do not reach that far.
   * @example
   * let bytes = 0n
   * for (const { snapshotSize } of await tn.summarizeBlobGranules('archive/')) bytes += snapshotSize
   */
  summarizeBlobGranules(
    start: KeyIn,
    end?: KeyIn,
    options: SummaryOptions = {},
  ): FdbFuture<GranuleSummary[]> {
    const { version = LATEST_VERSION, limit } = options
    checkVersion(version)
    const { begin, end: behind } = this.#granules(start, end)
    return this.context.handle.summarizeBlobGranules(begin, behind, version, checkCount(limit))
  }

  /**
   * The keys and values of a range from its blob granules, also at versions that are too old for other reads.
   * The files are loaded by the program, which knows the blob storage, and put together here.
   * `fdb_transaction_read_blob_granules_description`, `fdb_readbg_parse_snapshot_file`,
   * `fdb_readbg_parse_delta_file`.
   *
   * The transaction needs read-your-writes off.
   *
   * @throws FDBError `blob_granule_no_ryw` (2036); `blob_granule_transaction_too_old` (1064) where no granules
   * are; ReadLimitError above `maxBytes`; what `loadFile` throws.
   * @example
   * const { readFileSync } = await import('node:fs')
   * using tn = db.createTransaction({ read_your_writes_disable: true })
   * const loadFile = ({ name, offset, length }: GranuleFile) =>
   *   readFileSync(`/mnt/granules/${name}`).subarray(offset, offset + length)
   * const entries = await tn.readBlobGranules('archive/', 'archive0', { loadFile })
   */
  async readBlobGranules(
    start: KeyIn,
    end: KeyIn | undefined,
    options: BlobReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    checkBlobRead(options)
    if (options.version !== undefined) checkVersion(options.version)
    const { begin, end: behind } = this.#granules(start, end)
    const entries = await readBlobGranules(this.context.handle, begin, behind, options)
    return this.#decode(entries)
  }

  #granules(start: KeyIn, end: KeyIn | undefined): { begin: Uint8Array; end: Uint8Array } {
    const { subspace } = this
    if (end === undefined) return subspace.packRange(start)
    return { begin: subspace.packKey(start), end: subspace.packKey(end) }
  }

  /**
   * The addresses (`ip:port`) of the servers that hold a key. `fdb_transaction_get_addresses_for_key`.
   *
   * @example console.log(await tn.getAddressesForKey('a'))
   */
  getAddressesForKey(key: KeyIn): FdbFuture<string[]> {
    return this.context.handle.getAddressesForKey(this.subspace.packKey(key))
  }

  /**
   * The value that `setVersionstampPrefixedValue` wrote, as its stamp (10 bytes) and the rest; undefined
   * when nothing follows the stamp.
   *
   * @example const { stamp, value } = (await tn.getVersionstampPrefixedValue('last')) ?? {}
   */
  getVersionstampPrefixedValue(
    key: KeyIn,
  ): FdbFuture<{ stamp: Buffer; value: ValOut | undefined } | null> {
    const { budget } = this.context
    budget?.check()
    const packed = this.subspace.packKey(key)
    const raw = this.context.handle.get(packed, this.isSnapshot)
    return raw.decodeWith((bytes) => {
      budget?.count(1, packed.length + (bytes?.length ?? 0))
      if (bytes === undefined) return null
      if (bytes.length < 10) {
        throw new RangeError(`a value of ${bytes.length} bytes has no versionstamp of 10 before it`)
      }
      return {
        stamp: bytes.subarray(0, 10),
        value: bytes.length === 10 ? undefined : this.subspace.unpackValue(bytes.subarray(10)),
      }
    })
  }
}
