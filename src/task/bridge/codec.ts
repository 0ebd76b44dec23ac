/** How messages become bytes in shared memory, and back. Both workers name the same codecs. */
import { MessageTooLargeError } from './errors.ts'
import { describe, shown } from '../../native/values/describe.ts'
import { checkIntegerWithin } from '../../native/values/arguments.ts'

/**
 * How messages of one kind become bytes, and back. Both sides of a bridge name the same one.
 *
 * @example
 * const point: Codec<{ x: number; y: number }> = {
 *   maxBytes: 16,
 *   write({ x, y }, { view }, at) {
 *     view.setFloat64(at, x)
 *     view.setFloat64(at + 8, y)
 *     return 16
 *   },
 *   read: ({ view }, at) => ({ x: view.getFloat64(at), y: view.getFloat64(at + 8) }),
 * }
 */
export interface Codec<T> {
  /** No message takes more bytes. It sets the size of a ring's slots. */
  readonly maxBytes: number
  /**
   * Writes at most `maxBytes` from `at` on, and returns how many. A message that takes more is refused, with a
   * MessageTooLargeError: by this, or by the bridge, which looks at what was written before it is in the ring.
   */
  write(value: T, memory: Memory, at: number): number
  /** What was written. It must not keep a view on the memory: the slot is used again. */
  read(memory: Memory, at: number, length: number): T
}

/** A ring's bytes, as two views; for `write`, up to the end of the message. `at` is always a multiple of 8. */
export interface Memory {
  /** For runs of bytes. */
  readonly bytes: Uint8Array
  /** For numbers. */
  readonly view: DataView
}

const encoder = new TextEncoder()

/** Codecs that look at the size before they write, so that nobody has to see to it. */
const careful = new WeakSet<object>()

/** It never writes beyond its size. */
export function isCareful(codec: object): boolean {
  return careful.has(codec)
}

function carefully<T>(codec: Codec<T>): Codec<T> {
  careful.add(codec)
  return codec
}

export function tooLarge(length: number, maxBytes: number): MessageTooLargeError {
  return new MessageTooLargeError(
    `a message of ${length} bytes does not fit: the codec takes ${maxBytes}`,
  )
}

function checkLength(length: number, maxBytes: number): void {
  if (length > maxBytes) throw tooLarge(length, maxBytes)
}

/**
 * Whole numbers from 0 to 2^32 - 1, in 4 bytes. Others throw TypeError.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * control.trySendRequest(7)
 * console.log(data.pin().tryRecvRequest()) // { value: 7 }
 */
export const uint32: Codec<number> = carefully({
  maxBytes: 4,
  write(value, { view }, at) {
    if (typeof value !== 'number' || value >>> 0 !== value) {
      throw new TypeError(`not a whole number of 32 bits: ${shown(value)}`)
    }
    view.setUint32(at, value, true)
    return 4
  },
  read: ({ view }, at) => view.getUint32(at, true),
})

/**
 * Any number, in 8 bytes.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: float64 },
 * })
 * data.pin().trySendResponse(Math.PI)
 * console.log(control.tryRecvResponse())
 */
export const float64: Codec<number> = carefully({
  maxBytes: 8,
  write(value, { view }, at) {
    if (typeof value !== 'number') throw new TypeError(`not a number: ${shown(value)}`)
    view.setFloat64(at, value, true)
    return 8
  },
  read: ({ view }, at) => view.getFloat64(at, true),
})

/**
 * Byte strings of at most `maxBytes`; a longer one throws {@link MessageTooLargeError}. What is read is a copy.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: bytes(1000) },
 *   responses: { capacity: 16, codec: bytes(1000) },
 * })
 * control.trySendRequest(new Uint8Array([1, 2, 3]))
 * console.log(data.pin().tryRecvRequest()?.value.length) // 3
 */
export function bytes(maxBytes: number): Codec<Uint8Array> {
  checkIntegerWithin('maxBytes', maxBytes, 0, 2 ** 31)
  return carefully({
    maxBytes,
    write(value, memory, at) {
      if (!(value instanceof Uint8Array)) throw new TypeError(`not bytes: ${describe(value)}`)
      checkLength(value.length, maxBytes)
      memory.bytes.set(value, at)
      return value.length
    },
    read: (memory, at, length) => memory.bytes.slice(at, at + length),
  })
}

/**
 * Text of at most `maxBytes` in UTF-8; a longer one throws {@link MessageTooLargeError}.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: utf8(80) },
 *   responses: { capacity: 16, codec: utf8(80) },
 * })
 * control.trySendRequest('Grüße')
 * console.log(data.pin().tryRecvRequest()?.value) // Grüße
 */
export function utf8(maxBytes: number): Codec<string> {
  checkIntegerWithin('maxBytes', maxBytes, 0, 2 ** 31)
  return carefully({
    maxBytes,
    write(value, memory, at) {
      if (typeof value !== 'string') throw new TypeError(`not a string: ${shown(value)}`)
      const encoded = encoder.encode(value)
      checkLength(encoded.length, maxBytes)
      memory.bytes.set(encoded, at)
      return encoded.length
    },
    read: (memory, at, length) =>
      Buffer.from(memory.bytes.buffer, memory.bytes.byteOffset + at, length).toString('utf8'),
  })
}

/**
 * What JSON can hold, of at most `maxBytes` as text; a longer one throws {@link MessageTooLargeError}.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: json<{ key: string }>(200) },
 *   responses: { capacity: 16, codec: json<string[]>(200) },
 * })
 * control.trySendRequest({ key: 'a' })
 * console.log(data.pin().tryRecvRequest()?.value.key) // a
 */
export function json<T>(maxBytes: number): Codec<T> {
  const text = utf8(maxBytes)
  return carefully({
    maxBytes,
    write: (value, memory, at) => text.write(JSON.stringify(value), memory, at),
    read: (memory, at, length) => JSON.parse(text.read(memory, at, length)) as T,
  })
}

/** @throws TypeError for what can't write and read messages. */
export function checkCodec(argument: string, codec: unknown): void {
  const { write, read, maxBytes } = (codec ?? {}) as Partial<Codec<unknown>>
  const isCodec = typeof write === 'function' && typeof read === 'function'
  if (isCodec && typeof maxBytes === 'number') return
  throw new TypeError(
    `${argument} must be a codec, with maxBytes, write and read, not ${describe(codec)}`,
  )
}
