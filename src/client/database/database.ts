import type { KeyPrefix, KeyRest } from '../keys/key-prefix.ts'
import { lifecycle } from '../../future/wakers/lifecycle.ts'
import type { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { DatabaseOptionName } from '../../native/generated/database-options.ts'
import { MutationType } from '../../native/generated/mutation-type.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import type { RunTrace } from '../attempt/run-trace.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import type { DatabaseAdmin } from '../connection/database-admin.ts'
import { TenantContext } from '../connection/database-context.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import type { DatabaseGranules } from '../granules/database-granules.ts'
import type { AllKeys } from '../keys/all-keys.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { isGetSubspace, root } from '../keys/subspace.ts'
import type { GetSubspace, Subspace } from '../keys/subspace.ts'
import type { Transformer } from '../keys/transformer.ts'
import type { RangeBound, RangeStart } from '../ranges/range-ends.ts'
import type { RangeReadOptions } from '../ranges/range-options.ts'
import { clearAlone, getAlone, goesAlone, setAlone } from '../run/lone-run.ts'
import type { FailedAttempt } from '../run/lone-run.ts'
import { RetryLoop } from '../run/retry-loop.ts'
import type { RunOptions, TransactionBody, TransactionSettings } from '../run/run-options.ts'
import { planCall, planRun, planTransaction } from '../run/run-plan.ts'
import type { RunPlan } from '../run/run-plan.ts'
import { tracedRun } from '../run/traced-run.ts'
import type { DatabaseLocality } from '../scans/database-locality.ts'
import { readPage } from '../scans/page.ts'
import type { Page, PageOptions } from '../scans/page.ts'
import { scanCount, scanEntries } from '../scans/scanned-range.ts'
import type { CountOptions, ScanOptions } from '../scans/scanned-range.ts'
import type { DatabaseTenants } from '../tenants/database-tenants.ts'
import { numberOptionsAmong } from '../transaction/number-params.ts'
import type { NumberCallOptions, NumberOptions } from '../transaction/number-params.ts'
import { Transaction } from '../transaction/transaction.ts'
import { limitsAmong } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { watchOptionsAmong } from '../transaction/watch.ts'
import type { SetWatchOptions } from '../transaction/watch.ts'
import type { Watch, WatchWithValue } from '../transaction/watch.ts'
import { DatabaseFacets } from './database-facets.ts'
import type { DatabaseVersionstamps } from './database-versionstamps.ts'
import { printable, printablePrefix } from '../../native/values/printable.ts'
import { kind } from '../../native/values/kinds.ts'

export type { RunOptions, TransactionBody, TransactionSettings } from '../run/run-options.ts'

/** One read in a transaction of its own: there is nothing to commit. */
const ONE_READ: RunPlan = {
  options: [],
  settings: { skipCommit: true },
  readOnly: true,
  isCall: true,
}

/** One write in a transaction of its own. */
const ONE_WRITE: RunPlan = { ...planRun({}), isCall: true }

/**
 * A database, or a part of it: a scope with a prefix and encodings. Scopes share the connection, and
 * are as cheap as an object. Made by `open` and `openEmbedded`.
 *
 * Operations are transactions of their own; above 8,192 at one time they wait in line, in order. Reads are snapshot reads,
 * and have nothing to commit. Each is retried as `doTransaction` does; an atomic operation whose commit ended with
 * `commit_unknown_result` (1021) may so be applied twice.
 *
 * @example
 * const db = open()
 * const users = db.at('users/').withValueEncoding(encoders.json)
 * await users.set('ada', { name: 'Ada' })
 */
export class Database<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> implements GetSubspace<KeyIn, KeyOut, ValIn, ValOut> {
  protected readonly context: DatabaseContext
  readonly #subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  #facets: DatabaseFacets<KeyIn, KeyOut, ValIn, ValOut, Tenant> | undefined

  /** @internal Use `open` or `openEmbedded`. */
  constructor(context: DatabaseContext, subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>) {
    this.context = context
    this.#subspace = subspace
  }

  /** Another scope of the same database; a subclass makes its own kind. */
  protected scope<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO> {
    return new Database(this.context, subspace)
  }

  /** A transaction in this scope; a subclass makes its own kind. */
  protected transactionIn(context: TransactionContext): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return new Transaction(context, this.#subspace)
  }

  /**
   * Runs a transaction: calls `body`, commits, and calls it again after an error that another attempt
   * may cure. Uses `fdb_transaction_on_error`, so retry limit, timeout and waits are the cluster's.
   *
   * Keep effects on the outside world out of `body`; `attempt.maybeCommitted` tells when an earlier
   * attempt may have been applied. Each attempt has a transaction of its own, which ends when `body` has settled: a
   * call that comes later throws FDBStateError, so await all that `body` starts. Watches outlive it.
   *
   * @group Transactions
   * @param body a function, an async function, or a generator function, which runs as a task and waits by `yield*`.
   * @param options how it is run, see {@link RunOptions}: limits, tags, priority, `signal`, `observer`, `budget`.
   * @returns what `body` returned, once committed.
   * @throws what `body` throws, or the FDBError that ended the last attempt, whose `maybeCommitted` tells whether a commit
   * of any attempt may have been applied; BudgetExceededError; the signal's reason, or RunAbortedError.
   * @example
   * await db.doTransaction(async (tn) => {
   *   const from = await tn.get('a')
   *   if (from !== undefined) tn.set('b', from)
   * }, { timeout: 5000, retryLimit: 10 })
   */
  async doTransaction<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: RunOptions = {},
  ): Promise<T> {
    if (typeof body !== 'function') throw new TypeError('doTransaction takes a function')
    return this.#run(body, planRun(options))
  }

  /**
   * Runs a transaction whose function only writes, and so needs no `await`; what it returns is left out.
   *
   * @group Transactions
   * @example await db.doOneshot((tn) => tn.clearRangeStartsWith('temporary/'))
   */
  async doOneshot(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => unknown,
    options?: RunOptions,
  ): Promise<void> {
    await this.doTransaction(body, options)
  }

  /**
   * A transaction of your own: commit it, retry it with `onError`, and dispose of it.
   * `fdb_database_create_transaction`.
   *
   * As in the C API, `reset` and `onError` put all options but `timeout`, `retryLimit` and `maxRetryDelay`
   * back; `doTransaction` sets them again.
   *
   * @group Transactions
   * @example
   * using tn = db.createTransaction({ timeout: 1000 })
   * tn.set('a', 'b')
   * await tn.commit()
   */
  createTransaction(options: TransactionSettings = {}): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    const plan = planTransaction(options)
    return this.transactionIn(this.context.createTransaction(plan.options, plan.readOnly))
  }

  /**
   * One transaction with one `get`.
   *
   * @group Reads
   * @example const name = await db.get('name')
   */
  get(key: KeyIn, options?: CallOptions): Promise<ValOut | undefined> {
    const body = (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => tn.get(key)
    if (options !== undefined || !goesAlone(this.context)) return this.#read(body, options)
    return getAlone(this.context, this.#subspace, key, (failed) =>
      this.#attempts(body, ONE_READ, undefined, failed),
    )
  }

  /**
   * One transaction with one `getMany`: all values are of the same moment.
   *
   * @group Reads
   * @throws TypeError for what is no array.
   * @example const [ada, ben] = await db.getMany(['ada', 'ben'])
   */
  getMany(keys: readonly KeyIn[], options?: CallOptions): Promise<(ValOut | undefined)[]> {
    return this.#read((tn) => tn.getMany(keys), options)
  }

  /**
   * One transaction with one `exists`.
   *
   * @group Reads
   * @example if (await db.exists('lock')) console.log('locked')
   */
  exists(key: KeyIn, options?: CallOptions): Promise<boolean> {
    return this.#read((tn) => tn.exists(key), options)
  }

  /**
   * One transaction with one `getKey`.
   *
   * @group Reads
   * @example const last = await db.getKey(keySelector.lastLessThan('z'))
   */
  getKey(selector: RangeBound<KeyIn>, options?: CallOptions): Promise<KeyOut | undefined> {
    return this.#read((tn) => tn.getKey(selector), options)
  }

  /**
   * The keys and values of a range, one by one, however long that takes: read in batches, and in another transaction
   * when the one before is a second old, as `longScan` does.
   *
   * So it is not one snapshot. Each batch of up to 1,000 keys is one; each key that is there all the time comes once, in
   * order, and one that is written meanwhile comes with its old or new value, or not at all. For one
   * moment, `getRangeAll`, or `getRange` of a transaction, which lasts five seconds.
   *
   * @group Ranges
   * @param start a key or selector, what it means at first; without an `end`, a prefix; or `allKeys`.
   * @throws FDBError that no other attempt cures; the reason of the signal.
   * @example
   * for await (const [key, value] of db.getRange('a', 'b', { limit: 10, reverse: true })) {
   *   console.log(String(key), String(value))
   * }
   */
  getRange(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: ScanOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return scanEntries(this, start, end, options)
  }

  /**
   * One transaction with one `getRangeAll`.
   *
   * @group Ranges
   * @example const newest = await db.getRangeAll('a', 'b', { limit: 10, reverse: true })
   */
  getRangeAll(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.#read((tn) => tn.getRangeAll(start, end, options), limitsAmong(options))
  }

  /**
   * One transaction with one `getRangeAllStartsWith`.
   *
   * @group Ranges
   * @example const users = await db.getRangeAllStartsWith('users/')
   */
  getRangeAllStartsWith(
    prefix: KeyPrefix<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.#read((tn) => tn.getRangeAllStartsWith(prefix, options), limitsAmong(options))
  }

  /**
   * How many keys a range has. It reads all of it, in the way of {@link getRange}, so a large range is not
   * counted at one moment. `locality.getEstimatedSize` says how many bytes there are, and reads none.
   *
   * @group Ranges
   * @example console.log(await db.count('users/')) // 0
   */
  count(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: CountOptions,
  ): Promise<number> {
    return scanCount(this, start, end, options)
  }

  /**
   * A part of the scope, and a cursor for the next one: text, of use in another process too, for the same scope, range
   * and direction. Each page is one transaction with one read. A key that is there all the time is in one page.
   *
   * @group Ranges
   * @throws TypeError for what is no cursor; RangeError for a cursor of another scope, range or direction.
   * @example
   * const first = await db.page({ limit: 20 })
   * console.log(first.entries.length)
   * if (first.cursor !== undefined) await db.page({ limit: 20, after: first.cursor })
   */
  page(options?: PageOptions<KeyIn>): Promise<Page<KeyOut, ValOut>> {
    const { tenantName } = this.context
    const limits = limitsAmong(options)
    return readPage(this.#subspace, tenantName, (body) => this.#read(body, limits), options)
  }

  /**
   * One transaction with one `set`.
   *
   * @group Writes
   * @example await db.set('name', 'Ada')
   */
  set(key: KeyIn, value: ValIn, options?: CallOptions): Promise<void> {
    const body = (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>): void => tn.set(key, value)
    if (options !== undefined || !goesAlone(this.context)) return this.#write(body, options)
    return setAlone(this.context, this.#subspace, key, value, (failed) =>
      this.#attempts(body, ONE_WRITE, undefined, failed),
    )
  }

  /**
   * One transaction with one `clear`.
   *
   * @group Writes
   * @example await db.clear('name')
   */
  clear(key: KeyIn, options?: CallOptions): Promise<void> {
    const body = (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>): void => tn.clear(key)
    if (options !== undefined || !goesAlone(this.context)) return this.#write(body, options)
    return clearAlone(this.context, this.#subspace, key, (failed) =>
      this.#attempts(body, ONE_WRITE, undefined, failed),
    )
  }

  /**
   * One transaction with one `clearRange`.
   *
   * @group Writes
   * @example await db.clearRange('a', 'b')
   */
  clearRange(start: KeyPrefix<KeyIn> | AllKeys, ...end: [end?: KeyPrefix<KeyIn>]): Promise<void>
  clearRange(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>, options?: CallOptions): Promise<void>
  clearRange(
    start: KeyPrefix<KeyIn> | AllKeys,
    ...rest: [end?: KeyPrefix<KeyIn>, options?: CallOptions]
  ): Promise<void> {
    const end = rest.slice(0, 1) as [end?: KeyPrefix<KeyIn>]
    return this.#write((tn) => tn.clearRange(start, ...end), rest[1])
  }

  /**
   * One transaction with one `clearRangeStartsWith`.
   *
   * @group Writes
   * @example await db.clearRangeStartsWith('session/')
   */
  clearRangeStartsWith(prefix: KeyPrefix<KeyIn>, options?: CallOptions): Promise<void> {
    return this.#write((tn) => tn.clearRangeStartsWith(prefix), options)
  }

  /**
   * One transaction with one `clearAll`: takes all keys of the scope away.
   *
   * @group Writes
   * @example await db.at('session/').clearAll()
   */
  clearAll(options?: CallOptions): Promise<void> {
    return this.#write((tn) => tn.clearAll(), options)
  }

  /**
   * One transaction with one `add`.
   *
   * @group Atomic operations
   * @example await db.add('count', 1)
   */
  add(key: KeyIn, param: ValIn | number | bigint, options?: NumberCallOptions): Promise<void> {
    return this.#number((tn, bytes) => tn.add(key, param, bytes), options)
  }

  /**
   * One transaction with one `max`.
   *
   * @group Atomic operations
   * @example await db.max('high', 200)
   */
  max(key: KeyIn, param: ValIn | number | bigint, options?: NumberCallOptions): Promise<void> {
    return this.#number((tn, bytes) => tn.max(key, param, bytes), options)
  }

  /**
   * One transaction with one `min`.
   *
   * @group Atomic operations
   * @example await db.min('low', 3)
   */
  min(key: KeyIn, param: ValIn | number | bigint, options?: NumberCallOptions): Promise<void> {
    return this.#number((tn, bytes) => tn.min(key, param, bytes), options)
  }

  /**
   * One transaction with one `bitAnd`.
   *
   * @group Atomic operations
   * @example await db.bitAnd('flags', Buffer.from([0xf0]))
   */
  bitAnd(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.BitAnd, key, param, options)
  }

  /**
   * One transaction with one `bitOr`.
   *
   * @group Atomic operations
   * @example await db.bitOr('flags', Buffer.from([0x01]))
   */
  bitOr(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.BitOr, key, param, options)
  }

  /**
   * One transaction with one `bitXor`.
   *
   * @group Atomic operations
   * @example await db.bitXor('flags', Buffer.from([0xff]))
   */
  bitXor(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.BitXor, key, param, options)
  }

  /**
   * One transaction with one `byteMin`.
   *
   * @group Atomic operations
   * @example await db.byteMin('first', 'apple')
   */
  byteMin(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.ByteMin, key, param, options)
  }

  /**
   * One transaction with one `byteMax`.
   *
   * @group Atomic operations
   * @example await db.byteMax('last', 'zebra')
   */
  byteMax(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.ByteMax, key, param, options)
  }

  /**
   * One transaction with one `appendIfFits`.
   *
   * @group Atomic operations
   * @example await db.appendIfFits('log', 'another line\n')
   */
  appendIfFits(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.AppendIfFits, key, param, options)
  }

  /**
   * One transaction with one `compareAndClear`.
   *
   * @group Atomic operations
   * @example await db.compareAndClear('lock', 'mine')
   */
  compareAndClear(key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.atomicOp(MutationType.CompareAndClear, key, param, options)
  }

  /**
   * One transaction with one atomic operation.
   *
   * @group Atomic operations
   * @example await db.atomicOp(MutationType.Add, 'count', Buffer.from([1, 0, 0, 0]))
   */
  atomicOp(type: MutationType, key: KeyIn, param: ValIn, options?: CallOptions): Promise<void> {
    return this.#write((tn) => tn.atomicOp(type, key, param), options)
  }

  /**
   * Reads a key and watches it from then on.
   *
   * @group Watches
   * @example
   * const watch = await db.getAndWatch('config')
   * console.log('now', watch.value)
   * watch.promise.then((changed) => console.log(changed ? 'it changed' : 'given up'))
   * watch.cancel()
   */
  async getAndWatch(key: KeyIn, options?: SetWatchOptions): Promise<WatchWithValue<ValOut>> {
    const watching = watchOptionsAmong(options)
    return this.#limited(async (tn) => {
      const value = await tn.get(key)
      return Object.assign(tn.watch(key, watching), { value })
    }, limitsAmong(options))
  }

  /**
   * Sets a key and watches it from then on.
   *
   * @group Watches
   * @example
   * const watch = await db.setAndWatch('state', 'ready')
   * watch.cancel()
   */
  async setAndWatch(key: KeyIn, value: ValIn, options?: SetWatchOptions): Promise<Watch> {
    const watching = watchOptionsAmong(options)
    return this.#limited((tn) => {
      tn.set(key, value)
      return tn.watch(key, watching)
    }, limitsAmong(options))
  }

  /**
   * Clears a key and watches it from then on.
   *
   * @group Watches
   * @example
   * const watch = await db.clearAndWatch('lock')
   * watch.cancel()
   */
  async clearAndWatch(key: KeyIn, options?: SetWatchOptions): Promise<Watch> {
    const watching = watchOptionsAmong(options)
    return this.#limited((tn) => {
      tn.clear(key)
      return tn.watch(key, watching)
    }, limitsAmong(options))
  }

  /**
   * A scope: behind a further prefix, which is packed with the key encoding, or where a subspace, a
   * database or a directory is.
   *
   * @group Scope
   * @example db.at('users/', encoders.tuple, encoders.json)
   */
  at<CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Database<CKI, CKO, CVI, CVO>
  at<const P extends KeyPrefix<KeyIn> | null>(
    prefix: P,
  ): Database<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, ValIn, ValOut>
  at<CKI, CKO>(
    prefix: KeyPrefix<KeyIn> | null,
    keyXf: Transformer<CKI, CKO>,
  ): Database<CKI, CKO, ValIn, ValOut>
  at<const P extends KeyPrefix<KeyIn> | null, CVI, CVO>(
    prefix: P,
    keyXf: undefined,
    valueXf: Transformer<CVI, CVO>,
  ): Database<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, CVI, CVO>
  at<CKI, CKO, CVI, CVO>(
    prefix: KeyPrefix<KeyIn> | null,
    keyXf: Transformer<CKI, CKO>,
    valueXf: Transformer<CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO>
  at(
    scope: GetSubspace<never, unknown, never, unknown> | KeyPrefix<KeyIn> | null,
    keyXf?: Transformer<never, unknown>,
    valueXf?: Transformer<never, unknown>,
  ): Database<never, unknown, never, unknown> {
    if (isGetSubspace(scope)) {
      refuseEncodings(keyXf, valueXf)
      return this.scope<never, unknown, never, unknown>(scope.getSubspace())
    }
    const subspace = this.#subspace as unknown as Subspace<unknown, unknown, never, unknown>
    const child = subspace.at(
      scope,
      keyXf as Transformer<never, unknown>,
      valueXf as Transformer<never, unknown>,
    )
    return this.scope<never, unknown, never, unknown>(child)
  }

  /**
   * The same scope with another key encoding; without one, with plain bytes.
   *
   * @group Scope
   * @example const users = db.withKeyEncoding(encoders.tuple)
   */
  withKeyEncoding(): Database<NativeValue, Buffer, ValIn, ValOut>
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  withKeyEncoding(keyXf?: Transformer<never, unknown>): Database<never, unknown, ValIn, ValOut> {
    const subspace =
      keyXf === undefined ? this.#subspace.withKeyEncoding() : this.#subspace.withKeyEncoding(keyXf)
    return this.scope(subspace)
  }

  /**
   * The same scope with another value encoding; without one, with plain bytes.
   *
   * @group Scope
   * @example const users = db.withValueEncoding(encoders.json)
   */
  withValueEncoding(): Database<KeyIn, KeyOut, NativeValue, Buffer>
  withValueEncoding<CVI, CVO>(valueXf: Transformer<CVI, CVO>): Database<KeyIn, KeyOut, CVI, CVO>
  withValueEncoding(
    valueXf?: Transformer<never, unknown>,
  ): Database<KeyIn, KeyOut, never, unknown> {
    const subspace =
      valueXf === undefined
        ? this.#subspace.withValueEncoding()
        : this.#subspace.withValueEncoding(valueXf)
    return this.scope(subspace)
  }

  /**
   * The whole key space with plain keys and values.
   *
   * @group Scope
   * @example const all = db.at('users/').getRoot()
   */
  getRoot(): Database {
    return this.scope(root)
  }

  /**
   * The part of the key space that keys are relative to, with the encodings.
   *
   * @group Scope
   * @example const key = db.at('users/').getSubspace().packKey('ada') // 'users/ada'
   */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.#subspace
  }

  /**
   * The bytes that all keys of this scope begin with.
   *
   * @group Scope
   * @example console.log(db.at('users/').getPrefix())
   */
  getPrefix(): Buffer {
    return this.#subspace.prefix
  }

  /**
   * The clock, timers and random source that the database was opened with.
   *
   * @group Scope
   * @example const now = db.environment.now()
   */
  get environment(): Environment {
    return this.context.environment
  }

  /**
   * The tenants of the cluster.
   *
   * @group Facets
   * @example
   * await db.tenants.create('acme')
   * using acme = db.tenants.open('acme')
   * await acme.set('plan', 'gold')
   */
  get tenants(): DatabaseTenants<Tenant> {
    return this.#more.tenants
  }

  /**
   * Keys and values that the commit puts its versionstamp into.
   *
   * @group Facets
   * @example await db.versionstamps.setSuffixedKey('log/', 'entry')
   */
  get versionstamps(): DatabaseVersionstamps<KeyIn, KeyOut, ValIn, ValOut> {
    return this.#more.versionstamps
  }

  /**
   * Where data lies in the cluster, and how much there is.
   *
   * @group Facets
   * @example console.log(await db.locality.getAddresses('a'))
   */
  get locality(): DatabaseLocality<KeyIn, KeyOut, ValIn, ValOut> {
    return this.#more.locality
  }

  /**
   * What the cluster keeps on blob storage.
   *
   * @group Facets
   * @example await db.granules.blobbify('archive/')
   */
  get granules(): DatabaseGranules<KeyIn> {
    return this.#more.granules
  }

  /**
   * Calls about the cluster as a whole.
   *
   * @group Facets
   * @example const status = JSON.parse(await db.admin.getClientStatus())
   */
  get admin(): DatabaseAdmin {
    return this.#more.admin
  }

  get #more(): DatabaseFacets<KeyIn, KeyOut, ValIn, ValOut, Tenant> {
    return (this.#facets ??= this.#makeFacets())
  }

  #makeFacets(): DatabaseFacets<KeyIn, KeyOut, ValIn, ValOut, Tenant> {
    return new DatabaseFacets({
      context: this.context,
      subspace: this.#subspace,
      read: (body) => this.#read(body),
      write: (body) => this.#write(body, undefined),
      whole: () => this.#whole(),
      openTenant: (name) => new Tenant(new TenantContext(this.context.whole, name), root),
    })
  }

  /** The whole database without encodings, also from a tenant. */
  #whole(): Database {
    return new Database(this.context.whole, root)
  }

  #run<T>(body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>, plan: RunPlan): Promise<T> {
    const { witness } = this.context
    return witness === undefined ? this.#told(body, plan) : witness(() => this.#told(body, plan))
  }

  #told<T>(body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>, plan: RunPlan): Promise<T> {
    if (!lifecycle.hasSubscribers) return this.#attempts(body, plan, undefined)
    // The function of a call is ours: the trace says which call it is.
    const name = plan.isCall === true ? '' : (plan.name ?? body.name)
    return tracedRun(plan, name, (traced, trace) => this.#attempts(body, traced, trace))
  }

  async #attempts<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    plan: RunPlan,
    trace: RunTrace | undefined,
    failed?: FailedAttempt,
  ): Promise<T> {
    const { options, readOnly } = plan
    const { environment } = this.context
    const line = plan.isCall === true ? this.context.line : undefined
    // What failed has its place already.
    const isNext = failed !== undefined || line === undefined || line.enter()
    const settings = isNext ? plan.settings : await line.wait(plan.settings, environment)
    let handle: TransactionHandle | undefined
    try {
      const first = failed?.context ?? this.context.createTransaction(options, readOnly)
      first.trace = trace
      handle = first.handle
      const loop = new RetryLoop(first, environment, settings, (context, attempt) => {
        const whole = this.transactionIn(context)
        return body(readOnly ? whole.snapshot() : whole, attempt)
      })
      return await loop.run(failed?.error)
    } finally {
      handle?.[Symbol.dispose]()
      line?.leave()
    }
  }

  #read<T>(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T>,
    options?: CallOptions,
  ): Promise<T> {
    return options === undefined
      ? this.#run(body, ONE_READ)
      : this.#limited(body, options, ONE_READ)
  }

  #write(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => void,
    options: CallOptions | undefined,
  ): Promise<void> {
    return options === undefined ? this.#run(body, ONE_WRITE) : this.#limited(body, options)
  }

  async #number(
    body: (
      tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>,
      options: NumberOptions | undefined,
    ) => void,
    options: NumberCallOptions | undefined,
  ): Promise<void> {
    const bytes = numberOptionsAmong(options)
    return this.#write((tn) => body(tn, bytes), limitsAmong(options))
  }

  /** One call as a transaction of its own, which ends as the call is to. */
  async #limited<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: CallOptions | undefined,
    plan: RunPlan = ONE_WRITE,
  ): Promise<T> {
    return this.#run(body, planCall(options, plan))
  }

  /**
   * Sets an option of the database, by its name in the C API or by its code.
   * `fdb_database_set_option`.
   *
   * @group Connection
   * @throws TypeError for an option that doesn't exist, or a value of the wrong type.
   * @example db.setOption('transaction_timeout', 5000)
   */
  setOption(option: DatabaseOptionName | number, value?: OptionValue): void {
    this.context.handle.setOption(option, value)
  }

  /**
   * Closes the connection, for all scopes. What is under way is cancelled, also of its tenants, and who waits is told:
   * reads and commits fail with 1025 or FDBStateError, whose `maybeCommitted` tells of a commit that had been sent; watches
   * give false. New calls throw FDBStateError. `fdb_database_destroy`.
   *
   * @group Connection
   * @example db.close()
   */
  close(): void {
    this.context.close()
  }

  /**
   * Whether `close` was called.
   *
   * @group Connection
   * @example if (!db.closed) db.close()
   */
  get closed(): boolean {
    return this.context.closed
  }

  /**
   * `close`, at the end of a block.
   *
   * @group Connection
   */
  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * The same, for `await using`.
   *
   * @group Connection
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}

const stateOf = ({ closed }: { readonly closed: boolean }): string => (closed ? '(closed)' : '')

kind(Database, 'Database', (db) => `${printablePrefix(db.getPrefix())} ${stateOf(db)}`)

/**
 * An opened tenant: a database of its own inside of the cluster. Made by `db.tenants.open`. Scopes and
 * transactions of it see the tenant's keys only, and have all that those of a database have. What concerns
 * the cluster as a whole is passed on to it.
 *
 * `close` gives the tenant back, for all of its scopes, and cancels what is under way in them; the database stays open.
 * Close it before.
 *
 * @example
 * await db.tenants.create('acme')
 * using acme = db.tenants.open('acme')
 * const users = acme.at('users/').withValueEncoding(encoders.json)
 * await users.set('ada', { name: 'Ada' })
 */
export class Tenant<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends Database<KeyIn, KeyOut, ValIn, ValOut> {
  declare protected readonly context: TenantContext

  static {
    kind(this, 'Tenant', ({ context }) => `${printable(context.tenantName)} ${stateOf(context)}`)
  }

  /** @internal Use `db.tenants.open`. */
  constructor(context: TenantContext, subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>) {
    super(context, subspace)
  }

  /**
   * The number that the cluster gave the tenant, which is never given again. `fdb_tenant_get_id`.
   *
   * @throws FDBError `tenant_not_found` (2131).
   * @example
   * await db.tenants.create('acme')
   * using acme = db.tenants.open('acme')
   * console.log(await acme.getId())
   */
  async getId(): Promise<bigint> {
    return await this.context.tenant.getId()
  }
}

/** A scope has its encodings: those beside it would be left out. */
function refuseEncodings(...given: unknown[]): void {
  if (given.every((encoding) => encoding === undefined)) return
  throw new TypeError('at takes encodings with a prefix: of a scope, use withKeyEncoding')
}
