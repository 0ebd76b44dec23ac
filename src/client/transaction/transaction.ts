import type { Environment } from '../../native/environment/environment.ts'
import type { TransactionOptionName } from '../../native/generated/transaction-options.ts'
import type { NativeValue } from '../keys/bytes.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { KeyRange } from '../../future/handles/transaction-handle.ts'
import { readConflictRanges } from './conflict-ranges.ts'
import { root } from '../keys/subspace.ts'
import type { GetSubspace, Subspace } from '../keys/subspace.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { TransactionWriter } from './transaction-writer.ts'
import type { Transformer } from '../keys/transformer.ts'
import { Watch } from './watch.ts'
import type { WatchOptions } from './watch.ts'

/**
 * A transaction: reads see the database at one moment and the transaction's own writes; the writes are
 * applied all at once by the commit, or not at all.
 *
 * `db.doTransaction` makes one, commits it, and runs the function again when it conflicted. Made by
 * `db.createTransaction` it is yours to commit, to retry and to dispose of.
 *
 * The type parameters are what keys and values are, in and out; the encodings of the subspace set them.
 *
 * @example
 * const count = await db.doTransaction(async (tn) => {
 *   const count = Number((await tn.get('count')) ?? 0) + 1
 *   tn.set('count', String(count))
 *   return count
 * })
 */
export class Transaction<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends TransactionWriter<KeyIn, KeyOut, ValIn, ValOut> {
  /** @internal Use `db.doTransaction` or `db.createTransaction`. */
  constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot = false,
  ) {
    super(context, subspace, isSnapshot)
  }

  /** Another view of the same transaction; a subclass makes its own kind. */
  protected view<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
    isSnapshot: boolean,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return new Transaction(this.context, subspace, isSnapshot)
  }

  /**
   * Clock and chance of the database, for layers that need them.
   *
   * @example const now = tn.environment.now()
   */
  get environment(): Environment {
    return this.context.environment
  }

  /**
   * The same transaction with reads that add no read conflicts. Writes through it are those of the
   * transaction.
   *
   * @example const guess = await tn.snapshot().get('popular')
   */
  snapshot(): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return this.view(this.subspace, true)
  }

  /**
   * The same transaction in another part of the key space, with its encodings.
   *
   * @example
   * const users = db.at('users/', encoders.tuple, encoders.json)
   * tn.at(users).set(['ada'], { name: 'Ada' })
   */
  at<CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Transaction<CKI, CKO, CVI, CVO> {
    return this.view(scope.getSubspace(), this.isSnapshot)
  }

  /**
   * The same transaction with another key encoding.
   *
   * @example tn.withKeyEncoding(encoders.tuple).set(['ada', 1], 'value')
   */
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Transaction<CKI, CKO, ValIn, ValOut> {
    return this.at(this.subspace.withKeyEncoding(keyXf))
  }

  /**
   * The same transaction with another value encoding.
   *
   * @example tn.withValueEncoding(encoders.json).set('ada', { name: 'Ada' })
   */
  withValueEncoding<CVI, CVO>(
    valueXf: Transformer<CVI, CVO>,
  ): Transaction<KeyIn, KeyOut, CVI, CVO> {
    return this.at(this.subspace.withValueEncoding(valueXf))
  }

  /**
   * Runs `body` in this transaction, as a part of it: nothing is committed, and nothing runs again. So what is
   * written for a {@link Transactor} works on a database and within a transaction.
   *
   * @throws what `body` throws.
   * @example
   * const move = (on: Transactor, from: string, to: string) =>
   *   on.doTransaction(async (tn) => {
   *     const value = await tn.get(from)
   *     if (value !== undefined) tn.set(to, value)
   *     tn.clear(from)
   *   })
   * await move(db, 'a', 'b') // a transaction of its own
   * await move(tn, 'b', 'c') // a part of this one
   */
  async doTransaction<T>(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T> | T,
  ): Promise<T> {
    if (typeof body !== 'function') throw new TypeError('doTransaction takes a function')
    return await body(this)
  }

  /**
   * Sets an option of the whole transaction, by its name in the C API or by its code.
   * `fdb_transaction_set_option`.
   *
   * @throws TypeError for an option that doesn't exist, or a value of the wrong type; RangeError for too large an integer.
   * @example tn.setOption('timeout', 2000)
   */
  setOption(option: TransactionOptionName | number, value?: OptionValue): void {
    this.context.handle.setOption(option, value)
  }

  /**
   * Waits for a change of the key, from the commit on: the watch is set when the transaction commits.
   * It fires when the value is another one than what this transaction saw. `fdb_transaction_watch`.
   *
   * @example
   * const watch = await db.doTransaction(async (tn) => tn.watch('config'))
   * await db.set('config', 'new') // or another process does
   * console.log(await watch.promise) // true
   */
  watch(key: KeyIn, options: WatchOptions = {}): Watch {
    const { signal } = options
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError('signal of a watch is an AbortSignal')
    }
    return new Watch(this.context.handle.watch(this.subspace.packKey(key)), options)
  }

  /**
   * Applies the writes. `fdb_transaction_commit`. After an error, pass its code to `onError`; the
   * retry loop of `doTransaction` does all that.
   *
   * Once it is sent it may be applied, also when `cancel`, `reset`, `close` or a timeout ends the wait for its answer:
   * `maybeCommitted` of the error tells.
   *
   * @throws FDBError, among others `not_committed` (1020) and `commit_unknown_result` (1021).
   * @example await tn.commit()
   */
  commit(): FdbFuture<void> {
    return this.context.commit()
  }

  /**
   * Resets the transaction for another attempt, after a wait, if the error is one that another attempt
   * can cure; fails with the same error if not. `fdb_transaction_on_error`.
   *
   * @param code of the error that stopped the attempt.
   * @example
   * try {
   *   await tn.commit()
   * } catch (error) {
   *   if (!(error instanceof FDBError)) throw error
   *   await tn.onError(error.code)
   * }
   */
  onError(code: number): FdbFuture<void> {
    if (!Number.isInteger(code)) {
      throw new TypeError(`onError takes the code of an FDBError, not ${String(code)}`)
    }
    return this.context.onError(code)
  }

  /**
   * What the last commit conflicted with: ranges that this transaction read and others wrote. For whoever caught
   * `not_committed` (1020), and for the attempt that follows. Empty unless the option `report_conflicting_keys` was set
   * before the commit. Read from the special keys, which API version 630 and later have.
   *
   * @example
   * const tn = db.createTransaction({ report_conflicting_keys: true })
   * await tn.get('a')
   * tn.set('b', 'c')
   * await db.set('a', 'changed')
   * try {
   *   await tn.commit()
   * } catch {
   *   for (const { begin } of await tn.getConflictingRanges()) console.log(String(begin)) // a
   * } finally {
   *   tn.close()
   * }
   */
  getConflictingRanges(): Promise<KeyRange[]> {
    return readConflictRanges(this.view(root, true), 'conflicting')
  }

  /** The ranges that this transaction has read so far, of which a commit of others makes it conflict. */
  getReadConflictRanges(): Promise<KeyRange[]> {
    return readConflictRanges(this.view(root, true), 'read')
  }

  /** The ranges that this transaction has written so far, which make others conflict. */
  getWriteConflictRanges(): Promise<KeyRange[]> {
    return readConflictRanges(this.view(root, true), 'write')
  }

  /**
   * Back to the state of a new transaction; all that is under way fails. A commit that was sent may be applied all the
   * same. `fdb_transaction_reset`.
   *
   * @example tn.reset()
   */
  reset(): void {
    this.context.reset()
  }

  /**
   * All that is under way or comes fails with 1025, until a reset. A commit that was sent may be applied all the
   * same. `fdb_transaction_cancel`.
   *
   * @example tn.cancel()
   */
  cancel(): void {
    this.context.handle.cancel()
  }

  /**
   * The version that reads see. `fdb_transaction_get_read_version`.
   *
   * @example const version = await tn.getReadVersion()
   */
  getReadVersion(): FdbFuture<bigint> {
    return this.context.handle.getReadVersion()
  }

  /**
   * Reads see the database at this version, if it is not older than about 5 seconds.
   * `fdb_transaction_set_read_version`.
   *
   * @example
   * using earlier = db.createTransaction()
   * using later = db.createTransaction()
   * later.setReadVersion(await earlier.getReadVersion())
   */
  setReadVersion(version: bigint): void {
    if (typeof version !== 'bigint' || BigInt.asIntN(64, version) !== version) {
      throw new TypeError('a read version is a bigint of 64 bits')
    }
    this.context.handle.setReadVersion(version)
  }

  /**
   * The version that the commit got: -1n when the transaction wrote nothing, or has not committed.
   * `fdb_transaction_get_committed_version`.
   *
   * @example
   * await tn.commit()
   * console.log(tn.getCommittedVersion())
   */
  getCommittedVersion(): bigint {
    return this.context.handle.getCommittedVersion()
  }

  /**
   * The 10 bytes that the commit puts into versionstamps. Ask before the commit; it is known after.
   * `fdb_transaction_get_versionstamp`.
   *
   * @returns an object around the promise, so that a transaction's function can return it.
   * @example
   * const { promise } = await db.doTransaction(async (tn) => {
   *   tn.setVersionstampSuffixedKey('log/', 'entry')
   *   return tn.getVersionstamp()
   * })
   * console.log(await promise)
   */
  getVersionstamp(): { promise: Promise<Buffer> } {
    const promise = this.context.handle.getVersionstamp().then((stamp) => stamp)
    // Whoever awaits it gets the error; when nobody does, a conflict must not stop the process.
    promise.catch(() => undefined)
    return { promise }
  }

  /**
   * About how many bytes the commit will send. `fdb_transaction_get_approximate_size`.
   *
   * @example if ((await tn.getApproximateSize()) > 1_000_000) await tn.commit()
   */
  getApproximateSize(): FdbFuture<number> {
    return this.context.handle.getApproximateSize().decodeWith(Number)
  }

  /**
   * What the transaction has cost so far, in the units of tag quotas. `fdb_transaction_get_total_cost`.
   *
   * @example console.log(await tn.getTotalCost())
   */
  getTotalCost(): FdbFuture<number> {
    return this.context.handle.getTotalCost().decodeWith(Number)
  }

  /**
   * Seconds that tag throttling has delayed it. `fdb_transaction_get_tag_throttled_duration`.
   *
   * @example const seconds = await tn.getTagThrottledDuration()
   */
  getTagThrottledDuration(): FdbFuture<number> {
    return this.context.handle.getTagThrottledDuration()
  }

  /** @internal Sets again what `onError` put back, for who retries in a loop of its own. */
  restoreOptions(): void {
    this.context.restoreOptions()
  }

  /**
   * Ends it, for all of its views: what is under way fails with 1025, and any use after that throws
   * FDBStateError. A commit that was sent may be applied all the same. A second time, or after the end of its attempt, it
   * does nothing. `fdb_transaction_destroy`.
   *
   * @example
   * const tn = db.createTransaction()
   * try {
   *   tn.set('a', 'b')
   *   await tn.commit()
   * } finally {
   *   tn.close()
   * }
   */
  close(): void {
    this.context.handle[Symbol.dispose]()
  }

  /**
   * Whether it was closed, or its attempt is over.
   *
   * @example if (!tn.closed) tn.close()
   */
  get closed(): boolean {
    return this.context.handle.destroyed
  }

  /** `close`, at the end of a block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}
