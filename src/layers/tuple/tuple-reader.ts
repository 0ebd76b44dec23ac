import { isUtf8 } from 'node:buffer'
import { TupleError } from './tuple-error.ts'
import type { UnpackedItem } from './tuple-item.ts'
import * as code from './type-codes.ts'

/*
 * Reading keeps its place in `at`. Nothing here calls out to the user's code, so one place is enough.
 * Everything read is checked against `end` first: a truncated or unknown item throws where it shows.
 */

let bytes: Buffer = Buffer.alloc(0)
let end = 0
let at = 0
let exact = false

/** Up to this length a loop over the bytes beats the native decoder. */
const SHORT_STRING = 24

const doubleValue = new Float64Array(1)
const doubleBytes = new Uint8Array(doubleValue.buffer)
const floatValue = new Float32Array(1)
const floatBytes = new Uint8Array(floatValue.buffer)
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Unpacks from `offset` to the end. With `keepNumberTypes`, floats and doubles come as typed items. */
export function read(input: Buffer, offset: number, keepNumberTypes: boolean): UnpackedItem[] {
  bytes = input
  end = input.length
  at = offset
  exact = keepNumberTypes
  const items: UnpackedItem[] = []
  while (at < end) items.push(readItem(0))
  return items
}

function fail(what: string, offset: number): never {
  throw new TupleError(what, offset)
}

/** Steps over `length` bytes and returns where they began. */
function take(length: number, what: string): number {
  const from = at
  if (length > end - from)
    fail(`${what} is cut off, ${length - (end - from)} bytes are missing`, from)
  at = from + length
  return from
}

function readItem(depth: number): UnpackedItem {
  const type = bytes[at++]!
  if (type > code.NEGATIVE_BIG && type < code.POSITIVE_BIG) return readInteger(type)
  switch (type) {
    case code.NULL:
      return null
    case code.BYTES:
      return readBytes()
    case code.STRING:
      return readString()
    case code.NESTED:
      return readNested(depth)
    case code.NEGATIVE_BIG:
      return readBigInteger(0xff)
    case code.POSITIVE_BIG:
      return readBigInteger(0)
    case code.FLOAT:
      return readFloat()
    case code.DOUBLE:
      return readDouble()
    case code.FALSE:
      return false
    case code.TRUE:
      return true
    case code.UUID:
      return { type: 'uuid', value: copy(take(16, 'a uuid'), at) }
    case code.VERSIONSTAMP_80:
      return readVersionstamp(code.STAMP_BYTES)
    case code.VERSIONSTAMP_96:
      return readVersionstamp(code.STAMP_BYTES + code.STAMP_CODE_BYTES)
    default:
      return fail(`no item has type code 0x${type.toString(16).padStart(2, '0')}`, at - 1)
  }
}

function copy(from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe(to - from)
  bytes.copy(out, 0, from, to)
  return out
}

function readNested(depth: number): UnpackedItem[] {
  const start = at - 1
  if (depth >= code.MAX_DEPTH) fail(`tuples nest at most ${code.MAX_DEPTH} deep`, start)
  const items: UnpackedItem[] = []
  for (;;) {
    if (at >= end) fail('a nested tuple has no end', start)
    if (bytes[at] !== 0) {
      items.push(readItem(depth + 1))
    } else if (at + 1 < end && bytes[at + 1] === code.ESCAPE) {
      items.push(null)
      at += 2
    } else {
      at++
      return items
    }
  }
}

/** The place of the zero that ends a string. Counts escaped zeros into `escapes`. */
let escapes = 0
function findEnd(): number {
  escapes = 0
  let i = at
  for (;;) {
    // Short strings are the rule: only a long one is worth the native search.
    const near = Math.min(end, i + 32)
    while (i < near && bytes[i] !== 0) i++
    if (i === near) {
      const found = i < end ? bytes.indexOf(0, i) : -1
      if (found < 0 || found >= end) fail('a string has no end', at)
      i = found
    }
    if (i + 1 >= end || bytes[i + 1] !== code.ESCAPE) return i
    escapes++
    i += 2
  }
}

function readBytes(): Buffer {
  const to = findEnd()
  const from = at
  at = to + 1
  return escapes === 0 ? copy(from, to) : unescape(from, to)
}

function unescape(from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe(to - from - escapes)
  let used = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    out[used++] = byte
    if (byte === 0) i++
  }
  return out
}

function readString(): string {
  const from = at
  const near = Math.min(end, from + SHORT_STRING)
  let text = ''
  for (let i = from; i < near; i++) {
    const byte = bytes[i]!
    if (byte === 0) {
      if (i + 1 < end && bytes[i + 1] === code.ESCAPE) break
      at = i + 1
      return text
    }
    if (byte > 0x7f) break
    text += String.fromCharCode(byte)
  }
  return readLongString(from)
}

function readLongString(from: number): string {
  const to = findEnd()
  at = to + 1
  const raw = escapes === 0 ? bytes.subarray(from, to) : unescape(from, to)
  if (!isUtf8(raw)) fail('a string is not valid UTF-8', from)
  return raw.toString('utf8')
}

function readInteger(type: number): number | bigint {
  const length = type < code.INTEGER_ZERO ? code.INTEGER_ZERO - type : type - code.INTEGER_ZERO
  const from = take(length, 'an integer')
  const flip = type < code.INTEGER_ZERO ? 0xff : 0
  if (length > 6) return largeInteger(from, flip)
  let size = 0
  for (let i = from; i < at; i++) size = size * 256 + (bytes[i]! ^ flip)
  return flip === 0 || size === 0 ? size : -size
}

/**
 * The integer in the bytes from `from` to where reading stands. It comes as a number whenever a number
 * holds it, however it was packed.
 */
function largeInteger(from: number, flip: number): number | bigint {
  const flipWord = flip === 0 ? 0 : -1
  let size = 0n
  let i = from
  for (; (at - i) % 4 !== 0; i++) size = (size << 8n) | BigInt(bytes[i]! ^ flip)
  for (; i < at; i += 4) size = (size << 32n) | BigInt((bytes.readInt32BE(i) ^ flipWord) >>> 0)
  const value = flip === 0 ? size : -size
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

function readBigInteger(flip: number): number | bigint {
  const length = bytes[take(1, 'the length of an integer')]! ^ flip
  return largeInteger(take(length, 'an integer'), flip)
}

/** Copies `into` with the order of bytes that the machine has, and undoes the flips of packing. */
function readFloating(into: Uint8Array, what: string): void {
  const length = into.length
  const from = take(length, what)
  const flip = bytes[from]! & 0x80 ? 0 : 0xff
  for (let i = 0; i < length; i++) {
    into[LITTLE_ENDIAN ? length - 1 - i : i] = bytes[from + i]! ^ flip
  }
  into[LITTLE_ENDIAN ? length - 1 : 0]! ^= flip ? 0 : 0x80
}

function bigEndian(value: Uint8Array): Buffer {
  const out = Buffer.from(value)
  return LITTLE_ENDIAN ? out.reverse() : out
}

function readDouble(): UnpackedItem {
  readFloating(doubleBytes, 'a double')
  const value = doubleValue[0]!
  return exact ? { type: 'double', value, rawEncoding: bigEndian(doubleBytes) } : value
}

function readFloat(): UnpackedItem {
  readFloating(floatBytes, 'a float')
  const value = floatValue[0]!
  return exact ? { type: 'float', value, rawEncoding: bigEndian(floatBytes) } : value
}

function readVersionstamp(length: number): UnpackedItem {
  const from = take(length, 'a versionstamp')
  let unbound = true
  for (let i = from; i < from + code.STAMP_BYTES; i++) unbound &&= bytes[i] === 0xff
  if (!unbound) return { type: 'versionstamp', value: copy(from, at) }
  return length === code.STAMP_BYTES
    ? { type: 'unbound versionstamp', bits: 80 }
    : { type: 'unbound versionstamp', code: bytes.readUInt16BE(from + code.STAMP_BYTES) }
}
