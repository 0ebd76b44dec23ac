import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { GranuleSummary, KeyRange } from '../../future/handles/transaction-handle.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { byteRange, decodeEntries } from '../ranges/range-ends.ts'
import { checkBlobRead, readBlobGranules } from './blob-reader.ts'
import type { BlobReadOptions } from './blob-reader.ts'
import { LATEST_VERSION, checkCount, checkVersion } from './granule-arguments.ts'
import { kind } from '../../native/values/kinds.ts'

/** Which granules are summarized. */
export interface SummaryOptions {
  /** The version to summarize at; without it, the newest. */
  readonly version?: bigint
  /** At most so many granules. */
  readonly limit?: number
}

const KNOWN = knownOptions<SummaryOptions>('a summary', { version: true, limit: true })

/**
 * Blob granules as a transaction reads them. `tn.granules`. Without an `end`, `start` is a prefix.
 *
 * @example const parts = await tn.granules.getRanges('archive/')
 */
export class TransactionGranules<KeyIn, KeyOut, ValOut> {
  readonly #view: TransactionView<KeyIn, KeyOut, never, ValOut>

  /** @internal Use `tn.granules`. */
  constructor(view: TransactionView<KeyIn, KeyOut, never, ValOut>) {
    this.#view = view
  }

  /**
   * The ranges that the blob granules of a range cover, in order. `fdb_transaction_get_blob_granule_ranges`.
   *
   * @param limit of ranges; 10,000 unless set.
   * @example const parts = await tn.granules.getRanges('archive/')
   */
  getRanges(
    start: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    limit?: number,
  ): FdbFuture<KeyRange[]> {
    const { context, subspace } = this.#view
    const range = byteRange(subspace, start, end)
    return context.handle.getBlobGranuleRanges(range.begin, range.end, checkCount(limit))
  }

  /**
   * What the blob granules of a range have on blob storage: versions and bytes of snapshots and deltas.
   * `fdb_transaction_summarize_blob_granules`.
   *
   * @param options `version` to summarize at, the newest unless set; `limit` of granules, 10,000 unless set.
   * @throws FDBError `blob_granule_transaction_too_old` (1064) where granules do not reach that far.
   * @example
   * let bytes = 0n
   * for (const { snapshotSize } of await tn.granules.summarize('archive/')) bytes += snapshotSize
   */
  summarize(
    start: KeyPrefix<KeyIn>,
    end?: KeyPrefix<KeyIn>,
    options: SummaryOptions = {},
  ): FdbFuture<GranuleSummary[]> {
    checkOptions(KNOWN, options)
    const { version = LATEST_VERSION, limit } = options
    checkVersion(version)
    const { context, subspace } = this.#view
    const range = byteRange(subspace, start, end)
    const most = checkCount(limit)
    return context.handle.summarizeBlobGranules(range.begin, range.end, version, most)
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
   * const entries = await tn.granules.read('archive/', 'archive0', { loadFile })
   */
  read(
    start: KeyPrefix<KeyIn>,
    end: KeyPrefix<KeyIn> | undefined,
    options: BlobReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.#view.context.handOut(this.#read(start, end, options))
  }

  async #read(
    start: KeyPrefix<KeyIn>,
    end: KeyPrefix<KeyIn> | undefined,
    options: BlobReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    checkBlobRead(options)
    if (options.version !== undefined) checkVersion(options.version)
    const { context, subspace } = this.#view
    const range = byteRange(subspace, start, end)
    const entries = await readBlobGranules(context.handle, range.begin, range.end, options)
    return decodeEntries(subspace, entries)
  }
}

kind(TransactionGranules, 'TransactionGranules')
