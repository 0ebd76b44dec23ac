/**
 * What a Uint8Array really holds. `length` can be overridden, by a subclass or by a property of its own, `instanceof`
 * knows one realm only, and a buffer that was transferred has no bytes any more. So bytes that come from outside are
 * measured here, once, by what no program can change, and what was measured is what is copied.
 */

/**
 * No key, value or other argument is longer. FoundationDB itself takes keys of 10,000 bytes (30,000 of the system's own)
 * and values of 100,000, and says so with 2102 and 2103; this bound only keeps a mistake from filling memory.
 */
export const MAX_ARGUMENT_BYTES = 4 * 1024 * 1024

const prototype = Object.getPrototypeOf(Uint8Array.prototype) as object
const intrinsic = (key: string | symbol): (() => unknown) =>
  Object.getOwnPropertyDescriptor(prototype, key)!.get as () => unknown

// `call` on the getters themselves: the compiler knows them, and no program can put something else in between.
/* eslint-disable @typescript-eslint/unbound-method */
const tagOf = intrinsic(Symbol.toStringTag)
const byteLengthOf = intrinsic('byteLength')
const at = (prototype as Uint8Array).at
/* eslint-enable @typescript-eslint/unbound-method */

/** Whether it is a Uint8Array, of this realm or another. A proxy of one is not. */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf.call(value) === 'Uint8Array'
}

/**
 * Bytes that a Uint8Array holds; -1 for everything else. Looks at nothing that a program can override.
 *
 * @throws TypeError when its buffer was transferred or has shrunk, naming the argument.
 */
export function bytesIn(argument: string, value: unknown): number {
  if (!(value instanceof Uint8Array) && tagOf.call(value) !== 'Uint8Array') return -1
  let length: number
  try {
    length = byteLengthOf.call(value) as number
  } catch {
    return -1
  }
  if (length === 0 && hasLostItsBytes(value as Uint8Array)) {
    throw new TypeError(
      `${argument} has lost its bytes: its buffer was transferred to another worker, or has shrunk. ` +
        'Pass a copy, or pass it before',
    )
  }
  return length
}

/** The same for what was checked to be bytes before. */
export function lengthOf(bytes: Uint8Array): number {
  return byteLengthOf.call(bytes) as number
}

/** An empty one may be empty, or its buffer was transferred or has shrunk: what validates its receiver tells. */
export function hasLostItsBytes(bytes: Uint8Array): boolean {
  try {
    at.call(bytes, 0)
    return false
  } catch {
    return true
  }
}
