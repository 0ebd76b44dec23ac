// What is asked of a value before it goes to the C API or into a message: its bytes, its encoding, its text.
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
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on what it measures, below
  Object.getOwnPropertyDescriptor(prototype, key)!.get as () => unknown

// `call` on the getters themselves: the compiler knows them, and no program can put something else in between.
const tagOf = intrinsic(Symbol.toStringTag)
const byteLengthOf = intrinsic('byteLength')
const byteOffsetOf = intrinsic('byteOffset')
const bufferOf = intrinsic('buffer')
const at = Object.getOwnPropertyDescriptor(prototype, 'at')!.value as () => unknown

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

/**
 * The same for an argument that becomes a command, or a part of one.
 *
 * @throws RangeError above the limit, naming the argument.
 */
export function argumentBytes(argument: string, value: unknown): number {
  const length = bytesIn(argument, value)
  if (length <= MAX_ARGUMENT_BYTES) return length
  throw new RangeError(
    `${argument} has ${length} bytes, and the most is ${MAX_ARGUMENT_BYTES}: FoundationDB takes keys of ` +
      '10,000 bytes and values of 100,000. Cut it into parts',
  )
}

/** The same for what was checked to be bytes before. */
export function lengthOf(bytes: Uint8Array): number {
  return byteLengthOf.call(bytes) as number
}

/** The same memory, as a Buffer that has nothing overridden. */
export function viewOf(bytes: Uint8Array): Buffer {
  const buffer = bufferOf.call(bytes) as ArrayBuffer
  return Buffer.from(buffer, byteOffsetOf.call(bytes) as number, lengthOf(bytes))
}

/** An empty one may be empty, or its buffer was transferred or has shrunk: what validates its receiver tells. */
export function hasLostItsBytes(bytes: Uint8Array): boolean {
  try {
    at.call(bytes)
    return false
  } catch {
    return true
  }
}
