import { strInc, toBytes } from '../client/keys/bytes.ts'
import type { NativeValue } from '../client/keys/bytes.ts'
import { checkedSelector, keySelector } from '../client/keys/key-selector.ts'
import type { KeySelector } from '../client/keys/key-selector.ts'
import type { GetSubspace, Subspace } from '../client/keys/subspace.ts'
import type { RangeReadOptions } from '../client/ranges/range-options.ts'
import type { TransactionContext } from '../client/attempt/transaction-context.ts'
import type { TransactionView } from '../client/attempt/transaction-view.ts'
import type { RangeBatch } from '../client/ranges/range-reads.ts'
import { decodeEntries } from '../client/ranges/range-ends.ts'
import type { RangeBound } from '../client/ranges/range-ends.ts'
import { Transaction as Main } from '../client/transaction/transaction.ts'
import { checkWatchOptions } from '../client/transaction/watch.ts'
import type { Watch, WatchOptions } from '../client/transaction/watch.ts'
import type { NativeCalls } from '../client/transaction/native-calls.ts'
import type { TransactionConflicts } from '../client/transaction/transaction-conflicts.ts'
import type { TransactionCosts } from '../client/transaction/transaction-costs.ts'
import type { TransactionLocality } from '../client/transaction/transaction-locality.ts'
import type {
  StampedValue,
  TransactionVersionstamps,
} from '../client/transaction/transaction-versionstamps.ts'
import type { TransactionGranules } from '../client/granules/transaction-granules.ts'
import type { Transformer } from '../client/keys/transformer.ts'
import type { FdbFuture } from '../future/handles/fdb-future.ts'
import type { Selector } from '../future/handles/transaction-handle.ts'
import type { Environment } from '../native/environment/environment.ts'
import { MutationType } from '../native/generated/mutation-type.ts'
import type { StreamingMode } from '../native/generated/streaming-mode.ts'
import { answer } from './callback.ts'
import type { Callback } from './callback.ts'
import { asPeer } from './bytes/subspace.ts'
import { fromVersionBytes, toVersionBytes } from './bytes/version-bytes.ts'
import type { Version } from './bytes/version-bytes.ts'
import { packVersionstampPrefixSuffix } from './bytes/versionstamp.ts'
import { kind } from '../native/values/kinds.ts'

/** What has another type here than in the main API. */
type Changed =
  | 'add'
  | 'at'
  | 'clearRange'
  | 'doTransaction'
  | 'get'
  | 'getCommittedVersion'
  | 'getRange'
  | 'getRangeAll'
  | 'getRangeAllStartsWith'
  | 'getRangeBatch'
  | 'getRangeStartsWith'
  | 'getReadVersion'
  | 'max'
  | 'min'
  | 'setReadVersion'
  | 'snapshot'
  | 'watch'
  | 'withKeyEncoding'
  | 'withValueEncoding'

/** The main transaction's own methods that are called from here, and what subclasses see of it. */
interface Inside<KeyIn, KeyOut, ValIn, ValOut> {
  /** @internal */
  readonly inner: TransactionView<KeyIn, KeyOut, ValIn, ValOut>
  get(key: KeyIn): Promise<ValOut | undefined>
  watch(key: KeyIn, options?: WatchOptions): Watch
  clearRange(start: KeyIn, end?: KeyIn): void
  getRange(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]>
  getRangeAll(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]>
  getRangeBatch(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined>
}

type Base = new <KeyIn, KeyOut, ValIn, ValOut>(
  context: TransactionContext,
  subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
  isSnapshot?: boolean,
) => Omit<Main<KeyIn, KeyOut, ValIn, ValOut>, Changed> & Inside<KeyIn, KeyOut, ValIn, ValOut>

const MainTransaction = Main as unknown as Base

/**
 * The main transaction with the names and types of node-foundationdb's.
 *
 * @example
 * const tn = db.rawCreateTransaction()
 * tn.set('a', 'b')
 * await tn.rawCommit()
 * console.log(tn.getCommittedVersion().length) // 8
 */
export class Transaction<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends MainTransaction<KeyIn, KeyOut, ValIn, ValOut> {
  /** The same transaction in another part of the key space, with its encodings. */
  declare at: <CKI, CKO, CVI, CVO>(
    scope: GetSubspace<CKI, CKO, CVI, CVO>,
  ) => Transaction<CKI, CKO, CVI, CVO>
  /** The same transaction with reads that add no read conflicts. */
  declare snapshot: () => Transaction<KeyIn, KeyOut, ValIn, ValOut>
  /** The same transaction with another key encoding. */
  declare withKeyEncoding: <CKI, CKO>(
    keyXf: Transformer<CKI, CKO>,
  ) => Transaction<CKI, CKO, ValIn, ValOut>
  /** The same transaction with another value encoding. */
  declare withValueEncoding: <CVI, CVO>(
    valueXf: Transformer<CVI, CVO>,
  ) => Transaction<KeyIn, KeyOut, CVI, CVO>

  /** Clock and chance of the database, for layers that need them. */
  declare readonly environment: Environment
  /** Whether the transaction is gone. */
  declare readonly closed: boolean
  /** Reads add no read conflicts. */
  declare readonly isSnapshot: boolean
  /** Keys and values that the commit puts its versionstamp into, and the stamp itself. */
  declare readonly versionstamps: TransactionVersionstamps<KeyIn, ValIn, ValOut>
  /** Conflicts that are added by hand, and those that there were. */
  declare readonly conflicts: TransactionConflicts<KeyIn>
  /** Where data lies in the cluster, and how much there is. */
  declare readonly locality: TransactionLocality<KeyIn, KeyOut>
  /** What the cluster keeps on blob storage. */
  declare readonly granules: TransactionGranules<KeyIn, KeyOut, ValOut>
  /** What the transaction costs. */
  declare readonly costs: TransactionCosts
  /** Calls of the C API as they are: raw bytes, and one batch of a range. */
  declare readonly native: NativeCalls<KeyIn, KeyOut, ValOut>

  /** @internal Use `db.doTransaction` or `db.createTransaction`. */
  constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot = false,
  ) {
    super(context, asPeer(subspace), isSnapshot)
  }

  /** Waits for a change of the key, from the commit on. A pending watch keeps the process alive, unless `keepAlive` is false. */
  override watch(key: KeyIn, options?: WatchOptions): Watch {
    checkWatchOptions(options)
    return super.watch(key, { keepAlive: true, ...options })
  }

  /** What every view of the main transaction is made by. */
  protected view<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
    isSnapshot: boolean,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return new Transaction(this.inner.context, subspace, isSnapshot)
  }

  /** The part of the key space that keys are relative to, with the encodings. */
  get subspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.inner.subspace
  }

  /** @deprecated Use `at`. */
  scopedTo<CKI, CKO, CVI, CVO>(
    db: GetSubspace<CKI, CKO, CVI, CVO>,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return this.at(db)
  }

  /** Takes a range of keys away; without an end, those that begin with the start. */
  override clearRange(start: KeyIn, end?: KeyIn | null): void {
    if (end === undefined || end === null) super.clearRange(start)
    else super.clearRange(start, end)
  }

  /** The keys and values of a range, one by one; without an end, those that begin with the start. */
  override getRange(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn> | null,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return super.getRange(start, end ?? undefined, options)
  }

  /** The same all at once. */
  override getRangeAll(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn> | null,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return super.getRangeAll(start, end ?? undefined, options)
  }

  /** The same in batches as they come. */
  override getRangeBatch(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn> | null,
    options?: RangeReadOptions,
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
    return super.getRangeBatch(start, end ?? undefined, options)
  }

  /** The keys and values that begin with a prefix, one by one. */
  getRangeStartsWith(
    prefix: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return this.getRange(prefix, undefined, options)
  }

  /** The keys and values that begin with a prefix, all at once. */
  getRangeAllStartsWith(
    prefix: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.getRangeAll(prefix, undefined, options)
  }

  /** The main API's `commit`. */
  rawCommit(): Promise<void>
  /** @deprecated Use the promise. */
  rawCommit(callback: Callback<void>): void
  rawCommit(callback?: Callback<void>): Promise<void> | void {
    return answer(this.commit(), callback)
  }

  /** The main API's `reset`. */
  rawReset(): void {
    this.reset()
  }

  /** The main API's `cancel`. */
  rawCancel(): void {
    this.cancel()
  }

  /** The main API's `onError`. */
  rawOnError(code: number): Promise<void>
  /** @deprecated Use the promise. */
  rawOnError(code: number, callback: Callback<void>): void
  rawOnError(code: number, callback?: Callback<void>): Promise<void> | void {
    return answer(this.onError(code), callback)
  }

  /** The value of a key; undefined when it isn't there. */
  override get(key: KeyIn): Promise<ValOut | undefined>
  /** @deprecated Use the promise. */
  override get(key: KeyIn, callback: Callback<ValOut | undefined>): void
  override get(
    key: KeyIn,
    callback?: Callback<ValOut | undefined>,
  ): Promise<ValOut | undefined> | void {
    return answer(super.get(key), callback)
  }

  /** The version that reads see, as 8 bytes. */
  getReadVersion(): Promise<Version>
  /** @deprecated Use the promise. */
  getReadVersion(callback: Callback<Version>): void
  getReadVersion(callback?: Callback<Version>): Promise<Version> | void {
    return answer(this.inner.context.handle.getReadVersion().decodeWith(toVersionBytes), callback)
  }

  /** Reads see the database at this version, which is 8 bytes. */
  setReadVersion(version: Version | bigint): void {
    this.inner.context.handle.setReadVersion(fromVersionBytes(version))
  }

  /** The version that the commit got, as 8 bytes; -1 when the transaction wrote nothing. */
  getCommittedVersion(): Version {
    return toVersionBytes(this.inner.context.handle.getCommittedVersion())
  }

  /** The stamp of the commit, 10 bytes, once it is known. Ask before the commit. */
  getVersionstamp(): { promise: Promise<Buffer> }
  /** @deprecated Use the promise. */
  getVersionstamp(callback: Callback<Buffer>): void
  getVersionstamp(callback?: Callback<Buffer>): { promise: Promise<Buffer> } | void {
    const stamp = this.versionstamps.ofCommit()
    if (callback === undefined) return stamp
    void answer(stamp.promise, callback)
  }

  /**
   * One batch of a range, with everything spelled out. Without an end, the range is what begins with the
   * start's key. Keys and values are as in the database.
   */
  getRangeNative(
    start: KeySelector<NativeValue>,
    end: KeySelector<NativeValue> | null,
    limit: number,
    targetBytes: number,
    streamingMode: StreamingMode,
    iteration: number,
    reverse: boolean,
  ): Promise<RangeBatch<Buffer, Buffer>> {
    const first = checkedSelector('start', start)
    const last = end === null ? null : checkedSelector('end', end)
    return this.#batch(first, last, limit, targetBytes, streamingMode, iteration, reverse)
  }

  #batch(
    start: KeySelector<NativeValue>,
    end: KeySelector<NativeValue> | null,
    limit: number,
    targetBytes: number,
    streamingMode: StreamingMode,
    iteration: number,
    reverse: boolean,
  ): FdbFuture<RangeBatch<Buffer, Buffer>> {
    const first = packed(start)
    const behind = end === null ? keySelector.firstGreaterOrEqual(strInc(first.key)) : end
    return this.inner.context.handle.getRange(first, packed(behind), {
      limit,
      targetBytes,
      mode: streamingMode,
      iteration,
      snapshot: this.isSnapshot,
      reverse,
    })
  }

  /** The same with keys and values in the encodings of the scope. */
  getRangeRaw(
    start: KeySelector<KeyIn>,
    end: KeySelector<KeyIn> | null,
    limit: number,
    targetBytes: number,
    streamingMode: StreamingMode,
    iteration: number,
    reverse: boolean,
  ): Promise<RangeBatch<KeyOut, ValOut>> {
    const { subspace } = this
    const native = (argument: string, selector: KeySelector<KeyIn>): KeySelector<NativeValue> => {
      const { key, orEqual, offset } = checkedSelector(argument, selector)
      return keySelector(subspace.packKey(key), orEqual, offset)
    }
    const ends = [native('start', start), end === null ? null : native('end', end)] as const
    const batch = this.#batch(...ends, limit, targetBytes, streamingMode, iteration, reverse)
    return batch.decodeWith(({ results, more }: RangeBatch<Buffer, Buffer>) => ({
      results: decodeEntries(subspace, results),
      more,
    }))
  }

  /** Adds a little-endian integer to the value; the encoding of values gives its bytes. */
  add(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Add, key, param)
  }

  /** Keeps the larger of two little-endian unsigned integers; the encoding of values gives the bytes. */
  max(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Max, key, param)
  }

  /** Keeps the smaller of two little-endian unsigned integers; the encoding of values gives the bytes. */
  min(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Min, key, param)
  }

  /** The next code that orders versionstamps of this transaction. */
  getNextTransactionID(): number {
    return this.inner.context.takeStampCode()
  }

  /** Sets a key whose bytes have the hole for the stamp and its offset in them. */
  setVersionstampedKeyRaw(key: NativeValue, value: ValIn): void {
    const bytes = this.subspace.packValue(value)
    this.native.atomicOp(MutationType.SetVersionstampedKey, key, bytes)
  }

  /** Sets the key of `prefix`, the stamp and `suffix`, outside of the scope. */
  setVersionstampedKeyBuf(
    prefix: Buffer | undefined,
    suffix: Buffer | undefined,
    value: ValIn,
  ): void {
    const { apiVersion } = this.inner.context
    this.setVersionstampedKeyRaw(
      packVersionstampPrefixSuffix(prefix, suffix, true, apiVersion),
      value,
    )
  }

  /** Sets a value whose bytes have the hole for the stamp and its offset in them. */
  setVersionstampedValueRaw(key: KeyIn, value: NativeValue): void {
    this.native.atomicOpBytes(MutationType.SetVersionstampedValue, key, value)
  }

  /** The same as `clear`. */
  delete(key: KeyIn): void {
    this.clear(key)
  }

  /** The keys and values that begin with a prefix, in batches as they come. */
  getRangeBatchStartsWith(
    prefix: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
    return this.getRangeBatch(prefix, undefined, options)
  }

  /** The main API's `native.atomicOp`. */
  atomicOpNative(type: MutationType, key: NativeValue, param: NativeValue): void {
    this.native.atomicOp(type, key, param)
  }

  /** The main API's `native.atomicOpBytes`. */
  atomicOpKB(type: MutationType, key: KeyIn, param: NativeValue): void {
    this.native.atomicOpBytes(type, key, param)
  }

  /** `bitAnd` with raw bytes, whatever the value encoding. */
  bitAndBuf(key: KeyIn, param: NativeValue): void {
    this.native.atomicOpBytes(MutationType.BitAnd, key, param)
  }

  /** `bitOr` with raw bytes, whatever the value encoding. */
  bitOrBuf(key: KeyIn, param: NativeValue): void {
    this.native.atomicOpBytes(MutationType.BitOr, key, param)
  }

  /** `bitXor` with raw bytes, whatever the value encoding. */
  bitXorBuf(key: KeyIn, param: NativeValue): void {
    this.native.atomicOpBytes(MutationType.BitXor, key, param)
  }

  /** The main API's `conflicts.addReadRange`. */
  addReadConflictRange(start: KeyIn, end: KeyIn): void {
    this.conflicts.addReadRange(start, end)
  }

  /** The main API's `conflicts.addReadKey`. */
  addReadConflictKey(key: KeyIn): void {
    this.conflicts.addReadKey(key)
  }

  /** The main API's `conflicts.addWriteRange`. */
  addWriteConflictRange(start: KeyIn, end: KeyIn): void {
    this.conflicts.addWriteRange(start, end)
  }

  /** The main API's `conflicts.addWriteKey`. */
  addWriteConflictKey(key: KeyIn): void {
    this.conflicts.addWriteKey(key)
  }

  /** The main API's `locality.getEstimatedSize`. */
  getEstimatedRangeSizeBytes(start: KeyIn, end: KeyIn): Promise<number> {
    return this.locality.getEstimatedSize(start, end)
  }

  /** The main API's `locality.getSplitPoints`. */
  getRangeSplitPoints(start: KeyIn, end: KeyIn, chunkSize: number): Promise<KeyOut[]> {
    return this.locality.getSplitPoints(start, end, chunkSize)
  }

  /** The main API's `locality.getAddresses`. */
  getAddressesForKey(key: KeyIn): Promise<string[]> {
    return this.locality.getAddresses(key)
  }

  /** The main API's `costs.getApproximateSize`. */
  getApproximateSize(): Promise<number> {
    return this.costs.getApproximateSize()
  }

  /** The main API's `versionstamps.setKey`. */
  setVersionstampedKey(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): void {
    this.versionstamps.setKey(key, value, bakeAfterCommit)
  }

  /** The main API's `versionstamps.setSuffixedKey`. */
  setVersionstampSuffixedKey(key: KeyIn, value: ValIn, suffix?: NativeValue): void {
    this.versionstamps.setSuffixedKey(key, value, suffix)
  }

  /** The main API's `versionstamps.setValue`. */
  setVersionstampedValue(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): void {
    this.versionstamps.setValue(key, value, bakeAfterCommit)
  }

  /** The main API's `versionstamps.setPrefixedValue`. */
  setVersionstampPrefixedValue(key: KeyIn, value?: ValIn, prefix?: NativeValue): void {
    this.versionstamps.setPrefixedValue(key, value, prefix)
  }

  /** The main API's `versionstamps.getPrefixedValue`. */
  getVersionstampPrefixedValue(key: KeyIn): Promise<StampedValue<ValOut> | null> {
    return this.versionstamps.getPrefixedValue(key)
  }
}

kind(Transaction, 'compat.Transaction')

function packed({ key, orEqual, offset }: KeySelector<NativeValue>): Selector {
  return { key: toBytes(key, 'key'), orEqual, offset }
}
