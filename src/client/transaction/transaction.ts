import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { MutationType } from '../../native/generated/mutation-type.ts'
import type { TransactionOptionName } from '../../native/generated/transaction-options.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { CallLimit, limitOf } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import type { SetOption, TransactionContext } from '../attempt/transaction-context.ts'
import { started } from '../attempt/transaction-function.ts'
import type { Given } from '../attempt/transaction-function.ts'
import { TransactionView } from '../attempt/transaction-view.ts'
import type { TransactionGranules } from '../granules/transaction-granules.ts'
import { allKeys } from '../keys/all-keys.ts'
import type { AllKeys } from '../keys/all-keys.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { checkPlace } from '../keys/given-scope.ts'
import { root } from '../keys/subspace.ts'
import type { GetSubspace, Subspace } from '../keys/subspace.ts'
import type { Transformer } from '../keys/transformer.ts'
import { readRanges } from '../ranges/many-ranges.ts'
import type { OneRange } from '../ranges/many-ranges.ts'
import { byteRange, checkPrefix } from '../ranges/range-ends.ts'
import type { RangeBound, RangeStart } from '../ranges/range-ends.ts'
import type { RangeReadOptions } from '../ranges/range-options.ts'
import { rangeBatches, rangeEntries, wholePrefix, wholeRange } from '../ranges/range-reads.ts'
import { readMany } from './many-values.ts'
import { checkMutation } from './mutations.ts'
import type { NativeCalls } from './native-calls.ts'
import { writeNumber } from './number-params.ts'
import type { NumberOptions } from './number-params.ts'
import { readBytes, readKey, readValue } from './reads.ts'
import type { TransactionConflicts } from './transaction-conflicts.ts'
import type { TransactionCosts } from './transaction-costs.ts'
import { TransactionFacets } from './transaction-facets.ts'
import type { TransactionLocality } from './transaction-locality.ts'
import type { TransactionVersionstamps } from './transaction-versionstamps.ts'
import { Watch, checkWatchOptions } from './watch.ts'
import type { WatchOptions } from './watch.ts'
import { printablePrefix } from '../../native/values/printable.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

const isThere = (value: Buffer | undefined): boolean => value !== undefined

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
> implements GetSubspace<KeyIn, KeyOut, ValIn, ValOut> {
  /** What this object is a view of. */
  protected readonly inner: TransactionView<KeyIn, KeyOut, ValIn, ValOut>
  #facets: TransactionFacets<KeyIn, KeyOut, ValIn, ValOut> | undefined

  /** @internal Use `db.doTransaction` or `db.createTransaction`. */
  constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot = false,
  ) {
    this.inner = new TransactionView(context, subspace, isSnapshot)
  }

  /** Another view of the same transaction; a subclass makes its own kind. */
  protected view<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
    isSnapshot: boolean,
  ): Transaction<CKI, CKO, CVI, CVO> {
    return new Transaction(this.inner.context, subspace, isSnapshot)
  }

  /**
   * The value of a key, or undefined when there is none. `fdb_transaction_get`.
   *
   * @group Reads
   * @param options what ends the call early; the transaction goes on.
   * @throws TypeError for a key that the encoding doesn't take.
   * @example const name = await tn.get('name')
   */
  get(key: KeyIn, options?: CallOptions): FdbFuture<ValOut | undefined> {
    if (options === undefined) return readValue(this.inner, key)
    return readValue(this.inner, key, limitOf(options, this.environment))
  }

  /**
   * The values of several keys, in the order of the keys: undefined where there is none. All are asked for at once, 256 by
   * one command, and there is one promise for all. `fdb_transaction_get` of each.
   *
   * @group Reads
   * @param keys an array; a key that comes twice is given twice.
   * @throws TypeError for what is no array, or has a key that the encoding doesn't take: then nothing is read. FDBBusyError
   * for more keys than the worker has room for, 262,144 with what else is under way. When one read fails it rejects with
   * that error, which names the key; the others are dropped.
   * @example const [ada, ben] = await tn.getMany(['ada', 'ben'])
   */
  getMany(keys: readonly KeyIn[], options?: CallOptions): Promise<(ValOut | undefined)[]> {
    return this.inner.context.handOut(readMany(this.inner, keys, options))
  }

  /**
   * Whether a key has a value. `fdb_transaction_get`.
   *
   * @group Reads
   * @example const taken = await tn.exists('lock')
   */
  exists(key: KeyIn, options?: CallOptions): FdbFuture<boolean> {
    return readBytes(this.inner, key, isThere, options)
  }

  /**
   * The key that a selector names, or undefined when that is outside of the subspace. A key stands for
   * the first key that is equal or greater. `fdb_transaction_get_key`.
   *
   * In the root subspace the empty key can't be told from "none", and counts as none.
   *
   * @group Reads
   * @example const last = await tn.getKey(keySelector.lastLessThan('z'))
   */
  getKey(selector: RangeBound<KeyIn>, options?: CallOptions): FdbFuture<KeyOut | undefined> {
    return readKey(this.inner, selector, options)
  }

  /**
   * Waits for a change of the key, from the commit on: the watch is set when the transaction commits.
   * It fires when the value is another one than what this transaction saw. `fdb_transaction_watch`.
   *
   * The watch of a key that the transaction has neither read nor written reads it itself, and its promise may then reject with an
   * error that another try cures (1007, 1009, 1037), behind a commit that is done: read the key first, as `getAndWatch` does.
   *
   * @group Reads
   * @example
   * const watch = await db.doTransaction(async (tn) => tn.watch('config'))
   * await db.set('config', 'new') // or another process does
   * console.log(await watch.promise) // true
   */
  watch(key: KeyIn, options: WatchOptions = {}): Watch {
    checkWatchOptions(options)
    return new Watch(this.inner.context.handle.watch(this.inner.subspace.packKey(key)), options)
  }

  /**
   * The keys and values of a range, one by one. The range is read in batches while you iterate: the next one is asked for
   * when half of one is taken. So a read that stops early may conflict with keys up to the end of the next batch (set a
   * `limit`, or read a snapshot), and what you write meanwhile may not be seen.
   *
   * Ranges are the same in all calls: from a key or selector to before another one; without an `end`, all keys that
   * begin with `start`; with {@link allKeys} as `start`, all keys of the scope.
   *
   * @group Ranges
   * @example
   * for await (const [key, value] of tn.getRange('a', 'b', { limit: 10, reverse: true })) {
   *   console.log(String(key), String(value))
   * }
   */
  getRange(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return rangeEntries(this.inner, start, end, options)
  }

  /**
   * The keys and values that begin with a prefix, one by one. See {@link getRange}.
   *
   * @group Ranges
   * @example for await (const [key, value] of tn.getRangeStartsWith('users/')) console.log(key, value)
   */
  getRangeStartsWith(
    prefix: KeyPrefix<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncIterableIterator<[KeyOut, ValOut]> {
    return this.getRange(checkPrefix(prefix), undefined, options)
  }

  /**
   * The keys and values of a range, all at once. Batches are as large as they come.
   *
   * @group Ranges
   * @throws ReadLimitError above `maxBytes`, which is 256 MiB unless set.
   * @example const newest = await tn.getRangeAll('a', 'b', { limit: 10, reverse: true })
   */
  getRangeAll(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.inner.context.handOut(wholeRange(this.inner, start, end, options))
  }

  /**
   * The keys and values that begin with a prefix, all at once. See {@link getRangeAll}.
   *
   * @group Ranges
   * @example const users = await tn.getRangeAllStartsWith('users/')
   */
  getRangeAllStartsWith(
    prefix: KeyPrefix<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.inner.context.handOut(wholePrefix(this.inner, prefix, options))
  }

  /**
   * The keys and values of several ranges, in the order of the ranges: an array of entries each. All are asked for at once,
   * up to 256 at one time; what doesn't fit one batch is asked for behind it.
   *
   * @group Ranges
   * @param ranges an array of `{ start, end }`, which mean what they do for {@link getRange}.
   * @param options of each range: `limit` counts for each by itself. `maxBytes`, `signal` and `timeout` are those of all
   * together.
   * @throws TypeError for what is no array of ranges, or has a key that the encoding doesn't take: then nothing is read;
   * ReadLimitError above `maxBytes`, which is 256 MiB unless set. When one read fails it rejects with that error.
   * @example
   * const [users, teams] = await tn.getRanges([{ start: 'users/' }, { start: 'teams/a', end: 'teams/m' }], { limit: 10 })
   * console.log(users?.length, teams?.length)
   */
  getRanges(
    ranges: readonly OneRange<KeyIn>[],
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][][]> {
    return this.inner.context.handOut(readRanges(this.inner, ranges, options))
  }

  /**
   * The keys and values of a range, first key first, in batches as they come.
   *
   * @group Ranges
   * @param start a key or selector; without an `end`, a prefix.
   * @param end a key or selector; the key itself is not part of the range.
   * @throws ReadLimitError above `maxBytes`, when that is set.
   * @example
   * for await (const batch of tn.getRangeBatch('a', 'b')) console.log(batch.length)
   */
  getRangeBatch(
    start: RangeStart<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
    return rangeBatches(this.inner, start, end, options)
  }

  /**
   * Gives a key a value. `fdb_transaction_set`.
   *
   * Keys above 10,000 bytes and values above 100,000 fail the commit with `key_too_large` (2102) and
   * `value_too_large` (2103).
   *
   * @group Writes
   * @example tn.set('name', 'Ada')
   */
  set(key: KeyIn, value: ValIn): void {
    const { context, subspace } = this.inner
    context.toWrite('set').set(subspace.packKey(key), subspace.packValue(value))
  }

  /**
   * Takes a key and its value away. `fdb_transaction_clear`.
   *
   * @group Writes
   * @example tn.clear('name')
   */
  clear(key: KeyIn): void {
    const { context, subspace } = this.inner
    context.toWrite('clear').clear(subspace.packKey(key))
  }

  /**
   * Takes a range of keys away; without an `end`, all keys that begin with `start`; with {@link allKeys} as `start`,
   * all keys of the scope. `fdb_transaction_clear_range`.
   *
   * @group Writes
   * @throws TypeError for undefined or null as `start`, and for an `end` that is given and is undefined.
   * @example tn.clearRange('a', 'b')
   */
  clearRange(start: KeyPrefix<KeyIn> | AllKeys, end?: KeyPrefix<KeyIn>): void {
    const { context, subspace } = this.inner
    // An end that got lost on the way must not make a prefix of the start.
    if (arguments.length > 1 && end === undefined) subspace.refuseNothing(end, 'end')
    const handle = context.toWrite('clearRange')
    const range = byteRange(subspace, start, end)
    handle.clearRange(range.begin, range.end)
  }

  /**
   * Takes all keys that begin with a prefix away.
   *
   * @group Writes
   * @example tn.clearRangeStartsWith('session/')
   */
  clearRangeStartsWith(prefix: KeyPrefix<KeyIn>): void {
    this.clearRange(prefix)
  }

  /**
   * Takes all keys of the scope away: those that begin with its prefix, and the prefix itself. In the scope of the whole
   * database, all there are.
   *
   * @group Writes
   * @example tn.at(db.at('session/')).clearAll()
   */
  clearAll(): void {
    this.clearRange(allKeys)
  }

  /**
   * Adds a little-endian integer to the value, in the length of the parameter, wrapping around.
   *
   * @group Atomic operations
   * @param param a number or bigint, negative or not, which takes 8 bytes unless `bytes` says otherwise; or the bytes.
   * In a scope with a value encoding its bytes are those of the encoding, such as `encoders.int64LE`.
   * @throws TypeError for a fraction, or an encoding that is not little-endian; RangeError for what doesn't fit.
   * @example
   * tn.add('count', 1)
   * tn.add('small', -1, { bytes: 4 })
   */
  add(key: KeyIn, param: ValIn | number | bigint, options?: NumberOptions): void {
    writeNumber(this.inner, MutationType.Add, key, param, options)
  }

  /**
   * Keeps the larger of two little-endian unsigned integers, in the length of the parameter.
   *
   * @group Atomic operations
   * @param param a number or bigint from 0, or the bytes, as for {@link add}.
   * @throws TypeError and RangeError as {@link add}, also for what is negative.
   * @example tn.max('high', 200)
   */
  max(key: KeyIn, param: ValIn | number | bigint, options?: NumberOptions): void {
    writeNumber(this.inner, MutationType.Max, key, param, options)
  }

  /**
   * Keeps the smaller of two little-endian unsigned integers, in the length of the parameter.
   *
   * @group Atomic operations
   * @param param a number or bigint from 0, or the bytes, as for {@link add}.
   * @throws TypeError and RangeError as {@link add}, also for what is negative.
   * @example tn.min('low', 3n, { bytes: 4 })
   */
  min(key: KeyIn, param: ValIn | number | bigint, options?: NumberOptions): void {
    writeNumber(this.inner, MutationType.Min, key, param, options)
  }

  /**
   * Bitwise and with the value, in the length of the parameter.
   *
   * @group Atomic operations
   * @example tn.bitAnd('flags', Buffer.from([0xf0]))
   */
  bitAnd(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitAnd, key, param)
  }

  /**
   * Bitwise or with the value, in the length of the parameter.
   *
   * @group Atomic operations
   * @example tn.bitOr('flags', Buffer.from([0x01]))
   */
  bitOr(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitOr, key, param)
  }

  /**
   * Bitwise exclusive or with the value, in the length of the parameter.
   *
   * @group Atomic operations
   * @example tn.bitXor('flags', Buffer.from([0xff]))
   */
  bitXor(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitXor, key, param)
  }

  /**
   * Keeps the value that sorts first as bytes; an absent value becomes the parameter.
   *
   * @group Atomic operations
   * @example tn.byteMin('first', 'apple')
   */
  byteMin(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.ByteMin, key, param)
  }

  /**
   * Keeps the value that sorts last as bytes; an absent value becomes the parameter.
   *
   * @group Atomic operations
   * @example tn.byteMax('last', 'zebra')
   */
  byteMax(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.ByteMax, key, param)
  }

  /**
   * Appends to the value, unless it would grow past the size limit of values: then nothing happens.
   *
   * @group Atomic operations
   * @example tn.appendIfFits('log', 'another line\n')
   */
  appendIfFits(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.AppendIfFits, key, param)
  }

  /**
   * Takes the key away if its value is equal to the parameter.
   *
   * @group Atomic operations
   * @example tn.compareAndClear('lock', 'mine')
   */
  compareAndClear(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.CompareAndClear, key, param)
  }

  /**
   * Applies an atomic operation: the server changes the value at commit, so it conflicts with no other
   * writer. `fdb_transaction_atomic_op`.
   *
   * @group Atomic operations
   * @example tn.atomicOp(MutationType.Add, 'count', Buffer.from([1, 0, 0, 0]))
   */
  atomicOp(type: MutationType, key: KeyIn, param: ValIn): void {
    const { context, subspace } = this.inner
    const handle = context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), subspace.packKey(key), subspace.packValue(param))
  }

  /**
   * The same transaction in another part of the key space, with its encodings.
   *
   * @group Scope
   * @example
   * const users = db.at('users/', encoders.tuple, encoders.json)
   * tn.at(users).set(['ada'], { name: 'Ada' })
   */
  at<CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Transaction<CKI, CKO, CVI, CVO> {
    checkPlace(scope, 'scope of at')
    return this.view(scope.getSubspace(), this.inner.isSnapshot)
  }

  /**
   * The same transaction with another key encoding.
   *
   * @group Scope
   * @example tn.withKeyEncoding(encoders.tuple).set(['ada', 1], 'value')
   */
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Transaction<CKI, CKO, ValIn, ValOut> {
    return this.at(this.inner.subspace.withKeyEncoding(keyXf))
  }

  /**
   * The same transaction with another value encoding.
   *
   * @group Scope
   * @example tn.withValueEncoding(encoders.json).set('ada', { name: 'Ada' })
   */
  withValueEncoding<CVI, CVO>(
    valueXf: Transformer<CVI, CVO>,
  ): Transaction<KeyIn, KeyOut, CVI, CVO> {
    return this.at(this.inner.subspace.withValueEncoding(valueXf))
  }

  /**
   * The same transaction with reads that add no read conflicts. Writes through it are those of the
   * transaction.
   *
   * @group Scope
   * @example const guess = await tn.snapshot().get('popular')
   */
  snapshot(): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return this.view(this.inner.subspace, true)
  }

  /**
   * Reads add no read conflicts: other transactions' writes to what they read are no reason to retry.
   *
   * @group Scope
   */
  get isSnapshot(): boolean {
    return this.inner.isSnapshot
  }

  /**
   * The part of the key space that keys are relative to, with the encodings.
   *
   * @group Scope
   * @example const key = tn.getSubspace().packKey('name')
   */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.inner.subspace
  }

  /**
   * Runs `body` in this transaction, as a part of it: nothing is committed, and nothing runs again. So what is
   * written for a {@link Transactor} works on a database and within a transaction.
   *
   * @group Commit and retry
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
  doTransaction<T>(body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => Given<T>): Promise<T> {
    return this.inner.context.handOut(this.#part(body))
  }

  async #part<T>(body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => Given<T>): Promise<T> {
    if (typeof body !== 'function') throw new TypeError('doTransaction takes a function')
    return await started(body(this), undefined)
  }

  /**
   * Sets an option of the whole transaction, by its name in the C API or by its code.
   * `fdb_transaction_set_option`.
   *
   * @group Commit and retry
   * @throws TypeError for an option that doesn't exist, or a value of the wrong type; RangeError for too large an integer.
   * @example tn.setOption('timeout', 2000)
   */
  setOption(option: TransactionOptionName | number, value?: OptionValue): void {
    this.inner.context.handle.setOption(option, value)
  }

  /**
   * Applies the writes. `fdb_transaction_commit`. After an error, pass its code to `onError`; the
   * retry loop of `doTransaction` does all that.
   *
   * Once it is sent it may be applied, also when `cancel`, `reset`, `close` or a timeout ends the wait for its answer:
   * `maybeCommitted` of the error tells.
   *
   * @group Commit and retry
   * @param options what ends the wait early; with a signal that has aborted before, nothing is sent.
   * @throws FDBError, among others `not_committed` (1020) and `commit_unknown_result` (1021).
   * @example await tn.commit()
   */
  commit(options?: CallOptions): FdbFuture<void> {
    const limit = limitOf(options, this.environment)
    limit?.assertGoesOn()
    return CallLimit.apply(limit, this.inner.context.commit())
  }

  /**
   * Resets the transaction for another attempt, after a wait, if the error is one that another attempt
   * can cure; fails with the same error if not. `fdb_transaction_on_error`.
   *
   * @group Commit and retry
   * @param code of the error that stopped the attempt.
   * @example
   * try {
   *   await tn.commit()
   * } catch (error) {
   *   if (!(error instanceof FDBError)) throw error
   *   await tn.onError(error.code)
   * }
   */
  onError(code: number, options?: CallOptions): FdbFuture<void> {
    if (!Number.isInteger(code)) {
      throw new TypeError(`onError takes the code of an FDBError, not ${shown(code)}`)
    }
    const limit = limitOf(options, this.environment)
    return CallLimit.apply(limit, this.inner.context.onError(code))
  }

  /**
   * Back to the state of a new transaction; all that is under way fails. A commit that was sent may be applied all the
   * same. `fdb_transaction_reset`.
   *
   * @group Commit and retry
   * @example tn.reset()
   */
  reset(): void {
    this.inner.context.reset()
  }

  /**
   * All that is under way or comes fails with 1025, until a reset. A commit that was sent may be applied all the
   * same. `fdb_transaction_cancel`.
   *
   * @group Commit and retry
   * @example tn.cancel()
   */
  cancel(): void {
    this.inner.context.cancel()
  }

  /**
   * The version that reads see. `fdb_transaction_get_read_version`.
   *
   * @group Versions
   * @example const version = await tn.getReadVersion()
   */
  getReadVersion(options?: CallOptions): FdbFuture<bigint> {
    const limit = limitOf(options, this.environment)
    return CallLimit.apply(limit, this.inner.context.handle.getReadVersion())
  }

  /**
   * Reads see the database at this version, if it is not older than about 5 seconds.
   * `fdb_transaction_set_read_version`.
   *
   * @group Versions
   * @example
   * using earlier = db.createTransaction()
   * using later = db.createTransaction()
   * later.setReadVersion(await earlier.getReadVersion())
   */
  setReadVersion(version: bigint): void {
    if (typeof version !== 'bigint' || BigInt.asIntN(64, version) !== version) {
      throw new TypeError('a read version is a bigint of 64 bits')
    }
    this.inner.context.handle.setReadVersion(version)
  }

  /**
   * The version that the commit got: -1n when the transaction wrote nothing, or has not committed.
   * `fdb_transaction_get_committed_version`.
   *
   * @group Versions
   * @example
   * await tn.commit()
   * console.log(tn.getCommittedVersion())
   */
  getCommittedVersion(): bigint {
    return this.inner.context.handle.getCommittedVersion()
  }

  /**
   * Clock and chance of the database, for layers that need them.
   *
   * @group Scope
   * @example const now = tn.environment.now()
   */
  get environment(): Environment {
    return this.inner.context.environment
  }

  /**
   * Keys and values that the commit puts its versionstamp into, and the stamp itself.
   *
   * @group Facets
   * @example tn.versionstamps.setSuffixedKey('log/', 'entry')
   */
  get versionstamps(): TransactionVersionstamps<KeyIn, ValIn, ValOut> {
    return this.#more.versionstamps
  }

  /**
   * Conflicts that are added by hand, and those that there were.
   *
   * @group Facets
   * @example tn.conflicts.addReadKey('config')
   */
  get conflicts(): TransactionConflicts<KeyIn> {
    return this.#more.conflicts
  }

  /**
   * Where data lies in the cluster, and how much there is.
   *
   * @group Facets
   * @example const cuts = await tn.locality.getSplitPoints('a', 'b', 10_000_000)
   */
  get locality(): TransactionLocality<KeyIn, KeyOut> {
    return this.#more.locality
  }

  /**
   * What the cluster keeps on blob storage.
   *
   * @group Facets
   * @example const parts = await tn.granules.getRanges('archive/')
   */
  get granules(): TransactionGranules<KeyIn, KeyOut, ValOut> {
    return this.#more.granules
  }

  /**
   * What the transaction costs.
   *
   * @group Facets
   * @example console.log(await tn.costs.getApproximateSize())
   */
  get costs(): TransactionCosts {
    return this.#more.costs
  }

  /**
   * Calls of the C API as they are: raw bytes, and one batch of a range.
   *
   * @group Facets
   * @example tn.native.atomicOp(MutationType.Max, 'high', Buffer.from([7]))
   */
  get native(): NativeCalls<KeyIn, KeyOut, ValOut> {
    return this.#more.native
  }

  get #more(): TransactionFacets<KeyIn, KeyOut, ValIn, ValOut> {
    return (this.#facets ??= new TransactionFacets(this.inner))
  }

  /** @internal Another transaction of the whole database, with options of its own. The caller closes it. */
  beside(options: readonly SetOption[]): Transaction {
    return new Transaction(this.inner.context.beside(options), root)
  }

  /** @internal Sets again what `onError` put back, for who retries in a loop of its own. */
  restoreOptions(): void {
    this.inner.context.restoreOptions()
  }

  /**
   * Ends it, for all of its views: what is under way fails with 1025, and any use after that throws
   * FDBStateError. A commit that was sent may be applied all the same. A second time, or after the end of its attempt, it
   * does nothing. `fdb_transaction_destroy`.
   *
   * @group Commit and retry
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
    this.inner.context.close()
  }

  /**
   * Whether it was closed, or its attempt is over.
   *
   * @group Commit and retry
   * @example if (!tn.closed) tn.close()
   */
  get closed(): boolean {
    return this.inner.context.handle.destroyed
  }

  /**
   * `close`, at the end of a block.
   *
   * @group Commit and retry
   */
  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * The same, for `await using`.
   *
   * @group Commit and retry
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}

kind(Transaction, 'Transaction', (tn) => printablePrefix(tn.getSubspace().prefix))
