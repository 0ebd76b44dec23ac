// What keys and values are: bytes, their encodings, selectors, versionstamps, and the parts of the key space.
import { Buffer } from 'node:buffer'
import { argumentBytes, lengthOf } from '../../native/values/byte-length.ts'
import { describe } from '../../native/values/describe.ts'

/** What a key or a value may be without an encoding: bytes, or text that is taken as UTF-8. */
export type NativeValue = string | Uint8Array

interface WellFormed {
  isWellFormed(): boolean
}

/** The bytes of a key or a value. `what` names the argument in the error. */
export function toBytes(value: unknown, what: string): Uint8Array {
  if (typeof value === 'string') return textBytes(value, what)
  if (argumentBytes(what, value) >= 0) return value as Uint8Array
  throw new TypeError(
    `${what} must be a string or a Uint8Array, not ${describe(value)}: ` +
      'set an encoding (withKeyEncoding, withValueEncoding) to use other types',
  )
}

function textBytes(text: string, what: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  // ASCII, which is most keys, needs no check.
  if (bytes.length !== text.length && !(text as unknown as WellFormed).isWellFormed()) {
    throw new TypeError(`${what} holds half a surrogate pair, which has no UTF-8: pass bytes`)
  }
  return bytes
}

/**
 * The first key behind all keys that begin with `prefix`.
 *
 * @throws RangeError when there is none: the prefix is empty, or all of its bytes are 0xFF.
 * @example strInc('app') // <61 70 71>, 'apq'
 */
export function strInc(prefix: NativeValue): Buffer {
  const bytes = toBytes(prefix, 'prefix')
  let last = lengthOf(bytes) - 1
  while (last >= 0 && bytes[last] === 0xff) last--
  if (last < 0) {
    throw new RangeError('no key is behind this prefix: it needs a byte other than 0xFF')
  }
  const next = Buffer.allocUnsafe(last + 1)
  for (let i = 0; i <= last; i++) next[i] = bytes[i]!
  next[last]! += 1
  return next
}

/**
 * The next key after `key`: the same with a zero byte behind it.
 *
 * @example strNext('a') // <61 00>
 */
export function strNext(key: NativeValue): Buffer {
  const bytes = toBytes(key, 'key')
  const length = lengthOf(bytes)
  const next = Buffer.allocUnsafe(length + 1)
  next.set(bytes)
  next[length] = 0
  return next
}

export function concat2(first: Uint8Array, second: Uint8Array): Buffer {
  const middle = lengthOf(first)
  const joined = Buffer.allocUnsafe(middle + lengthOf(second))
  joined.set(first)
  joined.set(second, middle)
  return joined
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  const length = lengthOf(prefix)
  if (lengthOf(bytes) < length) return false
  for (let i = 0; i < length; i++) if (bytes[i] !== prefix[i]) return false
  return true
}
