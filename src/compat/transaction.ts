import { strInc, toBytes } from '../client/keys/bytes.ts'
import type { NativeValue } from '../client/keys/bytes.ts'
import { keySelector } from '../client/keys/key-selector.ts'
import type { KeySelector } from '../client/keys/key-selector.ts'
import type { GetSubspace, Subspace } from '../client/keys/subspace.ts'
import type { RangeReadOptions } from '../client/ranges/range-reader.ts'
import type { TransactionContext } from '../client/attempt/transaction-context.ts'
import type { RangeBatch, RangeBound } from '../client/transaction/transaction-reader.ts'
import { Transaction as Main } from '../client/transaction/transaction.ts'
import type { Transformer } from '../client/keys/transformer.ts'
import type { Selector } from '../future/handles/transaction-handle.ts'
import type { Environment } from '../native/environment/environment.ts'
import { MutationType } from '../native/generated/mutation-type.ts'
import type { StreamingMode } from '../native/generated/streaming-mode.ts'
import { answer } from './callback.ts'
import type { Callback } from './callback.ts'
import { fromVersionBytes, toVersionBytes } from './version-bytes.ts'
import type { Version } from './version-bytes.ts'
import { packVersionstampPrefixSuffix } from './versionstamp.ts'

/** What has another type here than in the main API. */
type Changed =
  | 'at'
  | 'doTransaction'
  | 'get'
  | 'getCommittedVersion'
  | 'getRangeAllStartsWith'
  | 'getRangeRaw'
  | 'getReadVersion'
  | 'getVersionstamp'
  | 'setReadVersion'
  | 'snapshot'
  | 'withKeyEncoding'
  | 'withValueEncoding'

/** The main transaction's own methods that are called from here, and what subclasses see of it. */
interface Inside<KeyIn, KeyOut, ValIn, ValOut> {
  /** The part of the key space that keys are relative to, with the encodings. */
  readonly subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  /** @internal */
  readonly context: TransactionContext
  get(key: KeyIn): Promise<ValOut | undefined>
  getVersionstamp(): { promise: Promise<Buffer> }
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

  /** The keys and values that begin with a prefix, all at once. */
  declare getRangeAllStartsWith: (
    prefix: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ) => Promise<[KeyOut, ValOut][]>
  /** Clock and chance of the database, for layers that need them. */
  declare readonly environment: Environment
  /** Whether the transaction is gone. */
  declare readonly closed: boolean

  /** @internal Use `db.doTransaction` or `db.createTransaction`. */
  constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot = false,
  ) {
    super(context, subspace, isSnapshot)
  }

  /** What every view of the main transaction is made by. */
  protected view<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
    isSnapshot: boolean,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return new Transaction(this.context, subspace, isSnapshot)
  }

  /** @deprecated Use `at`. */
  scopedTo<CKI, CKO, CVI, CVO>(
    db: GetSubspace<CKI, CKO, CVI, CVO>,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return this.at(db)
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
    return answer(this.context.handle.getReadVersion().then(toVersionBytes), callback)
  }

  /** Reads see the database at this version, which is 8 bytes. */
  setReadVersion(version: Version | bigint): void {
    this.context.handle.setReadVersion(fromVersionBytes(version))
  }

  /** The version that the commit got, as 8 bytes; -1 when the transaction wrote nothing. */
  getCommittedVersion(): Version {
    return toVersionBytes(this.context.handle.getCommittedVersion())
  }

  /** The stamp of the commit, 10 bytes, once it is known. Ask before the commit. */
  override getVersionstamp(): { promise: Promise<Buffer> }
  /** @deprecated Use the promise. */
  override getVersionstamp(callback: Callback<Buffer>): void
  override getVersionstamp(callback?: Callback<Buffer>): { promise: Promise<Buffer> } | void {
    const stamp = super.getVersionstamp()
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
    const first = packed(start)
    const behind = end === null ? keySelector.firstGreaterOrEqual(strInc(first.key)) : end
    return this.context.handle.getRange(first, packed(behind), {
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
    const native = ({ key, orEqual, offset }: KeySelector<KeyIn>): KeySelector<NativeValue> =>
      keySelector(subspace.packKey(key), orEqual, offset)
    const ends = [native(start), end === null ? null : native(end)] as const
    const batch = this.getRangeNative(
      ...ends,
      limit,
      targetBytes,
      streamingMode,
      iteration,
      reverse,
    )
    return batch.then(({ results, more }) => ({
      results: results.map(([key, value]) => [
        subspace.unpackKey(key),
        subspace.unpackValue(value),
      ]),
      more,
    }))
  }

  /** The next code that orders versionstamps of this transaction. */
  getNextTransactionID(): number {
    return this.context.takeStampCode()
  }

  /** Sets a key whose bytes have the hole for the stamp and its offset in them. */
  setVersionstampedKeyRaw(key: NativeValue, value: ValIn): void {
    const bytes = this.subspace.packValue(value)
    this.atomicOpNative(MutationType.SetVersionstampedKey, key, bytes)
  }

  /** Sets the key of `prefix`, the stamp and `suffix`, outside of the scope. */
  setVersionstampedKeyBuf(
    prefix: Buffer | undefined,
    suffix: Buffer | undefined,
    value: ValIn,
  ): void {
    const { apiVersion } = this.context
    this.setVersionstampedKeyRaw(
      packVersionstampPrefixSuffix(prefix, suffix, true, apiVersion),
      value,
    )
  }

  /** Sets a value whose bytes have the hole for the stamp and its offset in them. */
  setVersionstampedValueRaw(key: KeyIn, value: NativeValue): void {
    this.atomicOpKB(MutationType.SetVersionstampedValue, key, value)
  }
}

function packed({ key, orEqual, offset }: KeySelector<NativeValue>): Selector {
  return { key: toBytes(key, 'key'), orEqual, offset }
}
