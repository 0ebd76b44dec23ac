import { MutationType } from '../../native/generated/mutation-type.ts'
import { BlobCalls } from '../granules/blob-calls.ts'
import type { NativeValue } from '../keys/bytes.ts'
import type { RangeReadOptions } from '../ranges/range-reader.ts'
import type { RunOptions, TransactionBody } from '../run/run-options.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { RangeBound } from '../transaction/transaction-reader.ts'
import type { Watch, WatchOptions, WatchWithValue } from '../transaction/watch.ts'

/**
 * The operations of a transaction as transactions of their own. Reads are snapshot reads, and have
 * nothing to commit. Each is retried as `doTransaction` does; an atomic operation whose commit ended with
 * `commit_unknown_result` (1021) may so be applied twice.
 */
export abstract class OneShots<KeyIn, KeyOut, ValIn, ValOut> extends BlobCalls<
  KeyIn,
  KeyOut,
  ValIn,
  ValOut
> {
  abstract doTransaction<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options?: RunOptions,
  ): Promise<T>

  /** A transaction that reads only, so that nothing is to be committed. */
  protected abstract read<T>(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T>,
  ): Promise<T>

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

  /**
   * One transaction with one `get`.
   *
   * @example const name = await db.get('name')
   */
  get(key: KeyIn): Promise<ValOut | undefined> {
    return this.read((tn) => tn.get(key))
  }

  /**
   * One transaction with one `exists`.
   *
   * @example if (await db.exists('lock')) console.log('locked')
   */
  exists(key: KeyIn): Promise<boolean> {
    return this.read((tn) => tn.exists(key))
  }

  /**
   * One transaction with one `getKey`.
   *
   * @example const last = await db.getKey(keySelector.lastLessThan('z'))
   */
  getKey(selector: RangeBound<KeyIn>): Promise<KeyOut | undefined> {
    return this.read((tn) => tn.getKey(selector))
  }

  /**
   * One transaction with one `getRangeAll`.
   *
   * @example const newest = await db.getRangeAll('a', 'b', { limit: 10, reverse: true })
   */
  getRangeAll(
    start: RangeBound<KeyIn>,
    end?: RangeBound<KeyIn>,
    options?: RangeReadOptions,
  ): Promise<[KeyOut, ValOut][]> {
    return this.read((tn) => tn.getRangeAll(start, end, options))
  }

  /**
   * One transaction with one `getRangeAllStartsWith`.
   *
   * @example const users = await db.getRangeAllStartsWith('users/')
   */
  getRangeAllStartsWith(prefix: KeyIn, options?: RangeReadOptions): Promise<[KeyOut, ValOut][]> {
    return this.read((tn) => tn.getRangeAllStartsWith(prefix, options))
  }

  /**
   * One transaction with one `getVersionstampPrefixedValue`.
   *
   * @example const { stamp, value } = (await db.getVersionstampPrefixedValue('last')) ?? {}
   */
  getVersionstampPrefixedValue(
    key: KeyIn,
  ): Promise<{ stamp: Buffer; value: ValOut | undefined } | null> {
    return this.read((tn) => tn.getVersionstampPrefixedValue(key))
  }

  /**
   * One transaction with one `getEstimatedRangeSizeBytes`.
   *
   * @example const bytes = await db.getEstimatedRangeSizeBytes('a', 'b')
   */
  getEstimatedRangeSizeBytes(start: KeyIn, end: KeyIn): Promise<number> {
    return this.read((tn) => tn.getEstimatedRangeSizeBytes(start, end))
  }

  /**
   * One transaction with one `getRangeSplitPoints`.
   *
   * @example const cuts = await db.getRangeSplitPoints('a', 'b', 10_000_000)
   */
  getRangeSplitPoints(start: KeyIn, end: KeyIn, chunkSize: number): Promise<KeyOut[]> {
    return this.read((tn) => tn.getRangeSplitPoints(start, end, chunkSize))
  }

  /**
   * One transaction with one `getAddressesForKey`.
   *
   * @example console.log(await db.getAddressesForKey('a'))
   */
  getAddressesForKey(key: KeyIn): Promise<string[]> {
    return this.read((tn) => tn.getAddressesForKey(key))
  }

  /**
   * One transaction with one `set`.
   *
   * @example await db.set('name', 'Ada')
   */
  set(key: KeyIn, value: ValIn): Promise<void> {
    return this.doOneshot((tn) => tn.set(key, value))
  }

  /**
   * One transaction with one `clear`.
   *
   * @example await db.clear('name')
   */
  clear(key: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clear(key))
  }

  /**
   * One transaction with one `clearRange`.
   *
   * @example await db.clearRange('a', 'b')
   */
  clearRange(start: KeyIn, end?: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clearRange(start, end))
  }

  /**
   * One transaction with one `clearRangeStartsWith`.
   *
   * @example await db.clearRangeStartsWith('session/')
   */
  clearRangeStartsWith(prefix: KeyIn): Promise<void> {
    return this.doOneshot((tn) => tn.clearRangeStartsWith(prefix))
  }

  /**
   * Reads a key and watches it from then on.
   *
   * @example
   * const watch = await db.getAndWatch('config')
   * console.log('now', watch.value)
   * watch.promise.then((changed) => console.log(changed ? 'it changed' : 'given up'))
   * watch.cancel()
   */
  getAndWatch(key: KeyIn, options?: WatchOptions): Promise<WatchWithValue<ValOut>> {
    return this.doTransaction(async (tn) => {
      const value = await tn.get(key)
      return Object.assign(tn.watch(key, options), { value })
    })
  }

  /**
   * Sets a key and watches it from then on.
   *
   * @example
   * const watch = await db.setAndWatch('state', 'ready')
   * watch.cancel()
   */
  setAndWatch(key: KeyIn, value: ValIn, options?: WatchOptions): Promise<Watch> {
    return this.doTransaction((tn) => {
      tn.set(key, value)
      return tn.watch(key, options)
    })
  }

  /**
   * Clears a key and watches it from then on.
   *
   * @example
   * const watch = await db.clearAndWatch('lock')
   * watch.cancel()
   */
  clearAndWatch(key: KeyIn, options?: WatchOptions): Promise<Watch> {
    return this.doTransaction((tn) => {
      tn.clear(key)
      return tn.watch(key, options)
    })
  }

  /**
   * One transaction with one atomic operation on raw bytes, outside of subspace and encodings.
   *
   * @example await db.atomicOpNative(MutationType.Max, 'high', Buffer.from([7]))
   */
  atomicOpNative(type: MutationType, key: NativeValue, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpNative(type, key, param))
  }

  /**
   * One transaction with one atomic operation with a parameter of raw bytes.
   *
   * @example await db.atomicOpKB(MutationType.BitOr, 'flags', Buffer.from([4]))
   */
  atomicOpKB(type: MutationType, key: KeyIn, param: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOpKB(type, key, param))
  }

  /**
   * One transaction with one atomic operation.
   *
   * @example await db.atomicOp(MutationType.Add, 'count', Buffer.from([1, 0, 0, 0]))
   */
  atomicOp(type: MutationType, key: KeyIn, param: ValIn): Promise<void> {
    return this.doOneshot((tn) => tn.atomicOp(type, key, param))
  }

  /**
   * One transaction with one `add`.
   *
   * @example await db.add('count', Buffer.from([1, 0, 0, 0]))
   */
  add(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Add, key, param)
  }

  /**
   * One transaction with one `max`.
   *
   * @example await db.max('high', Buffer.from([200]))
   */
  max(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Max, key, param)
  }

  /**
   * One transaction with one `min`.
   *
   * @example await db.min('low', Buffer.from([3]))
   */
  min(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.Min, key, param)
  }

  /**
   * One transaction with one `bitAnd`.
   *
   * @example await db.bitAnd('flags', Buffer.from([0xf0]))
   */
  bitAnd(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitAnd, key, param)
  }

  /**
   * One transaction with one `bitOr`.
   *
   * @example await db.bitOr('flags', Buffer.from([0x01]))
   */
  bitOr(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitOr, key, param)
  }

  /**
   * One transaction with one `bitXor`.
   *
   * @example await db.bitXor('flags', Buffer.from([0xff]))
   */
  bitXor(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.BitXor, key, param)
  }

  /**
   * One transaction with one `bitAndBuf`.
   *
   * @example await db.bitAndBuf('flags', Buffer.from([0xf0]))
   */
  bitAndBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitAnd, key, param)
  }

  /**
   * One transaction with one `bitOrBuf`.
   *
   * @example await db.bitOrBuf('flags', Buffer.from([0x01]))
   */
  bitOrBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitOr, key, param)
  }

  /**
   * One transaction with one `bitXorBuf`.
   *
   * @example await db.bitXorBuf('flags', Buffer.from([0xff]))
   */
  bitXorBuf(key: KeyIn, param: NativeValue): Promise<void> {
    return this.atomicOpKB(MutationType.BitXor, key, param)
  }

  /**
   * One transaction with one `byteMin`.
   *
   * @example await db.byteMin('first', 'apple')
   */
  byteMin(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.ByteMin, key, param)
  }

  /**
   * One transaction with one `byteMax`.
   *
   * @example await db.byteMax('last', 'zebra')
   */
  byteMax(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.ByteMax, key, param)
  }

  /**
   * One transaction with one `appendIfFits`.
   *
   * @example await db.appendIfFits('log', 'another line\n')
   */
  appendIfFits(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.AppendIfFits, key, param)
  }

  /**
   * One transaction with one `compareAndClear`.
   *
   * @example await db.compareAndClear('lock', 'mine')
   */
  compareAndClear(key: KeyIn, param: ValIn): Promise<void> {
    return this.atomicOp(MutationType.CompareAndClear, key, param)
  }

  /**
   * One transaction with one `setVersionstampedKey`.
   *
   * @example
   * const events = db.withKeyEncoding(encoders.tuple)
   * await events.setVersionstampedKey(['log', tuple.unboundVersionstamp()], 'entry')
   */
  setVersionstampedKey(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampedKey(key, value, bakeAfterCommit))
  }

  /**
   * One transaction with one `setVersionstampSuffixedKey`.
   *
   * @example await db.setVersionstampSuffixedKey('log/', 'entry')
   */
  setVersionstampSuffixedKey(key: KeyIn, value: ValIn, suffix?: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampSuffixedKey(key, value, suffix))
  }

  /**
   * One transaction with one `setVersionstampedValue`.
   *
   * @example
   * const stamped = db.withValueEncoding(encoders.tuple)
   * await stamped.setVersionstampedValue('last', [tuple.unboundVersionstamp(), 'entry'])
   */
  setVersionstampedValue(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampedValue(key, value, bakeAfterCommit))
  }

  /**
   * One transaction with one `setVersionstampPrefixedValue`.
   *
   * @example await db.setVersionstampPrefixedValue('last', 'entry')
   */
  setVersionstampPrefixedValue(key: KeyIn, value?: ValIn, prefix?: NativeValue): Promise<void> {
    return this.doOneshot((tn) => tn.setVersionstampPrefixedValue(key, value, prefix))
  }
}
