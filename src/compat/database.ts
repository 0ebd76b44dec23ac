import type { KeyPrefix, KeyRest } from '../client/keys/key-prefix.ts'
import type { NativeValue } from '../client/keys/bytes.ts'
import type { DatabaseContext } from '../client/connection/database-context.ts'
import type { DatabaseAdmin } from '../client/connection/database-admin.ts'
import { Database as Main } from '../client/database/database.ts'
import type { RunOptions, Tenant, TransactionSettings } from '../client/database/database.ts'
import type { DatabaseVersionstamps } from '../client/database/database-versionstamps.ts'
import type { DatabaseGranules } from '../client/granules/database-granules.ts'
import type { DatabaseLocality } from '../client/scans/database-locality.ts'
import type { DatabaseTenants } from '../client/tenants/database-tenants.ts'
import type { RangeReadOptions } from '../client/ranges/range-options.ts'
import type { Attempt } from '../client/run/retry-loop.ts'
import type { GetSubspace, Subspace } from '../client/keys/subspace.ts'
import type { TransactionContext } from '../client/attempt/transaction-context.ts'
import type { Given } from '../client/attempt/transaction-function.ts'
import type { RangeBound } from '../client/ranges/range-ends.ts'
import type { Transformer } from '../client/keys/transformer.ts'
import type { Environment } from '../native/environment/environment.ts'
import type { DatabaseOptions } from '../native/generated/database-options.ts'
import { MutationType } from '../native/generated/mutation-type.ts'
import type { StampedValue } from '../client/transaction/transaction-versionstamps.ts'
import { asPeer } from './bytes/subspace.ts'
import { Transaction } from './transaction.ts'
import { kind } from '../native/values/kinds.ts'

/** What has another type here than in the main API. */
type Changed =
  | 'at'
  | 'clearRange'
  | 'createTransaction'
  | 'doOneshot'
  | 'doTransaction'
  | 'getRangeAllStartsWith'
  | 'getRoot'
  | 'withKeyEncoding'
  | 'withValueEncoding'

/** What subclasses see of the main database. */
interface Inside {
  /** @internal */
  readonly context: DatabaseContext
}

type Base = new <KeyIn, KeyOut, ValIn, ValOut>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
) => Omit<Main<KeyIn, KeyOut, ValIn, ValOut>, Changed> & Inside

const MainDatabase = Main as unknown as Base

/** Runs a function in transactions of these types, until one is committed. */
export type RunTransaction<KeyIn, KeyOut, ValIn, ValOut> = <T>(
  body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>, attempt: Attempt) => Given<T>,
  options?: RunOptions,
) => Promise<T>

/**
 * The main database with the names and types of node-foundationdb's.
 *
 * @example
 * await db.doTransaction(async (tn) => {
 *   tn.set('visits', String(Number((await tn.get('visits')) ?? 0) + 1))
 * })
 */
export class Database<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends MainDatabase<KeyIn, KeyOut, ValIn, ValOut> {
  /** A scope: behind a further prefix, or where a subspace, a database or a directory is. */
  declare at: {
    <CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Database<CKI, CKO, CVI, CVO>
    <const P extends KeyPrefix<KeyIn> | null>(
      prefix: P,
    ): Database<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, ValIn, ValOut>
    <CKI, CKO>(
      prefix: KeyPrefix<KeyIn> | null,
      keyXf: Transformer<CKI, CKO>,
    ): Database<CKI, CKO, ValIn, ValOut>
    <const P extends KeyPrefix<KeyIn> | null, CVI, CVO>(
      prefix: P,
      keyXf: undefined,
      valueXf: Transformer<CVI, CVO>,
    ): Database<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, CVI, CVO>
    <CKI, CKO, CVI, CVO>(
      prefix: KeyPrefix<KeyIn> | null,
      keyXf: Transformer<CKI, CKO>,
      valueXf: Transformer<CVI, CVO>,
    ): Database<CKI, CKO, CVI, CVO>
  }
  /** The whole key space with plain keys and values. */
  declare getRoot: () => Database
  /** The same scope with another key encoding; without one, with plain bytes. */
  declare withKeyEncoding: {
    (): Database<NativeValue, Buffer, ValIn, ValOut>
    <CKI, CKO>(keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  }
  /** The same scope with another value encoding; without one, with plain bytes. */
  declare withValueEncoding: {
    (): Database<KeyIn, KeyOut, NativeValue, Buffer>
    <CVI, CVO>(valueXf: Transformer<CVI, CVO>): Database<KeyIn, KeyOut, CVI, CVO>
  }
  /** Runs a transaction: calls the function, commits, and calls it again after a conflict. */
  declare doTransaction: RunTransaction<KeyIn, KeyOut, ValIn, ValOut>
  /** Runs a transaction that only writes. */
  declare doOneshot: (
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => void,
    options?: RunOptions,
  ) => Promise<void>
  /** A transaction of your own: commit it, retry it with `onError`, and dispose of it. */
  declare createTransaction: (
    options?: TransactionSettings,
  ) => Transaction<KeyIn, KeyOut, ValIn, ValOut>
  /** The keys and values that begin with a prefix, all at once. */
  declare getRangeAllStartsWith: (
    prefix: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ) => Promise<[KeyOut, ValOut][]>
  /** The clock, timers and random source that the database was opened with. */
  declare readonly environment: Environment
  /** Whether `close` was called. */
  declare readonly closed: boolean
  /** The tenants of the cluster. They are databases of the main API. */
  declare readonly tenants: DatabaseTenants<Tenant>
  /** Keys and values that the commit puts its versionstamp into. */
  declare readonly versionstamps: DatabaseVersionstamps<KeyIn, KeyOut, ValIn, ValOut>
  /** Where data lies in the cluster, and how much there is. */
  declare readonly locality: DatabaseLocality<KeyIn, KeyOut, ValIn, ValOut>
  /** What the cluster keeps on blob storage. */
  declare readonly granules: DatabaseGranules<KeyIn>
  /** Calls about the cluster as a whole. */
  declare readonly admin: DatabaseAdmin

  /** @internal Use `open`. */
  constructor(context: DatabaseContext, subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>) {
    super(context, asPeer(subspace))
  }

  /** Takes a range of keys away; without an end, those that begin with the start. */
  clearRange(start: KeyIn, end?: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clearRange(start, end))
  }

  /** What every scope of the main database is made by. */
  protected scope<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO> {
    return new Database(this.context, subspace)
  }

  /** What every transaction of the main database is made by. */
  protected transactionIn(context: TransactionContext): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return new Transaction(context, this.getSubspace())
  }

  /** The part of the key space that keys are relative to, with the encodings. */
  get subspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.getSubspace()
  }

  /** The main API's `createTransaction`. */
  rawCreateTransaction(options?: TransactionSettings): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return this.createTransaction(options)
  }

  /** The same as `doTransaction`. */
  doTn<T>(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>, attempt: Attempt) => Given<T>,
    options?: RunOptions,
  ): Promise<T> {
    return this.doTransaction(body, options)
  }

  /** Sets options by name. */
  setNativeOptions(options: DatabaseOptions): void {
    this.context.setOptions(options)
  }

  /** The main API's `versionstamps.getPrefixedValue`. */
  getVersionstampPrefixedValue(key: KeyIn): Promise<StampedValue<ValOut> | null> {
    return this.versionstamps.getPrefixedValue(key)
  }

  /** The main API's `locality.getEstimatedSize`. */
  getEstimatedRangeSizeBytes(start: KeyIn, end: KeyIn): Promise<number> {
    return this.locality.getEstimatedSize(start, end)
  }

  /** The main API's `locality.getSplitPoints`. */
  getRangeSplitPoints(start: KeyIn, end: KeyIn, chunkSize: number): Promise<KeyOut[]> {
    return this.locality.getSplitPoints(start, end, chunkSize)
  }

  /** One transaction with one `atomicOpNative`. */
  atomicOpNative(type: MutationType, key: NativeValue, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpNative(type, key, param))
  }

  /** One transaction with one `atomicOpKB`. */
  atomicOpKB(type: MutationType, key: KeyIn, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpKB(type, key, param))
  }

  /** One transaction with one `bitAndBuf`. */
  bitAndBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitAnd, key, param)
  }

  /** One transaction with one `bitOrBuf`. */
  bitOrBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitOr, key, param)
  }

  /** One transaction with one `bitXorBuf`. */
  bitXorBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitXor, key, param)
  }

  /** The main API's `versionstamps.setKey`. */
  setVersionstampedKey(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.versionstamps.setKey(key, value, bakeAfterCommit)
  }

  /** The main API's `versionstamps.setSuffixedKey`. */
  setVersionstampSuffixedKey(key: KeyIn, value: ValIn, suffix?: NativeValue): Promise<void> {
    return this.versionstamps.setSuffixedKey(key, value, suffix)
  }

  /** The main API's `versionstamps.setValue`. */
  setVersionstampedValue(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.versionstamps.setValue(key, value, bakeAfterCommit)
  }

  /** The main API's `versionstamps.setPrefixedValue`. */
  setVersionstampPrefixedValue(key: KeyIn, value?: ValIn, prefix?: NativeValue): Promise<void> {
    return this.versionstamps.setPrefixedValue(key, value, prefix)
  }
}

kind(Database, 'compat.Database')
