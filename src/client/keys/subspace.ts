import { Buffer } from 'node:buffer'
import type { UnboundStamp } from '../../layers/tuple/tuple.ts'
import type { KeyPrefix, KeyRest } from './key-prefix.ts'
import { concat2, startsWith, strInc, toBytes } from './bytes.ts'
import type { NativeValue } from './bytes.ts'
import { DecodeError } from './decode-error.ts'
import { checkEncoding, defaultTransformer } from './transformer.ts'
import type { Transformer } from './transformer.ts'
import { printablePrefix } from '../../native/values/printable.ts'
import { kind } from '../../native/values/kinds.ts'
import { describe } from '../../native/values/describe.ts'
import { argumentBytes } from '../../native/values/byte-length.ts'
import { checkBuffer, checkIntegerWithin } from '../../native/values/arguments.ts'

/** Where a directory is: its path, and how many bytes of a prefix stand for it. */
export interface DirectoryPlace {
  /** The names, from the root down. */
  readonly path: readonly string[]
  /** Bytes of the prefix. */
  readonly length: number
}

/** Whatever names a part of the key space: a subspace, a scope of a database, a directory. */
export interface GetSubspace<KeyIn, KeyOut, ValIn, ValOut> {
  /** The part of the key space, with its encodings. */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut>
}

function checkPlace(directory: Partial<DirectoryPlace> | null | undefined): void {
  if (directory === undefined || Array.isArray(directory?.path)) return
  throw new TypeError(`directory must be the place of a directory, not ${describe(directory)}`)
}

export function isGetSubspace(
  value: unknown,
): value is GetSubspace<unknown, unknown, unknown, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { getSubspace?: unknown }).getSubspace === 'function'
  )
}

/**
 * A part of the key space, all keys behind one prefix, with an encoding for keys and one for values.
 * Immutable; every method that changes something gives a new one.
 *
 * @example
 * const users = root.at('app/users/').withKeyEncoding(encoders.tuple)
 * users.packKey(['ada', 1])
 */
export class Subspace<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> implements GetSubspace<KeyIn, KeyOut, ValIn, ValOut> {
  /** The bytes that all keys begin with. */
  readonly prefix: Buffer
  /** The encoding of keys. */
  readonly keyXf: Transformer<KeyIn, KeyOut>
  /** The encoding of values. */
  readonly valueXf: Transformer<ValIn, ValOut>
  /** @internal The directory that it is, or is in, for messages and traces. */
  readonly directory: DirectoryPlace | undefined

  /**
   * @param prefix raw bytes, or text in UTF-8; null for the whole key space.
   */
  constructor(
    prefix: NativeValue | null,
    keyXf?: Transformer<KeyIn, KeyOut>,
    valueXf?: Transformer<ValIn, ValOut>,
    directory?: DirectoryPlace,
  ) {
    checkEncoding('keyXf', keyXf)
    checkEncoding('valueXf', valueXf)
    checkPlace(directory)
    this.directory = directory
    this.prefix = Buffer.from(prefix === null ? '' : toBytes(prefix, 'prefix'))
    // Without encodings the type parameters have their defaults, which are those of the default encoding.
    const plain = defaultTransformer as unknown
    this.keyXf = keyXf ?? (plain as Transformer<KeyIn, KeyOut>)
    this.valueXf = valueXf ?? (plain as Transformer<ValIn, ValOut>)
  }

  /** @internal Keys and values are the bytes that are stored, so that nothing is to be decoded. */
  get isPlain(): boolean {
    const plain = defaultTransformer as unknown
    return this.prefix.length === 0 && this.keyXf === plain && this.valueXf === plain
  }

  /**
   * The part behind a further prefix, which is packed with this subspace's key encoding.
   *
   * @param prefix null to stay at this prefix.
   * @example root.at('users').withKeyEncoding(encoders.tuple).at(['de'])
   */
  at<const P extends KeyPrefix<KeyIn> | null>(
    prefix: P,
  ): Subspace<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, ValIn, ValOut>
  at<CKI, CKO>(
    prefix: KeyPrefix<KeyIn> | null,
    keyXf: Transformer<CKI, CKO>,
  ): Subspace<CKI, CKO, ValIn, ValOut>
  at<const P extends KeyPrefix<KeyIn> | null, CVI, CVO>(
    prefix: P,
    keyXf: undefined,
    valueXf: Transformer<CVI, CVO>,
  ): Subspace<KeyRest<KeyIn, P>, KeyRest<KeyOut, P>, CVI, CVO>
  at<CKI, CKO, CVI, CVO>(
    prefix: KeyPrefix<KeyIn> | null,
    keyXf: Transformer<CKI, CKO>,
    valueXf: Transformer<CVI, CVO>,
  ): Subspace<CKI, CKO, CVI, CVO>
  at(
    prefix: KeyPrefix<KeyIn> | null,
    keyXf?: Transformer<never, unknown>,
    valueXf?: Transformer<never, unknown>,
  ): Subspace<never, unknown, never, unknown> {
    const child = prefix === null ? this.prefix : this.packKey(prefix)
    const ofKeys = keyXf === undefined ? this.keyXf : keyXf
    const ofValues = valueXf === undefined ? this.valueXf : valueXf
    return new Subspace(child, ofKeys, ofValues, this.directory)
  }

  /** The part behind a further prefix of raw bytes, whatever the key encoding. */
  atRaw(prefix: NativeValue): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    const child = concat2(this.prefix, toBytes(prefix, 'prefix'))
    return new Subspace(child, this.keyXf, this.valueXf, this.directory)
  }

  /** The same part with another key encoding; without one, with plain bytes. */
  withKeyEncoding(): Subspace<NativeValue, Buffer, ValIn, ValOut>
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Subspace<CKI, CKO, ValIn, ValOut>
  withKeyEncoding(
    keyXf: Transformer<never, unknown> = defaultTransformer,
  ): Subspace<never, unknown, ValIn, ValOut> {
    return new Subspace(this.prefix, keyXf, this.valueXf, this.directory)
  }

  /** The same part with another value encoding; without one, with plain bytes. */
  withValueEncoding(): Subspace<KeyIn, KeyOut, NativeValue, Buffer>
  withValueEncoding<CVI, CVO>(valueXf: Transformer<CVI, CVO>): Subspace<KeyIn, KeyOut, CVI, CVO>
  withValueEncoding(
    valueXf: Transformer<never, unknown> = defaultTransformer,
  ): Subspace<KeyIn, KeyOut, never, unknown> {
    return new Subspace(this.prefix, this.keyXf, valueXf, this.directory)
  }

  /** This subspace itself, as everything that names a part of the key space has it. */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this
  }

  /**
   * The whole key, with the prefix; of the first items of a tuple key, what such keys begin with.
   *
   * @throws TypeError for undefined and null, in any encoding, and for what the encoding doesn't take.
   */
  packKey(part: KeyPrefix<KeyIn>): Uint8Array {
    if (part === undefined || part === null) this.refuseNothing(part, 'key')
    // An encoding that takes a tuple takes its first items.
    const key = part as KeyIn
    const { prefix, keyXf } = this
    if (prefix.length === 0) return toBytes(keyXf.pack(key), 'key')
    if (keyXf.packPrefixed !== undefined) return keyXf.packPrefixed(prefix, key)
    return concat2(prefix, toBytes(keyXf.pack(key), 'key'))
  }

  /**
   * The key that was packed into these bytes.
   *
   * @throws RangeError when they do not begin with the prefix; DecodeError when the encoding can't read them.
   */
  unpackKey(bytes: Buffer): KeyOut {
    checkBuffer('bytes', bytes)
    return this.decodeKey(bytes)
  }

  /** @internal As `unpackKey`, of bytes that were read. */
  decodeKey(bytes: Buffer): KeyOut {
    const { prefix, keyXf } = this
    if (prefix.length > 0 && !startsWith(bytes, prefix)) {
      throw new RangeError(
        `key ${bytes.toString('hex')} is outside of the subspace ${prefix.toString('hex')}`,
      )
    }
    const hasOffset = prefix.length > 0 && keyXf.unpackFrom !== undefined
    try {
      if (hasOffset) return keyXf.unpackFrom!(bytes, prefix.length)
      return keyXf.unpack(prefix.length === 0 ? bytes : bytes.subarray(prefix.length))
    } catch (error) {
      throw new DecodeError('key', this, bytes, error, hasOffset ? 0 : prefix.length)
    }
  }

  /** The bytes of a value. @throws TypeError for undefined, and for what the encoding doesn't take. */
  packValue(value: ValIn): Uint8Array {
    if (value === undefined) this.refuseNothing(value, 'value')
    return toBytes(this.valueXf.pack(value), 'value')
  }

  /**
   * The value that was packed into these bytes.
   *
   * @param key the whole key that has the value, for the error.
   * @param before how many bytes of the stored value come before these.
   * @throws DecodeError when the encoding can't read them.
   */
  unpackValue(bytes: Buffer, key?: Uint8Array, before = 0): ValOut {
    checkBuffer('bytes', bytes)
    if (before !== 0) checkIntegerWithin('before', before, 0, Number.MAX_SAFE_INTEGER)
    if (key !== undefined && argumentBytes('key', key) < 0) {
      throw new TypeError(`key must be a Uint8Array, not ${describe(key)}`)
    }
    return this.decodeValue(bytes, key, before)
  }

  /** @internal As `unpackValue`, of bytes that were read. */
  decodeValue(bytes: Buffer, key?: Uint8Array, before = 0): ValOut {
    try {
      return this.valueXf.unpack(bytes)
    } catch (error) {
      throw new DecodeError('value', this, key, error, before)
    }
  }

  /**
   * The keys that begin with `prefix`, as the key encoding means it: for tuples, those that begin with
   * its items and have more.
   */
  packRange(prefix: KeyPrefix<KeyIn>): { begin: Uint8Array; end: Uint8Array } {
    if (prefix === undefined || prefix === null) this.refuseNothing(prefix, 'prefix')
    if (this.keyXf.range === undefined) {
      const begin = this.packKey(prefix)
      return { begin, end: this.#behind(begin) }
    }
    const { begin, end } = this.keyXf.range(prefix as KeyIn)
    return {
      begin: concat2(this.prefix, toBytes(begin, 'key')),
      end: concat2(this.prefix, toBytes(end, 'key')),
    }
  }

  /** Every key behind the prefix, with the prefix itself, whatever the key encoding. */
  packAll(): { begin: Uint8Array; end: Uint8Array } {
    return { begin: this.prefix, end: this.#behind(this.prefix) }
  }

  /** @internal The range that begins at a selector with this key, and ends with the subspace. */
  packFrom(key: KeyPrefix<KeyIn>): { begin: Uint8Array; end: Uint8Array } {
    return { begin: this.packKey(key), end: this.packAll().end }
  }

  /** @internal What is not there is no key: a slip in a name would else be the prefix, or everything behind it. */
  refuseNothing(value: unknown, what: 'key' | 'prefix' | 'end' | 'value'): void {
    const encoding = what === 'value' ? this.valueXf : this.keyXf
    const takes = encoding.name === undefined ? 'bytes or text' : `what ${encoding.name} takes`
    const instead = what === 'value' ? '' : '; all keys of a scope are allKeys, or clearAll'
    throw new TypeError(`${what} must be ${takes}, not ${describe(value)}${instead}`)
  }

  /** All user keys end before 0xFF, so that is what is behind the empty prefix. */
  #behind(begin: Uint8Array): Uint8Array {
    return begin.length === 0 ? Buffer.from([0xff]) : strInc(begin)
  }

  /** The key with the hole for a versionstamp, behind the prefix. */
  packKeyUnboundVersionstamp(key: KeyIn): UnboundStamp {
    if (key === undefined || key === null) this.refuseNothing(key, 'key')
    const { data, stampPos, codePos } = unboundBy(this.keyXf, key, 'key')
    const before = this.prefix.length
    const stamp = { data: concat2(this.prefix, data), stampPos: before + stampPos }
    return codePos === undefined ? stamp : { ...stamp, codePos: before + codePos }
  }

  /** The value with the hole for a versionstamp. @throws TypeError when the encoding has none. */
  packValueUnboundVersionstamp(value: ValIn): UnboundStamp {
    if (value === undefined) this.refuseNothing(value, 'value')
    return unboundBy(this.valueXf, value, 'value')
  }

  /** Whether a whole key is in this subspace. */
  contains(key: NativeValue): boolean {
    return startsWith(toBytes(key, 'key'), this.prefix)
  }
}

kind(Subspace, 'Subspace', ({ prefix }) => printablePrefix(prefix))

function unboundBy<In>(encoding: Transformer<In, unknown>, value: In, what: string): UnboundStamp {
  if (encoding.packUnboundVersionstamp === undefined) {
    throw new TypeError(
      `the ${what} encoding${encoding.name === undefined ? '' : ` ${encoding.name}`} has no versionstamps: ` +
        'use encoders.tuple, or setVersionstampSuffixedKey and setVersionstampPrefixedValue',
    )
  }
  return encoding.packUnboundVersionstamp(value)
}

/**
 * The whole key space, with plain bytes as keys and values.
 *
 * @example db.at(root.withKeyEncoding(encoders.tuple))
 */
export const root: Subspace = new Subspace(null, defaultTransformer, defaultTransformer)
