import { Buffer, isUtf8 } from 'node:buffer'
import { lengthOf } from '../../native/values/byte-length.ts'
import { TupleError } from './tuple-error.ts'
import type { UnpackedItem } from './tuple-item.ts'
import * as code from './type-codes.ts'

/*
 * Reading keeps its place in `at`. Nothing here calls out to the user's code, so one place is enough.
 * Everything read is checked against `end` first: a truncated or unknown item throws where it shows.
 */

let bytes = new Uint8Array(0)
let end = 0
let at = 0
let exact = false

/** Up to this length a loop over the bytes beats the native decoder. */
const SHORT_STRING = 24
/** The same for bytes, and the native copy. */
const SHORT_BYTES = 48

const doubleValue = new Float64Array(1)
const doubleBytes = new Uint8Array(doubleValue.buffer)
const floatValue = new Float32Array(1)
const floatBytes = new Uint8Array(floatValue.buffer)
const word = new BigUint64Array(1)
const wordHalves = new Uint32Array(word.buffer)
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const LOW_HALF = LITTLE_ENDIAN ? 0 : 1
const HIGH_HALF = LITTLE_ENDIAN ? 1 : 0

const TWO_TO_32 = 0x100000000
/** A negative integer of n bytes is this for n more than its bytes say. */
const COMPLEMENT = [0, 1, 2, 3, 4, 5, 6].map((length) => 256 ** length - 1)

/** Unpacks from `offset` to the end. With `keepNumberTypes`, floats and doubles come as typed items. */
export function read(input: Uint8Array, offset: number, keepNumberTypes: boolean): UnpackedItem[] {
  bytes = input as Uint8Array<ArrayBuffer>
  end = lengthOf(input)
  at = offset
  exact = keepNumberTypes
  // Keys have few items, as a rule: an array of their number is cheaper than one that grows.
  if (at >= end) return []
  const first = readItem(0)
  if (at >= end) return [first]
  const second = readItem(0)
  if (at >= end) return [first, second]
  const third = readItem(0)
  if (at >= end) return [first, second, third]
  const items = [first, second, third, readItem(0)]
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
      if (type >= code.USER_FIRST && type <= code.USER_LAST) return readUser(type, depth)
      return fail(`no item has type code 0x${type.toString(16).padStart(2, '0')}`, at - 1)
  }
}

function copy(from: number, to: number): Buffer {
  const length = to - from
  const out = Buffer.allocUnsafe(length)
  if (length > SHORT_BYTES) view(from, to).copy(out)
  else for (let i = 0; i < length; i++) out[i] = bytes[from + i]!
  return out
}

function view(from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}

/** Nothing marks its end: it takes what there is. */
function readUser(type: number, depth: number): UnpackedItem {
  if (depth > 0) fail('a user type in a nested tuple has no end', at - 1)
  const from = at
  at = end
  return { type: 'user', code: type, value: copy(from, end) }
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
  for (at = from; at < near;) {
    const byte = bytes[at]!
    if (byte > 0x7f) {
      const character = shortCharacter(byte)
      if (character < 0) break
      text += String.fromCharCode(character)
    } else if (byte !== 0) {
      text += String.fromCharCode(byte)
      at++
    } else if (at + 1 < end && bytes[at + 1] === code.ESCAPE) {
      text += '\0'
      at += 2
    } else {
      at++
      return text
    }
  }
  at = from
  return readLongString(from)
}

/** A character of two or three bytes, and steps over it; -1 when it is of four, or wrong, or cut off. */
function shortCharacter(lead: number): number {
  const second = at + 1 < end ? bytes[at + 1]! ^ 0x80 : 0xff
  if (second > 0x3f || lead < 0xc2 || lead > 0xef) return -1
  if (lead < 0xe0) {
    at += 2
    return ((lead & 0x1f) << 6) | second
  }
  const third = at + 2 < end ? bytes[at + 2]! ^ 0x80 : 0xff
  const character = ((lead & 0x0f) << 12) | (second << 6) | third
  // Half a surrogate pair has no UTF-8, and what fits in two bytes is not written in three.
  if (third > 0x3f || character < 0x800 || (character & 0xf800) === 0xd800) return -1
  at += 3
  return character
}

function readLongString(from: number): string {
  const to = findEnd()
  at = to + 1
  const raw = escapes === 0 ? view(from, to) : unescape(from, to)
  if (!isUtf8(raw)) fail('a string is not valid UTF-8', from)
  return raw.toString('utf8')
}

function readInteger(type: number): number | bigint {
  const negative = type < code.INTEGER_ZERO
  const length = negative ? code.INTEGER_ZERO - type : type - code.INTEGER_ZERO
  const from = take(length, 'an integer')
  if (length > 6) return largeInteger(from, negative ? 0xff : 0)
  const size = shortInteger(from, length)
  return negative ? size - COMPLEMENT[length]! : size
}

/** Up to 6 bytes, big-endian. */
function shortInteger(from: number, length: number): number {
  switch (length) {
    case 0:
      return 0
    case 1:
      return bytes[from]!
    case 2:
      return (bytes[from]! << 8) | bytes[from + 1]!
    case 3:
      return (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!
    case 4:
      return fourBytes(from)
    case 5:
      return bytes[from]! * TWO_TO_32 + fourBytes(from + 1)
    default:
      return ((bytes[from]! << 8) | bytes[from + 1]!) * TWO_TO_32 + fourBytes(from + 2)
  }
}

function fourBytes(from: number): number {
  return (
    ((bytes[from]! << 24) |
      (bytes[from + 1]! << 16) |
      (bytes[from + 2]! << 8) |
      bytes[from + 3]!) >>>
    0
  )
}

/**
 * The integer in the bytes from `from` to where reading stands. It comes as a number whenever a number
 * holds it, however it was packed.
 */
function largeInteger(from: number, flip: number): number | bigint {
  const flipHalf = flip === 0 ? 0 : -1
  let i = from
  let high = 0
  for (; (at - i) % 8 > 4; i++) high = (high << 8) | (bytes[i]! ^ flip)
  let low = 0
  for (; (at - i) % 8 !== 0; i++) low = (low << 8) | (bytes[i]! ^ flip)
  let size = joined(high, low)
  for (; i < at; i += 8) {
    const next = joined(fourBytes(i) ^ flipHalf, fourBytes(i + 4) ^ flipHalf)
    size = size === 0n ? next : (size << 64n) | next
  }
  const value = flip === 0 ? size : -size
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

function joined(high: number, low: number): bigint {
  wordHalves[HIGH_HALF] = high
  wordHalves[LOW_HALF] = low
  return word[0]!
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
    : {
        type: 'unbound versionstamp',
        code: shortInteger(from + code.STAMP_BYTES, code.STAMP_CODE_BYTES),
      }
}
