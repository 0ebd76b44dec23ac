import type { UnboundStamp } from '../../layers/tuple/tuple.ts'
import { describe } from '../../native/values/describe.ts'
import type { NativeValue } from './bytes.ts'

/**
 * An encoding of keys or values. `pack` and `unpack` are all that one needs; the rest lets an encoding do
 * better than the default.
 *
 * @example
 * const dates: Transformer<Date, Date> = {
 *   name: 'date',
 *   pack: (date) => date.toISOString(),
 *   unpack: (bytes) => new Date(bytes.toString()),
 * }
 * const events = db.withValueEncoding(dates)
 */
export interface Transformer<In, Out> {
  /** For messages. */
  readonly name?: string
  /** The bytes of a value; text stands for its UTF-8. Throw a TypeError for what has no encoding. */
  pack(value: In): NativeValue
  /** The value of some bytes. The bytes are the caller's to keep. */
  unpack(bytes: Buffer): Out
  /** Packs a value with one versionstamp in it that the commit fills in. */
  packUnboundVersionstamp?(value: In): UnboundStamp
  /** Puts the stamp of the commit into the value that was packed, once it is known. */
  bakeVersionstamp?(value: In, stamp: Uint8Array, code: Uint8Array | null): void
  /** The keys that begin with `prefix`, when that is not the bytes that begin with its bytes. */
  range?(prefix: In): { begin: NativeValue; end: NativeValue }
  /** `pack` behind some bytes, with no copy in between. */
  packPrefixed?(prefix: Uint8Array, value: In): Uint8Array
  /** `unpack` of what follows the first `offset` bytes, with no copy of them. */
  unpackFrom?(bytes: Buffer, offset: number): Out
}

/** @throws TypeError for what has no `pack` and `unpack`; undefined stands for none. */
export function checkEncoding(argument: string, encoding: unknown): void {
  if (encoding === undefined) return
  const isObject = typeof encoding === 'object' || typeof encoding === 'function'
  const { pack, unpack } = (isObject ? (encoding ?? {}) : {}) as Partial<
    Transformer<never, unknown>
  >
  if (typeof pack === 'function' && typeof unpack === 'function') return
  throw new TypeError(
    `${argument} must be an encoding, with pack and unpack, not ${describe(encoding)}`,
  )
}

/** Keys and values as they are: text goes in as UTF-8, bytes come out. */
export const defaultTransformer: Transformer<NativeValue, Buffer> = {
  pack: (value) => value,
  unpack: (bytes) => bytes,
}
