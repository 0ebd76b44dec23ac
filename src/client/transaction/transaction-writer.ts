import { ConflictRangeType } from '../../native/generated/conflict-range-type.ts'
import { MutationType } from '../../native/generated/mutation-type.ts'
import type { UnboundStamp } from '../../layers/tuple/tuple.ts'
import { strNext, toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { TransactionReader } from './transaction-reader.ts'
import { packStampOffset, stampBetween } from '../keys/versionstamp.ts'

const NOTHING = new Uint8Array(0)
const MUTATIONS = new Set<number>(Object.values(MutationType))

function checkMutation(type: MutationType): MutationType {
  if (MUTATIONS.has(type)) return type
  throw new TypeError(`the type of an atomic operation is one of MutationType, not ${String(type)}`)
}

/**
 * The writing half of a transaction. Writes stay in the client until the commit; reads of the same
 * transaction see them.
 */
export class TransactionWriter<KeyIn, KeyOut, ValIn, ValOut> extends TransactionReader<
  KeyIn,
  KeyOut,
  ValIn,
  ValOut
> {
  /**
   * Gives a key a value. `fdb_transaction_set`.
   *
   * Keys above 10,000 bytes and values above 100,000 fail the commit with `key_too_large` (2102) and
   * `value_too_large` (2103).
   *
   * @example tn.set('name', 'Ada')
   */
  set(key: KeyIn, value: ValIn): void {
    const { subspace } = this
    this.context.toWrite('set').set(subspace.packKey(key), subspace.packValue(value))
  }

  /**
   * Takes a key and its value away. `fdb_transaction_clear`.
   *
   * @example tn.clear('name')
   */
  clear(key: KeyIn): void {
    this.context.toWrite('clear').clear(this.subspace.packKey(key))
  }

  /**
   * The same as `clear`, by the name that a Map has.
   *
   * @example tn.delete('name')
   */
  delete(key: KeyIn): void {
    this.clear(key)
  }

  /**
   * Takes a range of keys away; without an `end`, all keys that begin with `start`.
   * `fdb_transaction_clear_range`.
   *
   * @example tn.clearRange('a', 'b')
   */
  clearRange(start: KeyIn, end?: KeyIn): void {
    const handle = this.context.toWrite('clearRange')
    if (end === undefined || end === null) {
      const range = this.subspace.packRange(start)
      handle.clearRange(range.begin, range.end)
    } else {
      handle.clearRange(this.subspace.packKey(start), this.subspace.packKey(end))
    }
  }

  /**
   * Takes all keys that begin with a prefix away.
   *
   * @example tn.clearRangeStartsWith('session/')
   */
  clearRangeStartsWith(prefix: KeyIn): void {
    this.clearRange(prefix)
  }

  /**
   * Applies an atomic operation to raw bytes, outside of subspace and encodings.
   * `fdb_transaction_atomic_op`.
   *
   * @example tn.atomicOpNative(MutationType.Max, 'high', Buffer.from([7]))
   */
  atomicOpNative(type: MutationType, key: NativeValue, param: NativeValue): void {
    const handle = this.context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), toBytes(key, 'key'), toBytes(param, 'param'))
  }

  /**
   * Applies an atomic operation with a parameter of raw bytes.
   *
   * @example tn.atomicOpKB(MutationType.BitOr, 'flags', Buffer.from([4]))
   */
  atomicOpKB(type: MutationType, key: KeyIn, param: NativeValue): void {
    const handle = this.context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), this.subspace.packKey(key), toBytes(param, 'param'))
  }

  /**
   * Applies an atomic operation: the server changes the value at commit, so it conflicts with no other
   * writer. `fdb_transaction_atomic_op`.
   *
   * @example tn.atomicOp(MutationType.Add, 'count', Buffer.from([1, 0, 0, 0]))
   */
  atomicOp(type: MutationType, key: KeyIn, param: ValIn): void {
    const { subspace } = this
    const handle = this.context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), subspace.packKey(key), subspace.packValue(param))
  }

  /**
   * Adds a little-endian integer to the value, in the length of the parameter, wrapping around.
   *
   * @example
   * const one = Buffer.alloc(8)
   * one.writeBigInt64LE(1n)
   * tn.add('count', one)
   */
  add(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Add, key, param)
  }

  /**
   * Keeps the larger of two little-endian unsigned integers, in the length of the parameter.
   *
   * @example tn.max('high', Buffer.from([200]))
   */
  max(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Max, key, param)
  }

  /**
   * Keeps the smaller of two little-endian unsigned integers, in the length of the parameter.
   *
   * @example tn.min('low', Buffer.from([3]))
   */
  min(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.Min, key, param)
  }

  /**
   * Bitwise and with the value, in the length of the parameter.
   *
   * @example tn.bitAnd('flags', Buffer.from([0xf0]))
   */
  bitAnd(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitAnd, key, param)
  }

  /**
   * Bitwise or with the value, in the length of the parameter.
   *
   * @example tn.bitOr('flags', Buffer.from([0x01]))
   */
  bitOr(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitOr, key, param)
  }

  /**
   * Bitwise exclusive or with the value, in the length of the parameter.
   *
   * @example tn.bitXor('flags', Buffer.from([0xff]))
   */
  bitXor(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.BitXor, key, param)
  }

  /**
   * `bitAnd` with raw bytes, whatever the value encoding.
   *
   * @example tn.bitAndBuf('flags', Buffer.from([0xf0]))
   */
  bitAndBuf(key: KeyIn, param: NativeValue): void {
    this.atomicOpKB(MutationType.BitAnd, key, param)
  }

  /**
   * `bitOr` with raw bytes, whatever the value encoding.
   *
   * @example tn.bitOrBuf('flags', Buffer.from([0x01]))
   */
  bitOrBuf(key: KeyIn, param: NativeValue): void {
    this.atomicOpKB(MutationType.BitOr, key, param)
  }

  /**
   * `bitXor` with raw bytes, whatever the value encoding.
   *
   * @example tn.bitXorBuf('flags', Buffer.from([0xff]))
   */
  bitXorBuf(key: KeyIn, param: NativeValue): void {
    this.atomicOpKB(MutationType.BitXor, key, param)
  }

  /**
   * Keeps the value that sorts first as bytes; an absent value becomes the parameter.
   *
   * @example tn.byteMin('first', 'apple')
   */
  byteMin(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.ByteMin, key, param)
  }

  /**
   * Keeps the value that sorts last as bytes; an absent value becomes the parameter.
   *
   * @example tn.byteMax('last', 'zebra')
   */
  byteMax(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.ByteMax, key, param)
  }

  /**
   * Appends to the value, unless it would grow past the size limit of values: then nothing happens.
   *
   * @example tn.appendIfFits('log', 'another line\n')
   */
  appendIfFits(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.AppendIfFits, key, param)
  }

  /**
   * Takes the key away if its value is equal to the parameter.
   *
   * @example tn.compareAndClear('lock', 'mine')
   */
  compareAndClear(key: KeyIn, param: ValIn): void {
    this.atomicOp(MutationType.CompareAndClear, key, param)
  }

  /**
   * Sets a key with one unbound versionstamp in it, which the commit fills in. Needs a key encoding with
   * versionstamps, like `encoders.tuple`.
   *
   * @param bakeAfterCommit the retry loop puts the stamp into `key` itself, once it is known.
   * @example
   * const log = tn.withKeyEncoding(encoders.tuple)
   * log.setVersionstampedKey(['log', tuple.unboundVersionstamp()], 'entry')
   */
  setVersionstampedKey(key: KeyIn, value: ValIn, bakeAfterCommit = true): void {
    const stamp = this.subspace.packKeyUnboundVersionstamp(key)
    const code = this.#fillCode(stamp)
    this.#stampedKey(stamp, value)
    if (bakeAfterCommit) this.context.bakeLater(key, this.subspace.keyXf, code)
  }

  /** Writes the transaction's own count behind the hole, where the item gave none. */
  #fillCode({ data, codePos }: UnboundStamp): Uint8Array | null {
    if (codePos === undefined) return null
    data.writeUInt16BE(this.context.takeStampCode(), codePos)
    return data.subarray(codePos, codePos + 2)
  }

  #stampedKey(stamp: UnboundStamp, value: ValIn): void {
    const key = packStampOffset(stamp, true, this.context.apiVersion)
    const bytes = this.subspace.packValue(value)
    const handle = this.context.toWrite('setVersionstampedKey')
    handle.atomicOp(MutationType.SetVersionstampedKey, key, bytes)
  }

  #stampedValue(key: KeyIn, stamp: UnboundStamp): void {
    const value = packStampOffset(stamp, false, this.context.apiVersion)
    const packed = this.subspace.packKey(key)
    const handle = this.context.toWrite('setVersionstampedValue')
    handle.atomicOp(MutationType.SetVersionstampedValue, packed, value)
  }

  /**
   * Sets the key that is made of `key`, the 10 bytes of the commit's versionstamp, and `suffix`.
   *
   * @example tn.setVersionstampSuffixedKey('log/', 'entry')
   */
  setVersionstampSuffixedKey(key: KeyIn, value: ValIn, suffix: NativeValue = NOTHING): void {
    this.#stampedKey(stampBetween(this.subspace.packKey(key), toBytes(suffix, 'suffix')), value)
  }

  /**
   * Gives a key a value with one unbound versionstamp in it, which the commit fills in. Needs a value
   * encoding with versionstamps, like `encoders.tuple`.
   *
   * @param bakeAfterCommit the retry loop puts the stamp into `value` itself, once it is known.
   * @example
   * const notes = tn.withValueEncoding(encoders.tuple)
   * notes.setVersionstampedValue('last', [tuple.unboundVersionstamp(), 'entry'])
   */
  setVersionstampedValue(key: KeyIn, value: ValIn, bakeAfterCommit = true): void {
    const stamp = this.subspace.packValueUnboundVersionstamp(value)
    const code = this.#fillCode(stamp)
    this.#stampedValue(key, stamp)
    if (bakeAfterCommit) this.context.bakeLater(value, this.subspace.valueXf, code)
  }

  /**
   * Gives a key the value that is made of `prefix`, the 10 bytes of the commit's versionstamp, and
   * `value`. `getVersionstampPrefixedValue` reads it when there is no prefix.
   *
   * @example tn.setVersionstampPrefixedValue('last', 'entry')
   */
  setVersionstampPrefixedValue(key: KeyIn, value?: ValIn, prefix: NativeValue = NOTHING): void {
    const rest = value === undefined ? NOTHING : this.subspace.packValue(value)
    this.#stampedValue(key, stampBetween(toBytes(prefix, 'prefix'), rest))
  }

  /**
   * Conflicts as if the range had been read: with transactions that write to it before this one commits.
   * `fdb_transaction_add_conflict_range`.
   *
   * @example tn.addReadConflictRange('a', 'b')
   */
  addReadConflictRange(start: KeyIn, end: KeyIn): void {
    this.#conflictRange(start, end, ConflictRangeType.Read)
  }

  /**
   * Conflicts as if the key had been read.
   *
   * @example tn.addReadConflictKey('config')
   */
  addReadConflictKey(key: KeyIn): void {
    this.#conflictKey(key, ConflictRangeType.Read)
  }

  /**
   * Conflicts as if the range had been written: transactions that read from it fail when this one commits
   * first. `fdb_transaction_add_conflict_range`.
   *
   * @example tn.addWriteConflictRange('a', 'b')
   */
  addWriteConflictRange(start: KeyIn, end: KeyIn): void {
    this.#conflictRange(start, end, ConflictRangeType.Write)
  }

  /**
   * Conflicts as if the key had been written.
   *
   * @example tn.addWriteConflictKey('generation')
   */
  addWriteConflictKey(key: KeyIn): void {
    this.#conflictKey(key, ConflictRangeType.Write)
  }

  #conflictRange(start: KeyIn, end: KeyIn, type: ConflictRangeType): void {
    const { subspace } = this
    this.context.handle.addConflictRange(subspace.packKey(start), subspace.packKey(end), type)
  }

  #conflictKey(key: KeyIn, type: ConflictRangeType): void {
    const packed = this.subspace.packKey(key)
    this.context.handle.addConflictRange(packed, strNext(packed), type)
  }
}
