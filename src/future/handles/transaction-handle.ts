/**
 * Owns an `FDBTransaction*`. Keys and values are copied at the call: the caller may reuse the buffer.
 * Nothing here retries, decodes or prefixes; see `client` for that.
 *
 * A transaction is made in its turn of the commands, so a failure to make it shows at the first call that
 * answers.
 */
import { FDBStateError } from '../../native/errors/errors.ts'
import { transactionOptions } from '../../native/generated/transaction-options.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { NOWHERE } from '../owners/bag.ts'
import { born, gone } from '../owners/census.ts'
import { checkAnswer, setOption, type Options } from './answers.ts'
import { checkBytes, checkInteger, checkWide } from '../port/checks.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { Code, Flag, operationOf } from '../port/commands.ts'
import { FdbFuture } from './fdb-future.ts'
import { checkGranuleRange, submitGranuleCall, type GranuleOperands } from './granule-calls.ts'
import type { Membership } from '../owners/handle-scope.ts'
import { joinScope } from '../owners/surroundings.ts'
import { emit, lifecycle } from '../wakers/lifecycle.ts'
import {
  readBytes,
  readDouble,
  readGranuleDescriptions,
  readGranuleSummaries,
  readInt64,
  readKeyRanges,
  readKeys,
  readKeyValues,
  readMappedKeyValues,
  readNothing,
  readStrings,
  readValue,
  type GranuleDescription,
  type GranuleSummary,
  type KeyRange,
  type MappedRangeResult,
  type PayloadReader,
  type RangeResult,
  type Selector,
} from '../port/payload.ts'
import { pin } from '../owners/pinned.ts'
import type { Port } from '../port/port.ts'
import {
  askedAlone,
  askedEach,
  askMany,
  askRange,
  type AskedRead,
  type ReadOwner,
} from './owned-read.ts'
import { RangeCommand, type RangeOptions } from './range-command.ts'
import { isSuspect, Suspects } from './suspects.ts'
import type { NativeTransaction, TransactionPlace, UnderWay } from './under-way.ts'
import { writeClear, writeOpen, writeSet } from './writes.ts'

export type { RangeOptions } from './range-command.ts'
export type {
  GranuleDescription,
  GranuleFile,
  GranuleMutation,
  GranuleSummary,
  KeyRange,
  KeyValue,
  MappedKeyValue,
  MappedRangeResult,
  RangeResult,
  Selector,
} from '../port/payload.ts'

const OPTIONS: Options = {
  scope: 'transaction option',
  table: transactionOptions,
  code: Code.setTransactionOption,
}

/** The scope around a watch ends it for all who wait. The watch keeps this, and it leaves with it. */
class ScopedWatch implements Disposable {
  readonly #watch: FdbFuture<void>
  readonly #membership: Membership | undefined

  static join(watch: FdbFuture<void>): void {
    const member = new ScopedWatch(watch)
    watch.whenEnded(() => member.#membership?.leave())
  }

  private constructor(watch: FdbFuture<void>) {
    this.#watch = watch
    this.#membership = joinScope(this)
  }

  [Symbol.dispose](): void {
    this.#watch.fail()
    this.#watch[Symbol.dispose]()
  }
}

/** Destroys a transaction that was forgotten. A safety net: it may be late, or never come. */
const forgotten = new FinalizationRegistry<NativeTransaction>((native) => {
  gone('handle', native)
  native.family.leave(native)
  native.ring.destroyObject(native.object)
})

/** Tells of a call whose command is whole; gives its future back. */
function called<T>(future: FdbFuture<T>, endKey?: Uint8Array): FdbFuture<T> {
  if (lifecycle.hasSubscribers) emitCall(future, endKey)
  return future
}

function emitCall<T>(future: FdbFuture<T>, endKey: Uint8Array | undefined): void {
  const { operation } = future
  const { key } = future.asked
  emit('call', `TransactionHandle::${operation}`, undefined, future.id, {
    operation,
    ...(key && { key }),
    ...(endKey && { endKey }),
  })
}

function emitWrite(operation: string, key: Uint8Array, endKey?: Uint8Array): void {
  const details = { operation, key, ...(endKey && { endKey }) }
  emit('write', `TransactionHandle::${operation}`, undefined, 0, details)
}

export class TransactionHandle {
  readonly #ring: Port
  readonly #object: number
  readonly #native: NativeTransaction
  readonly #membership: Membership | undefined
  #destroyed = false
  #cancelled = false
  #commit: FdbFuture<void> | undefined
  /** Made when something is written that a commit may be refused for. */
  #suspects: Suspects | undefined
  /** Some commit before that one may have been applied. */
  #earlierCommit = false

  static open(place: TransactionPlace): TransactionHandle {
    const { port, family } = place
    const object = port.takeObject()
    writeOpen(place, object)
    return new TransactionHandle(port, object, family)
  }

  /** One that is made, and whose owner has left it to this. */
  static adopt(ring: Port, object: number, family: UnderWay): TransactionHandle {
    return new TransactionHandle(ring, object, family)
  }

  private constructor(ring: Port, object: number, family: UnderWay) {
    this.#ring = ring
    this.#object = object
    pin(this, 'a transaction')
    born('handle', this, 'FDBTransaction')
    this.#native = { ring, object, family, place: NOWHERE }
    family.join(this.#native)
    forgotten.register(this, this.#native, this)
    // Now that it is made: one that could not be made is a member of no scope.
    this.#membership = joinScope(this)
  }

  get destroyed(): boolean {
    return this.#destroyed
  }

  /** The `FDBTransaction*`, for calls of the raw table. What was called before is carried out first. */
  get pointer(): bigint {
    this.#assertAlive()
    return this.#ring.pointer(this.#object)
  }

  /** The value of a key; `undefined` when there is none. As fdb_transaction_get. */
  get(key: Uint8Array, snapshot = false): FdbFuture<Buffer | undefined> {
    const code = snapshot ? Code.get | Flag.snapshot : Code.get
    return this.#withKey(readValue, code, key)
  }

  /** The values of up to 256 keys, as one command. As fdb_transaction_get of each. */
  getMany(
    keys: readonly Uint8Array[],
    snapshot: boolean,
    owner: ReadOwner<(Buffer | undefined)[]>,
  ): AskedRead {
    this.#assertAlive()
    if (this.#ring.takesMany && !lifecycle.hasSubscribers) {
      return askMany(this.#ring, this, this.#object, keys, snapshot, owner)
    }
    const futures: FdbFuture<Buffer | undefined>[] = []
    try {
      for (const key of keys) futures.push(this.get(key, snapshot))
    } catch (full) {
      for (const future of futures) future.release()
      throw full
    }
    return askedEach(futures, owner)
  }

  /** The key that a selector means. As fdb_transaction_get_key. */
  getKey(key: Uint8Array, orEqual: boolean, offset: number, snapshot = false): FdbFuture<Buffer> {
    const length = checkBytes('key', key)
    checkInteger('offset', offset)
    const flags = (snapshot ? Flag.snapshot : 0) | (orEqual ? Flag.beginOrEqual : 0)
    const future = this.#submit<Buffer>(readBytes, Code.getKey | flags, 5, wordsOf(length))
    const { writer } = this.#ring
    const at = future.operands
    future.key = key
    writer.word(at, length)
    writer.word(at + 1, offset)
    writer.bytes(at + 2, key, length)
    return called(future)
  }

  /** One batch of a range. As fdb_transaction_get_range. */
  getRange(begin: Selector, end: Selector, options: RangeOptions = {}): FdbFuture<RangeResult> {
    return this.#range(readKeyValues, new RangeCommand(Code.getRange, begin, end, options))
  }

  /** The same, for an owner. */
  readRange(
    begin: Selector,
    end: Selector,
    options: RangeOptions,
    owner: ReadOwner<RangeResult>,
  ): AskedRead {
    this.#assertAlive()
    if (!this.#ring.takesMany || lifecycle.hasSubscribers) {
      return askedAlone(this.getRange(begin, end, options), owner)
    }
    const command = new RangeCommand(Code.getRange, begin, end, options)
    return askRange(this.#ring, this, this.#object, command, owner)
  }

  /** Has what was asked so far carried out now, not at the end of the tick: what follows takes its time. */
  submitNow(): void {
    this.#ring.flush()
  }

  /** One batch of a range, each pair with what the mapper reads for it. As fdb_transaction_get_mapped_range. */
  getMappedRange(
    begin: Selector,
    end: Selector,
    mapper: Uint8Array,
    options: RangeOptions = {},
  ): FdbFuture<MappedRangeResult> {
    this.#ring.requireFunction('fdb_transaction_get_mapped_range')
    // Without one it would be a command that is too short, and the ring takes no more after that.
    checkBytes('mapper', mapper)
    const command = new RangeCommand(Code.getMappedRange, begin, end, options, mapper)
    return this.#range(readMappedKeyValues, command)
  }

  getReadVersion(): FdbFuture<bigint> {
    return called(this.#submit(readInt64, Code.getReadVersion, 3, 0))
  }

  setReadVersion(version: bigint): void {
    checkWide('version', version)
    const at = this.#command(Code.setReadVersion, 4, 0)
    this.#ring.writer.wide(at + 2, version)
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const keyBytes = checkBytes('key', key)
    const valueBytes = checkBytes('value', value)
    this.#assertAlive()
    this.#suspect(key, keyBytes, valueBytes)
    writeSet(this.#ring, this.#object, key, keyBytes, value, valueBytes)
    if (lifecycle.hasSubscribers) emitWrite('set', key)
  }

  clear(key: Uint8Array): void {
    const length = checkBytes('key', key)
    this.#assertAlive()
    this.#suspect(key, length, 0)
    writeClear(this.#ring, this.#object, key, length)
    if (lifecycle.hasSubscribers) emitWrite('clear', key)
  }

  clearRange(begin: Uint8Array, end: Uint8Array): void {
    const beginBytes = checkBytes('begin', begin)
    const endBytes = checkBytes('end', end)
    // The range of all keys ends at the first of the system, and may.
    if (endBytes > 1) this.#suspect(end, 0, 0)
    const at = this.#command(Code.clearRange, 4, wordsOf(beginBytes) + wordsOf(endBytes))
    const { writer } = this.#ring
    writer.word(at + 2, beginBytes)
    writer.word(at + 3, endBytes)
    writer.bytes(writer.bytes(at + 4, begin, beginBytes), end, endBytes)
    if (lifecycle.hasSubscribers) emitWrite('clearRange', begin, end)
  }

  /** `mutation`: a code of the mutation table. As fdb_transaction_atomic_op. */
  atomicOp(mutation: number, key: Uint8Array, param: Uint8Array): void {
    checkInteger('mutation', mutation)
    const keyBytes = checkBytes('key', key)
    const paramBytes = checkBytes('param', param)
    this.#suspect(key, keyBytes, paramBytes)
    const at = this.#command(Code.atomicOp, 5, wordsOf(keyBytes) + wordsOf(paramBytes))
    const { writer } = this.#ring
    writer.word(at + 2, keyBytes)
    writer.word(at + 3, paramBytes)
    writer.word(at + 4, mutation)
    writer.bytes(writer.bytes(at + 5, key, keyBytes), param, paramBytes)
    if (lifecycle.hasSubscribers) emitWrite('atomicOp', key)
  }

  /** `writes`: false when nothing was written, so that there is nothing to apply. */
  commit(writes = true): FdbFuture<void> {
    const future = this.#submit<void>(readNothing, Code.commit, 3, 0)
    future.key = this.#suspects?.keyOf
    this.#earlierCommit = this.maybeCommitted
    this.#commit = writes && !this.#cancelled ? future : future.markWithoutEffect()
    return called(future)
  }

  /** A commit was sent, and nothing says that it was not applied. Stays true when it was, over resets and retries. */
  get maybeCommitted(): boolean {
    return this.#earlierCommit || this.#commit?.mayBeApplied === true
  }

  /** The version of the commit; -1n for a transaction that wrote nothing. Throws FDBError. */
  getCommittedVersion(): bigint {
    this.#command(Code.committedVersion, 2, 0)
    checkAnswer(this.#ring, { operation: 'getCommittedVersion' })
    return this.#ring.answer.getBigInt64(0, true)
  }

  /** Ten bytes, known when the commit is; ask before committing. */
  getVersionstamp(): FdbFuture<Buffer> {
    return called(this.#submit(readBytes, Code.getVersionstamp, 3, 0))
  }

  /** Resets the transaction for a retry and waits as long as it should, or fails with the same error. */
  onError(code: number): FdbFuture<void> {
    checkInteger('code', code)
    const future = this.#submit<void>(readNothing, Code.onError, 4, 0)
    this.#ring.writer.word(future.operands, code)
    this.#cancelled = false
    this.#suspects = undefined
    return called(future)
  }

  /** Settles when the key changes. */
  watch(key: Uint8Array): FdbFuture<void> {
    const watch = this.#withKey<void>(readNothing, Code.watch, key)
    // It outlives the transaction, so it is a member of the scope by itself.
    ScopedWatch.join(watch)
    return this.#native.family.add(watch)
  }

  /** Bytes that a commit would send now. */
  getApproximateSize(): FdbFuture<bigint> {
    this.#ring.requireFunction('fdb_transaction_get_approximate_size')
    return called(this.#submit(readInt64, Code.getApproximateSize, 3, 0))
  }

  /** Cost of what it has done so far, as tag quotas count it. */
  getTotalCost(): FdbFuture<bigint> {
    this.#ring.requireFunction('fdb_transaction_get_total_cost')
    return called(this.#submit(readInt64, Code.getTotalCost, 3, 0))
  }

  /** Seconds that its tags were throttled. */
  getTagThrottledDuration(): FdbFuture<number> {
    this.#ring.requireFunction('fdb_transaction_get_tag_throttled_duration')
    return called(this.#submit(readDouble, Code.getTagThrottledDuration, 3, 0))
  }

  getEstimatedRangeSizeBytes(begin: Uint8Array, end: Uint8Array): FdbFuture<bigint> {
    this.#ring.requireFunction('fdb_transaction_get_estimated_range_size_bytes')
    return this.#withRange(readInt64, Code.getEstimatedRangeSizeBytes, begin, end, undefined)
  }

  /** Keys that cut the range into chunks of about so many bytes; begin and end are among them. */
  getRangeSplitPoints(begin: Uint8Array, end: Uint8Array, chunkSize: bigint): FdbFuture<Buffer[]> {
    this.#ring.requireFunction('fdb_transaction_get_range_split_points')
    checkWide('chunkSize', chunkSize)
    return this.#withRange(readKeys, Code.getRangeSplitPoints, begin, end, chunkSize)
  }

  /** Addresses of the servers that store the key. */
  getAddressesForKey(key: Uint8Array): FdbFuture<string[]> {
    return this.#withKey<string[]>(readStrings, Code.getAddressesForKey, key)
  }

  /** The ranges that blob granules cover. */
  getBlobGranuleRanges(begin: Uint8Array, end: Uint8Array, limit: number): FdbFuture<KeyRange[]> {
    const operands = { begin, end, number: limit }
    return this.#granules(
      'get_blob_granule_ranges',
      readKeyRanges,
      Code.getBlobGranuleRanges,
      operands,
    )
  }

  /** What the granules of a range have on blob storage; version -2: of the read version. */
  summarizeBlobGranules(
    begin: Uint8Array,
    end: Uint8Array,
    version: bigint,
    limit: number,
  ): FdbFuture<GranuleSummary[]> {
    const operands = { begin, end, version, number: limit }
    const code = Code.summarizeBlobGranules
    return this.#granules('summarize_blob_granules', readGranuleSummaries, code, operands)
  }

  /** What the granules of a range are made of, for a read at the version. Needs read-your-writes off. */
  describeBlobGranules(
    begin: Uint8Array,
    end: Uint8Array,
    version: bigint,
  ): FdbFuture<GranuleDescription[]> {
    const operands = { begin, end, version }
    const name = 'read_blob_granules_description'
    return this.#granules(name, readGranuleDescriptions, Code.readBlobGranules, operands)
  }

  #granules<T>(
    name: string,
    read: PayloadReader,
    code: number,
    operands: GranuleOperands,
  ): FdbFuture<T> {
    this.#assertAlive()
    const checked = checkGranuleRange(operationOf(code), operands)
    this.#ring.requireFunction(`fdb_transaction_${name}`)
    return called(submitGranuleCall(this.#ring, read, code, this.#object, checked, this))
  }

  /** `type`: a code of the conflict range table; 0 read, 1 write. Throws FDBError. */
  addConflictRange(begin: Uint8Array, end: Uint8Array, type: number): void {
    const beginBytes = checkBytes('begin', begin)
    const endBytes = checkBytes('end', end)
    checkInteger('type', type)
    const words = wordsOf(beginBytes) + wordsOf(endBytes)
    const at = this.#command(Code.addConflictRange, 5, words)
    const { writer } = this.#ring
    writer.word(at + 2, beginBytes)
    writer.word(at + 3, endBytes)
    writer.word(at + 4, type)
    writer.bytes(writer.bytes(at + 5, begin, beginBytes), end, endBytes)
    checkAnswer(this.#ring, { operation: 'addConflictRange', key: begin })
  }

  /** By code or name of the option table. Throws TypeError or FDBError, which name the option. */
  setOption(option: number | string, value?: OptionValue): void {
    this.#assertAlive()
    setOption(this.#ring, this.#object, OPTIONS, option, value)
  }

  reset(): void {
    this.#command(Code.reset, 2, 0)
    this.#cancelled = false
    this.#suspects = undefined
  }

  /** What is in flight fails with 1025. */
  cancel(): void {
    this.#assertOwned()
    this.#ring.cancelTransaction(this.#object)
    this.#cancelled = true
  }

  /** Throws FDBStateError when it is destroyed already. Futures that were made before go on. */
  destroy(): void {
    this.#assertOwned()
    this.#destroyed = true
    this.#native.family.leave(this.#native)
    forgotten.unregister(this)
    this.#membership?.leave()
    gone('handle', this)
    this.#ring.destroyObject(this.#object)
  }

  /** Like destroy, and does nothing the second time. */
  [Symbol.dispose](): void {
    if (!this.#destroyed) this.destroy()
  }

  #suspect(key: Uint8Array, keyBytes: number, valueBytes: number): void {
    if (isSuspect(key, keyBytes, valueBytes))
      (this.#suspects ??= new Suspects()).add(key, valueBytes)
  }

  #assertAlive(): void {
    this.#assertOwned()
    this.#native.family.assertOpen()
  }

  #assertOwned(): void {
    if (!this.#destroyed) return
    throw new FDBStateError(
      'This transaction is destroyed. A transaction ends with its retry loop, with destroy(), or at the ' +
        'end of the block of its "using".',
    )
  }

  #command(code: number, words: number, byteWords: number): number {
    this.#assertAlive()
    return this.#ring.command(code, this.#object, words, byteWords)
  }

  #submit<T>(read: PayloadReader, code: number, words: number, byteWords: number): FdbFuture<T> {
    this.#assertAlive()
    return new FdbFuture<T>(this.#ring, read, code, this.#object, words, byteWords, this)
  }

  #withKey<T>(read: PayloadReader, code: number, key: Uint8Array): FdbFuture<T> {
    const length = checkBytes('key', key)
    const future = this.#submit<T>(read, code, 4, wordsOf(length))
    const { writer } = this.#ring
    const at = future.operands
    future.key = key
    writer.word(at, length)
    writer.bytes(at + 1, key, length)
    return called(future)
  }

  #withRange<T>(
    read: PayloadReader,
    code: number,
    begin: Uint8Array,
    end: Uint8Array,
    wide: bigint | undefined,
  ): FdbFuture<T> {
    const beginBytes = checkBytes('begin', begin)
    const endBytes = checkBytes('end', end)
    const words = wide === undefined ? 5 : 7
    const byteWords = wordsOf(beginBytes) + wordsOf(endBytes)
    const future = this.#submit<T>(read, code, words, byteWords)
    const { writer } = this.#ring
    const at = future.operands
    future.key = begin
    writer.word(at, beginBytes)
    writer.word(at + 1, endBytes)
    if (wide !== undefined) writer.wide(at + 2, wide)
    writer.bytes(writer.bytes(at + words - 3, begin, beginBytes), end, endBytes)
    return called(future, end)
  }

  #range<T>(read: PayloadReader, command: RangeCommand): FdbFuture<T> {
    const future = this.#submit<T>(read, command.code, command.words, command.byteWords)
    future.key = command.begin.key
    command.write(this.#ring.writer, future.operands)
    return called(future, command.end.key)
  }
}
