import type { DatabaseOptionName, DatabaseOptions } from '../native/generated/database-options.ts'
import type { Environment } from '../native/environment.ts'
import { MutationType } from '../native/generated/mutation-type.ts'
import type { TransactionOptions } from '../native/generated/transaction-options.ts'
import type { OptionValue } from '../native/option-values.ts'
import type { NativeValue } from './bytes.ts'
import type { DatabaseContext } from './database-context.ts'
import type { RangeReadOptions } from './range-reader.ts'
import { RetryLoop } from './retry-loop.ts'
import type { Attempt, RunObserver, RunSettings } from './retry-loop.ts'
import { isGetSubspace, root } from './subspace.ts'
import type { GetSubspace, Subspace } from './subspace.ts'
import { Transaction } from './transaction.ts'
import type { TransactionContext } from './transaction-context.ts'
import type { RangeBound } from './transaction-reader.ts'
import type { Transformer } from './transformer.ts'
import type { Watch, WatchOptions, WatchWithValue } from './watch.ts'

/** Options of the transaction by their names in the C API, and how to run it. */
export interface RunOptions extends TransactionOptions {
  /** Ends the run: what is under way is cancelled, and the run rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Is told of every attempt. */
  observer?: RunObserver | undefined
}

/** What a transaction's function gets and gives. It may run more than once. */
export type TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T> = (
  tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>,
  attempt: Attempt,
) => PromiseLike<T> | T

/**
 * A database, or a part of it: a scope with a prefix and encodings. Scopes share the connection, and
 * are as cheap as an object. Made by `open` and `openEmbedded`.
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

  /** The part of the key space that keys are relative to, with the encodings. */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.#subspace
  }

  /** The bytes that all keys of this scope begin with. */
  getPrefix(): Buffer {
    return this.#subspace.prefix
  }

  /** The clock, timers and random source that the database was opened with. */
  get environment(): Environment {
    return this.context.environment
  }

  /** The whole key space with plain keys and values. */
  getRoot(): Database {
    return this.scope(root)
  }

  /**
   * A scope: behind a further prefix, which is packed with the key encoding, or where a subspace, a
   * database or a directory is.
   *
   * @example db.at('users/', encoders.tuple, encoders.json)
   */
  at<CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Database<CKI, CKO, CVI, CVO>
  at(prefix: KeyIn | null): Database<KeyIn, KeyOut, ValIn, ValOut>
  at<CKI, CKO>(
    prefix: KeyIn | null,
    keyXf: Transformer<CKI, CKO>,
  ): Database<CKI, CKO, ValIn, ValOut>
  at<CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: undefined,
    valueXf: Transformer<CVI, CVO>,
  ): Database<KeyIn, KeyOut, CVI, CVO>
  at<CKI, CKO, CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: Transformer<CKI, CKO>,
    valueXf: Transformer<CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO>
  at(
    scope: GetSubspace<never, unknown, never, unknown> | KeyIn | null,
    keyXf?: Transformer<never, unknown>,
    valueXf?: Transformer<never, unknown>,
  ): Database<never, unknown, never, unknown> {
    if (isGetSubspace(scope)) {
      return this.scope<never, unknown, never, unknown>(scope.getSubspace())
    }
    const subspace = this.#subspace as unknown as Subspace<KeyIn | null, unknown, never, unknown>
    const child = subspace.at(
      scope,
      keyXf as Transformer<never, unknown>,
      valueXf as Transformer<never, unknown>,
    )
    return this.scope<never, unknown, never, unknown>(child)
  }

  /** The same scope with another key encoding; without one, with plain bytes. */
  withKeyEncoding(): Database<NativeValue, Buffer, ValIn, ValOut>
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  withKeyEncoding(keyXf?: Transformer<never, unknown>): Database<never, unknown, ValIn, ValOut> {
    const subspace =
      keyXf === undefined ? this.#subspace.withKeyEncoding() : this.#subspace.withKeyEncoding(keyXf)
    return this.scope(subspace)
  }

  /** The same scope with another value encoding; without one, with plain bytes. */
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
   * Runs a transaction: calls `body`, commits, and calls it again after an error that another attempt
   * may cure. Uses `fdb_transaction_on_error`, so retry limit, timeout and waits are the cluster's.
   *
   * Keep effects on the outside world out of `body`; `attempt.maybeCommitted` tells when an earlier
   * attempt may have been applied. The transaction is gone when this settles; watches outlive it.
   *
   * @param options transaction options by name (`timeout` and so on), `signal`, `observer`.
   * @returns what `body` returned, once committed.
   * @throws what `body` throws, or the FDBError that ended the last attempt.
   * @example
   * await db.doTransaction(async (tn) => {
   *   const from = await tn.get('a')
   *   if (from !== undefined) tn.set('b', from)
   * }, { timeout: 5000, retry_limit: 10 })
   */
  async doTransaction<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: RunOptions = {},
  ): Promise<T> {
    if (typeof body !== 'function') throw new TypeError('doTransaction takes a function')
    const { signal, observer, ...transactionOptions } = options
    return this.#run(body, transactionOptions, { signal, observer })
  }

  /** The same as `doTransaction`. */
  doTn<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options?: RunOptions,
  ): Promise<T> {
    return this.doTransaction(body, options)
  }

  /**
   * Runs a transaction whose function only writes, and so needs no `await`.
   *
   * @example await db.doOneshot((tn) => tn.clearRangeStartsWith('temporary/'))
   */
  doOneshot(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => void,
    options?: RunOptions,
  ): Promise<void> {
    return this.doTransaction((tn) => {
      body(tn)
    }, options)
  }

  async #run<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: TransactionOptions,
    settings: RunSettings,
  ): Promise<T> {
    const context = this.context.createTransaction(options)
    try {
      const tn = this.transactionIn(context)
      const loop = new RetryLoop(context, this.context.environment, settings, (attempt) =>
        body(tn, attempt),
      )
      return await loop.run()
    } finally {
      context.handle[Symbol.dispose]()
    }
  }

  /** A read with nothing to commit: snapshot reads can't conflict. */
  #read<T>(body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T>): Promise<T> {
    return this.#run((tn) => body(tn.snapshot()), {}, { skipCommit: true })
  }

  /**
   * A transaction of your own: commit it, retry it with `onError`, and dispose of it.
   * `fdb_database_create_transaction`.
   *
   * @example
   * using tn = db.createTransaction({ timeout: 1000 })
   * tn.set('a', 'b')
   * await tn.commit()
   */
  createTransaction(options: TransactionOptions = {}): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return this.transactionIn(this.context.createTransaction(options))
  }

  /** One transaction with one `get`. */
  get(key: KeyIn): Promise<ValOut | undefined> {
    return this.#read((tn) => tn.get(key))
  }

  /** One transaction with one `exists`. */
  exists(key: KeyIn): Promise<boolean> {
    return this.#read((tn) => tn.exists(key))
  }

  /** One transaction with one `getKey`. */
  getKey(selector: RangeBound<KeyIn>): Promise<KeyOut | undefined> {
    return this.#read((tn) => tn.getKey(selector))
  }

  /** One transaction with one `getRangeAll`. */
  getRangeAll(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.#read((tn) => tn.getRangeAll(start, end, options))
  }

  /** One transaction with one `getRangeAllStartsWith`. */
  getRangeAllStartsWith(prefix: KeyIn, options?: RangeReadOptions): Promise<[KeyOut, ValOut][]> {
    return this.#read((tn) => tn.getRangeAllStartsWith(prefix, options))
  }

  /** One transaction with one `getVersionstampPrefixedValue`. */
  getVersionstampPrefixedValue(
    key: KeyIn,
  ): Promise<{ stamp: Buffer; value: ValOut | undefined } | null> {
    return this.#read((tn) => tn.getVersionstampPrefixedValue(key))
  }

  /** One transaction with one `getEstimatedRangeSizeBytes`. */
  getEstimatedRangeSizeBytes(start: KeyIn, end: KeyIn): Promise<number> {
    return this.#read((tn) => tn.getEstimatedRangeSizeBytes(start, end))
  }

  /** One transaction with one `getRangeSplitPoints`. */
  getRangeSplitPoints(start: KeyIn, end: KeyIn, chunkSize: number): Promise<KeyOut[]> {
    return this.#read((tn) => tn.getRangeSplitPoints(start, end, chunkSize))
  }

  /** One transaction with one `getAddressesForKey`. */
  getAddressesForKey(key: KeyIn): Promise<string[]> {
    return this.#read((tn) => tn.getAddressesForKey(key))
  }

  /** One transaction with one `set`. */
  set(key: KeyIn, value: ValIn): Promise<void> {
    return this.doOneshot((tn) => tn.set(key, value))
  }

  /** One transaction with one `clear`. */
  clear(key: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clear(key))
  }

  /** One transaction with one `clearRange`. */
  clearRange(start: KeyIn, end?: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clearRange(start, end))
  }

  /** One transaction with one `clearRangeStartsWith`. */
  clearRangeStartsWith(prefix: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clearRangeStartsWith(prefix))
  }

  /**
   * Reads a key and watches it from then on.
   *
   * @example
   * const watch = await db.getAndWatch('config')
   * use(watch.value)
   * await watch.promise
   */
  getAndWatch(key: KeyIn, options?: WatchOptions): Promise<WatchWithValue<ValOut>> {
    return this.doTransaction(async (tn) => {
      const value = await tn.get(key)
      return Object.assign(tn.watch(key, options), { value })
    })
  }

  /** Sets a key and watches it from then on. */
  setAndWatch(key: KeyIn, value: ValIn, options?: WatchOptions): Promise<Watch> {
    return this.doTransaction((tn) => {
      tn.set(key, value)
      return tn.watch(key, options)
    })
  }

  /** Clears a key and watches it from then on. */
  clearAndWatch(key: KeyIn, options?: WatchOptions): Promise<Watch> {
    return this.doTransaction((tn) => {
      tn.clear(key)
      return tn.watch(key, options)
    })
  }

  /** One transaction with one atomic operation on raw bytes, outside of subspace and encodings. */
  atomicOpNative(type: MutationType, key: NativeValue, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpNative(type, key, param))
  }

  /** One transaction with one atomic operation with a parameter of raw bytes. */
  atomicOpKB(type: MutationType, key: KeyIn, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpKB(type, key, param))
  }

  /** One transaction with one atomic operation. */
  atomicOp(type: MutationType, key: KeyIn, param: ValIn): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOp(type, key, param))
  }

  /** One transaction with one `add`. */
  add(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Add, key, param)
  }

  /** One transaction with one `max`. */
  max(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Max, key, param)
  }

  /** One transaction with one `min`. */
  min(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Min, key, param)
  }

  /** One transaction with one `bitAnd`. */
  bitAnd(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitAnd, key, param)
  }

  /** One transaction with one `bitOr`. */
  bitOr(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitOr, key, param)
  }

  /** One transaction with one `bitXor`. */
  bitXor(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitXor, key, param)
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

  /** One transaction with one `byteMin`. */
  byteMin(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.ByteMin, key, param)
  }

  /** One transaction with one `byteMax`. */
  byteMax(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.ByteMax, key, param)
  }

  /** One transaction with one `appendIfFits`. */
  appendIfFits(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.AppendIfFits, key, param)
  }

  /** One transaction with one `compareAndClear`. */
  compareAndClear(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.CompareAndClear, key, param)
  }

  /** One transaction with one `setVersionstampedKey`. */
  setVersionstampedKey(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampedKey(key, value, bakeAfterCommit))
  }

  /** One transaction with one `setVersionstampSuffixedKey`. */
  setVersionstampSuffixedKey(key: KeyIn, value: ValIn, suffix?: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampSuffixedKey(key, value, suffix))
  }

  /** One transaction with one `setVersionstampedValue`. */
  setVersionstampedValue(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampedValue(key, value, bakeAfterCommit))
  }

  /** One transaction with one `setVersionstampPrefixedValue`. */
  setVersionstampPrefixedValue(key: KeyIn, value?: ValIn, prefix?: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampPrefixedValue(key, value, prefix))
  }

  /**
   * Sets an option of the database, by its name in the C API or by its code.
   * `fdb_database_set_option`.
   *
   * @throws TypeError for an option that doesn't exist, or a value of the wrong type.
   * @example db.setOption('transaction_timeout', 5000)
   */
  setOption(option: DatabaseOptionName | number, value?: OptionValue): void {
    this.context.handle.setOption(option, value)
  }

  /**
   * Sets options by name.
   *
   * @example db.setNativeOptions({ transaction_timeout: 5000, transaction_retry_limit: 10 })
   */
  setNativeOptions(options: DatabaseOptions): void {
    this.context.setOptions(options)
  }

  /** The client's own view of the cluster: JSON as text. `fdb_database_get_client_status`. */
  async getClientStatus(): Promise<string> {
    return (await this.context.handle.getClientStatus()).toString('utf8')
  }

  /** How busy the network thread is, from 0 to 1. `fdb_database_get_main_thread_busyness`. */
  getMainThreadBusyness(): number {
    return this.context.handle.getMainThreadBusyness()
  }

  /**
   * The protocol version of the cluster; with `expected`, once it is another than that.
   * `fdb_database_get_server_protocol`.
   */
  async getServerProtocol(expected?: bigint): Promise<bigint> {
    return await this.context.handle.getServerProtocol(expected)
  }

  /**
   * Closes the connection, for all scopes. Transactions under way end as they would; new ones throw.
   * `fdb_database_destroy`.
   */
  close(): void {
    this.context.handle[Symbol.dispose]()
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.context.handle.closed
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
