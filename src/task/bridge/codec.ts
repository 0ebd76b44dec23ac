/** How messages become bytes in shared memory, and back. Both workers name the same codecs. */
import { MessageTooLargeError } from './errors.ts'

export interface Codec<T> {
  /** No message takes more bytes. It sets the size of a ring's slots. */
  readonly maxBytes: number
  /** Writes at most `maxBytes` from `at` on, and returns how many. Throws MessageTooLargeError, before it writes. */
  write(value: T, memory: Memory, at: number): number
  /** What was written. It must not keep a view on the memory: the slot is used again. */
  read(memory: Memory, at: number, length: number): T
}

/** A ring's bytes, as two views. `at` is always a multiple of 8. */
export interface Memory {
  readonly bytes: Uint8Array
  readonly view: DataView
}

const encoder = new TextEncoder()

function checkLength(length: number, maxBytes: number): void {
  if (length > maxBytes) {
    throw new MessageTooLargeError(
      `a message of ${length} bytes does not fit: the codec takes ${maxBytes}`,
    )
  }
}

/** Whole numbers from 0 to 2^32 - 1. */
export const uint32: Codec<number> = {
  maxBytes: 4,
  write(value, { view }, at) {
    if (value >>> 0 !== value) throw new TypeError(`not a whole number of 32 bits: ${value}`)
    view.setUint32(at, value, true)
    return 4
  },
  read: ({ view }, at) => view.getUint32(at, true),
}

/** Any number. */
export const float64: Codec<number> = {
  maxBytes: 8,
  write(value, { view }, at) {
    if (typeof value !== 'number') throw new TypeError(`not a number: ${String(value)}`)
    view.setFloat64(at, value, true)
    return 8
  },
  read: ({ view }, at) => view.getFloat64(at, true),
}

/** Byte strings of at most `maxBytes`; what is read is a copy. */
export function bytes(maxBytes: number): Codec<Uint8Array> {
  return {
    maxBytes,
    write(value, memory, at) {
      checkLength(value.length, maxBytes)
      memory.bytes.set(value, at)
      return value.length
    },
    read: (memory, at, length) => memory.bytes.slice(at, at + length),
  }
}

/** Text of at most `maxBytes` in UTF-8. */
export function utf8(maxBytes: number): Codec<string> {
  return {
    maxBytes,
    write(value, memory, at) {
      if (typeof value !== 'string') throw new TypeError(`not a string: ${String(value)}`)
      const encoded = encoder.encode(value)
      checkLength(encoded.length, maxBytes)
      memory.bytes.set(encoded, at)
      return encoded.length
    },
    read: (memory, at, length) =>
      Buffer.from(memory.bytes.buffer, memory.bytes.byteOffset + at, length).toString('utf8'),
  }
}

/** What JSON can hold, of at most `maxBytes`. */
export function json<T>(maxBytes: number): Codec<T> {
  const text = utf8(maxBytes)
  return {
    maxBytes,
    write: (value, memory, at) => text.write(JSON.stringify(value), memory, at),
    read: (memory, at, length) => JSON.parse(text.read(memory, at, length)) as T,
  }
}
