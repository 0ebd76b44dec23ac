import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import { MutationType } from '../../native/generated/mutation-type.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { STAMP_BYTES, packStampOffset, stampBetween } from '../keys/versionstamp.ts'
import type { UnboundStamp } from '../keys/versionstamp.ts'
import { readBytes } from './reads.ts'
import { kind } from '../../native/values/kinds.ts'

const NOTHING = new Uint8Array(0)

/** A value that begins with the versionstamp of the commit that wrote it. */
export interface StampedValue<Value> {
  /** The 10 bytes of the stamp. */
  stamp: Buffer
  /** What follows it; undefined when nothing does. */
  value: Value | undefined
}

/**
 * Versionstamps: 10 bytes that the commit fills in, unique in the database and in the order of the commits. Those of
 * {@link Transaction}; `tn.versionstamps`.
 *
 * @example tn.versionstamps.setSuffixedKey('log/', 'entry')
 */
export class TransactionVersionstamps<KeyIn, ValIn, ValOut> {
  readonly #view: TransactionView<KeyIn, unknown, ValIn, ValOut>

  /** @internal Use `tn.versionstamps`. */
  constructor(view: TransactionView<KeyIn, unknown, ValIn, ValOut>) {
    this.#view = view
  }

  /**
   * Sets a key with one unbound versionstamp in it, which the commit fills in. Needs a key encoding with
   * versionstamps, like `encoders.tuple`. `SET_VERSIONSTAMPED_KEY`.
   *
   * @param bakeAfterCommit the retry loop puts the stamp into `key` itself, once it is known.
   * @example
   * const log = tn.withKeyEncoding(encoders.tuple)
   * log.versionstamps.setKey(['log', tuple.unboundVersionstamp()], 'entry')
   */
  setKey(key: KeyIn, value: ValIn, bakeAfterCommit = true): void {
    const { context, subspace } = this.#view
    const stamp = subspace.packKeyUnboundVersionstamp(key)
    const code = this.#fillCode(stamp)
    this.#stampedKey(stamp, value)
    if (bakeAfterCommit) context.bakeLater(key, subspace.keyXf, code)
  }

  /**
   * Sets the key that is made of `key`, the 10 bytes of the commit's versionstamp, and `suffix`.
   *
   * @example tn.versionstamps.setSuffixedKey('log/', 'entry')
   */
  setSuffixedKey(key: KeyIn, value: ValIn, suffix: NativeValue = NOTHING): void {
    const begin = this.#view.subspace.packKey(key)
    this.#stampedKey(stampBetween(begin, toBytes(suffix, 'suffix')), value)
  }

  /**
   * Gives a key a value with one unbound versionstamp in it, which the commit fills in. Needs a value
   * encoding with versionstamps, like `encoders.tuple`. `SET_VERSIONSTAMPED_VALUE`.
   *
   * @param bakeAfterCommit the retry loop puts the stamp into `value` itself, once it is known.
   * @example
   * const notes = tn.withValueEncoding(encoders.tuple)
   * notes.versionstamps.setValue('last', [tuple.unboundVersionstamp(), 'entry'])
   */
  setValue(key: KeyIn, value: ValIn, bakeAfterCommit = true): void {
    const { context, subspace } = this.#view
    const stamp = subspace.packValueUnboundVersionstamp(value)
    const code = this.#fillCode(stamp)
    this.#stampedValue(key, stamp)
    if (bakeAfterCommit) context.bakeLater(value, subspace.valueXf, code)
  }

  /**
   * Gives a key the value that is made of `prefix`, the 10 bytes of the commit's versionstamp, and
   * `value`. `getPrefixedValue` reads it when there is no prefix.
   *
   * @example tn.versionstamps.setPrefixedValue('last', 'entry')
   */
  setPrefixedValue(key: KeyIn, value?: ValIn, prefix: NativeValue = NOTHING): void {
    const rest = value === undefined ? NOTHING : this.#view.subspace.packValue(value)
    this.#stampedValue(key, stampBetween(toBytes(prefix, 'prefix'), rest))
  }

  /**
   * The value that `setPrefixedValue` wrote, as its stamp (10 bytes) and the rest; null when the key has none.
   *
   * @throws RangeError for a value of less than 10 bytes.
   * @example const { stamp, value } = (await tn.versionstamps.getPrefixedValue('last')) ?? {}
   */
  getPrefixedValue(key: KeyIn): FdbFuture<StampedValue<ValOut> | null> {
    const { subspace } = this.#view
    return readBytes(this.#view, key, (bytes, packed) => {
      if (bytes === undefined) return null
      if (bytes.length < STAMP_BYTES) {
        throw new RangeError(`a value of ${bytes.length} bytes has no versionstamp of 10 before it`)
      }
      const rest = bytes.subarray(STAMP_BYTES)
      return {
        stamp: bytes.subarray(0, STAMP_BYTES),
        value: rest.length === 0 ? undefined : subspace.decodeValue(rest, packed, STAMP_BYTES),
      }
    })
  }

  /**
   * The 10 bytes that the commit puts into versionstamps. Ask before the commit; it is known after.
   * `fdb_transaction_get_versionstamp`.
   *
   * @returns an object around the promise, so that a transaction's function can return it.
   * @example
   * const { promise } = await db.doTransaction(async (tn) => {
   *   tn.versionstamps.setSuffixedKey('log/', 'entry')
   *   return tn.versionstamps.ofCommit()
   * })
   * console.log(await promise)
   */
  ofCommit(): { promise: Promise<Buffer> } {
    const promise = this.#view.context.handle.getVersionstamp().then((stamp) => stamp)
    // Whoever awaits it gets the error; when nobody does, a conflict must not stop the process.
    promise.catch(() => undefined)
    return { promise }
  }

  /** Writes the transaction's own count behind the hole, where the item gave none. */
  #fillCode({ data, codePos }: UnboundStamp): Uint8Array | null {
    if (codePos === undefined) return null
    data.writeUInt16BE(this.#view.context.takeStampCode(), codePos)
    return data.subarray(codePos, codePos + 2)
  }

  #stampedKey(stamp: UnboundStamp, value: ValIn): void {
    const { context, subspace } = this.#view
    const key = packStampOffset(stamp, true, context.apiVersion)
    const bytes = subspace.packValue(value)
    const handle = context.toWrite('setVersionstampedKey')
    handle.atomicOp(MutationType.SetVersionstampedKey, key, bytes)
  }

  #stampedValue(key: KeyIn, stamp: UnboundStamp): void {
    const { context, subspace } = this.#view
    const value = packStampOffset(stamp, false, context.apiVersion)
    const packed = subspace.packKey(key)
    const handle = context.toWrite('setVersionstampedValue')
    handle.atomicOp(MutationType.SetVersionstampedValue, packed, value)
  }
}

kind(TransactionVersionstamps, 'TransactionVersionstamps')
