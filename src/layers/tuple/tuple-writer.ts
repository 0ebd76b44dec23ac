import { Buffer } from 'node:buffer'
import { bytesIn, isBytes, lengthOf } from '../../native/values/byte-length.ts'
import type { TupleItem } from './tuple-item.ts'
import {
  checkBytes,
  checkNumber,
  checkWellFormed,
  tooLarge,
  unboundHere,
  unpackable,
  userNotLast,
} from './tuple-refusal.ts'
import * as code from './type-codes.ts'

/*
 * One scratch buffer for all packing; a result is copied out of it once. `used` is where the next byte
 * goes. A getter on an item may pack another tuple meanwhile: it writes behind `used` and resets it, so
 * packing is re-entrant. Bytes before `used` never move, but `scratch` itself is replaced when it grows.
 */

const SCRATCH_BYTES = 16 * 1024
/** A scratch buffer that one huge tuple made larger than this is not kept. */
const KEPT_SCRATCH_BYTES = 1024 * 1024
/** Up to this length a loop over the characters beats the native encoder. */
const SHORT_STRING = 40

// Not the item's own, which may be anything.
// eslint-disable-next-line @typescript-eslint/unbound-method
const hasZero = Uint8Array.prototype.includes

let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
let used = 0
let stampAt = -1
let codeAt = -1
/** The same of the tuple that was packed last, counted from its start. */
let stampFound = -1
let codeFound = -1
/** Behind the item of a user type, which must be the end of the tuple; or -1. */
let userEnd = -1

const doubleValue = new Float64Array(1)
const doubleBytes = new Uint8Array(doubleValue.buffer)
const floatValue = new Float32Array(1)
const floatBytes = new Uint8Array(floatValue.buffer)
/** A bigint in words of 64 bits, the lowest first: 255 bytes at most. */
const words = new BigUint64Array(32)
const wordBytes = new Uint8Array(words.buffer)
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
/** Turns the place of a byte, counted from the lowest, into its place in `wordBytes`. */
const BYTE_ORDER = LITTLE_ENDIAN ? 0 : 7

/** What one run of the writer left in the scratch buffer. */
export interface Packed {
  data: Buffer
  /** Where the hole for a stamp is, or -1. */
  stampPos: number
  /** Where the two bytes of the stamp's code go when the item had none, or -1. */
  codePos: number
}

function need(bytes: number): void {
  if (used + bytes > scratch.length) grow(bytes)
}

function grow(bytes: number): void {
  const least = used + bytes
  if (least > code.MAX_PACKED_BYTES) {
    throw new RangeError(`a packed tuple holds at most ${code.MAX_PACKED_BYTES} bytes`)
  }
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, least))
  scratch.copy(larger, 0, 0, used)
  scratch = larger
}

/** Packs the items behind `prefix`; one versionstamp may be unbound. */
export function write(items: readonly TupleItem[], prefix: Uint8Array | undefined): Packed {
  const data = pack(items, prefix, true)
  return { data, stampPos: stampFound, codePos: codeFound }
}

/** The same when no item may be unbound: the hot path. */
export function writeComplete(items: readonly TupleItem[], prefix: Uint8Array | undefined): Buffer {
  return pack(items, prefix, false)
}

function pack(
  items: readonly TupleItem[],
  prefix: Uint8Array | undefined,
  mayBeUnbound: boolean,
): Buffer {
  const start = used
  const stampBefore = stampAt
  const codeBefore = codeAt
  const userBefore = userEnd
  stampAt = -1
  codeAt = -1
  try {
    writeItems(items, prefix)
    if (stampAt >= 0 && !mayBeUnbound) throw unboundHere()
    const data = copyOut(start)
    stampFound = stampAt < 0 ? -1 : stampAt - start
    codeFound = codeAt < 0 ? -1 : codeAt - start
    return data
  } catch (error) {
    throw error instanceof TypeError ? withPath(error, items, start) : error
  } finally {
    restore(start, stampBefore, codeBefore, userBefore)
  }
}

function writeItems(items: readonly TupleItem[], prefix: Uint8Array | undefined): void {
  userEnd = -1
  if (prefix !== undefined) writeRaw(prefix)
  for (let i = 0; i < items.length; i++) writeItem(items[i], 0)
  if (userEnd >= 0 && userEnd !== used) throw userNotLast()
}

function restore(start: number, stamp: number, order: number, user: number): void {
  used = start
  stampAt = stamp
  codeAt = order
  userEnd = user
  if (start === 0 && scratch.length > KEPT_SCRATCH_BYTES) {
    scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  }
}

/** The order of the packed forms, without a copy of either: negative, 0 or positive. */
export function compareItems(a: readonly TupleItem[], b: readonly TupleItem[]): number {
  const start = used
  const stampBefore = stampAt
  const codeBefore = codeAt
  const userBefore = userEnd
  try {
    stampAt = -1
    writeItems(a, undefined)
    const middle = used
    stampAt = -1
    writeItems(b, undefined)
    return scratch.compare(scratch, middle, used, start, middle)
  } finally {
    restore(start, stampBefore, codeBefore, userBefore)
  }
}

function copyOut(start: number): Buffer {
  const length = used - start
  const out = Buffer.allocUnsafe(length)
  if (length > 48) {
    scratch.copy(out, 0, start, used)
  } else {
    for (let i = 0; i < length; i++) out[i] = scratch[start + i]!
  }
  return out
}

function writeByte(byte: number): void {
  need(1)
  scratch[used++] = byte
}

function writeRaw(bytes: Uint8Array): void {
  const length = lengthOf(bytes)
  need(length)
  if (length > 48) scratch.set(bytes, used)
  else for (let i = 0; i < length; i++) scratch[used + i] = bytes[i]!
  used += length
}

function writeItem(item: TupleItem | undefined, depth: number): void {
  switch (typeof item) {
    case 'string':
      return writeString(item)
    case 'number':
      return writeNumber(item)
    case 'bigint':
      return writeBigInt(item)
    case 'boolean':
      return writeByte(item ? code.TRUE : code.FALSE)
    case 'object':
      if (item === null) return writeByte(code.NULL)
      if (Array.isArray(item)) return writeNested(item as readonly TupleItem[], depth)
      if (isBytes(item)) return writeEscaped(code.BYTES, item, bytesIn('bytes in a tuple', item))
      return writeTyped(item as TupleTyped)
    default:
      throw unpackable(item)
  }
}

type TupleTyped = Extract<TupleItem, { type: string }>

function writeNested(items: readonly TupleItem[], depth: number): void {
  if (depth >= code.MAX_DEPTH) {
    throw new RangeError(`tuples nest at most ${code.MAX_DEPTH} deep`)
  }
  writeByte(code.NESTED)
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    writeItem(item, depth + 1)
    if (item === null) writeByte(code.ESCAPE)
  }
  writeByte(0)
}

function writeString(text: string): void {
  const length = text.length
  // Every UTF-16 unit takes at most 3 bytes, a zero takes 2; then the code and the end.
  need(length * 3 + 2)
  if (length > SHORT_STRING || !writeShort(text)) writeLong(text)
}

/** False, and nothing written, when there is a character of more than 16 bits. */
function writeShort(text: string): boolean {
  let at = used
  scratch[at++] = code.STRING
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      scratch[at++] = unit
      if (unit === 0) scratch[at++] = code.ESCAPE
    } else if (unit < 0x800) {
      scratch[at++] = 0xc0 | (unit >> 6)
      scratch[at++] = 0x80 | (unit & 0x3f)
    } else {
      if ((unit & 0xf800) === 0xd800) return false
      scratch[at++] = 0xe0 | (unit >> 12)
      scratch[at++] = 0x80 | ((unit >> 6) & 0x3f)
      scratch[at++] = 0x80 | (unit & 0x3f)
    }
  }
  scratch[at++] = 0
  used = at
  return true
}

function writeLong(text: string): void {
  if (text.includes('\0')) {
    const encoded = utf8(text)
    return writeEscaped(code.STRING, encoded, encoded.length)
  }
  scratch[used] = code.STRING
  const bytes = scratch.write(text, used + 1, 'utf8')
  if (bytes !== text.length) checkWellFormed(text)
  used += 1 + bytes
  scratch[used++] = 0
}

function utf8(text: string): Buffer {
  checkWellFormed(text)
  return Buffer.from(text, 'utf8')
}

function writeEscaped(type: number, bytes: Uint8Array, length: number): void {
  need(length * 2 + 2)
  let at = used
  scratch[at++] = type
  if (length > 64 && !hasZero.call(bytes, 0)) {
    scratch.set(bytes, at)
    at += length
  } else {
    for (let i = 0; i < length; i++) {
      const byte = bytes[i]!
      scratch[at++] = byte
      if (byte === 0) scratch[at++] = code.ESCAPE
    }
  }
  scratch[at++] = 0
  used = at
}

function writeNumber(value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(value)
  else writeDouble(value)
}

function writeInteger(value: number): void {
  need(9)
  const size = value < 0 ? -value : value
  let bytes = 0
  if (size < 0x100) bytes = size === 0 ? 0 : 1
  else if (size < 0x10000) bytes = 2
  else if (size < 0x1000000) bytes = 3
  else if (size < 0x100000000) bytes = 4
  else if (size < 0x10000000000) bytes = 5
  else if (size < 0x1000000000000) bytes = 6
  else bytes = 7
  const flip = value < 0 ? 0xff : 0
  let at = used
  scratch[at++] = value < 0 ? code.INTEGER_ZERO - bytes : code.INTEGER_ZERO + bytes
  const low = size >>> 0
  if (bytes > 4) {
    const high = (size - low) / 0x100000000
    for (let shift = (bytes - 5) * 8; shift >= 0; shift -= 8)
      scratch[at++] = (high >>> shift) ^ flip
    bytes = 4
  }
  for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) scratch[at++] = (low >>> shift) ^ flip
  used = at
}

function writeBigInt(value: bigint): void {
  const negative = value < 0n
  let rest = negative ? -value : value
  let count = 0
  for (; rest > 0n; rest >>= 64n) {
    if (count === words.length) throw tooLarge()
    words[count++] = rest
  }
  let bytes = count * 8
  while (bytes > 0 && wordBytes[(bytes - 1) ^ BYTE_ORDER] === 0) bytes--
  if (bytes > 255) throw tooLarge()
  const flip = negative ? 0xff : 0
  need(bytes + 2)
  let at = used
  if (bytes <= 8) {
    scratch[at++] = negative ? code.INTEGER_ZERO - bytes : code.INTEGER_ZERO + bytes
  } else {
    scratch[at++] = negative ? code.NEGATIVE_BIG : code.POSITIVE_BIG
    scratch[at++] = bytes ^ flip
  }
  for (let i = bytes - 1; i >= 0; i--) scratch[at++] = wordBytes[i ^ BYTE_ORDER]! ^ flip
  used = at
}

/** Negative numbers with all bits flipped, others with the sign flipped: then bytes sort as numbers do. */
function writeFloating(type: number, bytes: Uint8Array, reversed: boolean): void {
  const length = bytes.length
  need(length + 1)
  let at = used
  scratch[at++] = type
  const top = bytes[reversed ? length - 1 : 0]!
  const flip = top & 0x80 ? 0xff : 0
  scratch[at++] = top ^ (flip | 0x80)
  if (reversed) for (let i = length - 2; i >= 0; i--) scratch[at++] = bytes[i]! ^ flip
  else for (let i = 1; i < length; i++) scratch[at++] = bytes[i]! ^ flip
  used = at
}

function writeDouble(value: number): void {
  doubleValue[0] = value
  writeFloating(code.DOUBLE, doubleBytes, LITTLE_ENDIAN)
}

function writeFloat(value: number): void {
  floatValue[0] = value
  writeFloating(code.FLOAT, floatBytes, LITTLE_ENDIAN)
}

function writeTyped(item: TupleTyped): void {
  switch (item.type) {
    case 'uuid':
      writeByte(code.UUID)
      return writeRaw(checkBytes(item.value, 'a uuid', 16))
    case 'double':
      if (item.rawEncoding) {
        return writeFloating(code.DOUBLE, checkBytes(item.rawEncoding, 'a double', 8), false)
      }
      return writeDouble(checkNumber(item.value, 'double'))
    case 'float':
      if (item.rawEncoding) {
        return writeFloating(code.FLOAT, checkBytes(item.rawEncoding, 'a float', 4), false)
      }
      return writeFloat(checkNumber(item.value, 'float'))
    case 'versionstamp':
      return writeVersionstamp(item.value)
    case 'unbound versionstamp':
      return writeUnbound(item.code, item.bits)
    case 'user':
      return writeUser(item.code, item.value)
    default:
      throw unpackable(item)
  }
}

function writeVersionstamp(value: Uint8Array): void {
  const short = bytesIn('a versionstamp', value) === code.STAMP_BYTES
  writeByte(short ? code.VERSIONSTAMP_80 : code.VERSIONSTAMP_96)
  const length = short ? code.STAMP_BYTES : code.STAMP_BYTES + code.STAMP_CODE_BYTES
  writeRaw(checkBytes(value, 'a versionstamp without 10 bytes', length))
}

function writeUnbound(order: number | undefined, bits: 80 | 96 | undefined): void {
  if (stampAt >= 0) throw new TypeError('a tuple holds at most one unbound versionstamp')
  const short = bits === 80
  if (order !== undefined && (short || !Number.isInteger(order) || order < 0 || order > 0xffff)) {
    throw new TypeError(
      short
        ? 'an unbound versionstamp of 80 bits has no code'
        : 'the code of an unbound versionstamp is an integer from 0 to 65535',
    )
  }
  need(1 + code.STAMP_BYTES + code.STAMP_CODE_BYTES)
  scratch[used++] = short ? code.VERSIONSTAMP_80 : code.VERSIONSTAMP_96
  stampAt = used
  scratch.fill(0xff, used, used + code.STAMP_BYTES)
  used += code.STAMP_BYTES
  if (short) return
  if (order === undefined) codeAt = used
  scratch.writeUInt16BE(order ?? 0, used)
  used += code.STAMP_CODE_BYTES
}

function writeUser(type: number, value: Uint8Array): void {
  if (!Number.isInteger(type) || type < code.USER_FIRST || type > code.USER_LAST) {
    throw new TypeError('the code of a user type is an integer from 0x40 to 0x4f')
  }
  if (bytesIn('the value of a user type', value) < 0) {
    throw new TypeError('the value of a user type is a Uint8Array')
  }
  writeByte(type)
  writeRaw(value)
  // A first one, with more behind it, stays the one that is reported.
  if (userEnd < 0) userEnd = used
}

/** The same error, with the place of the item in the tuple: found again, since only failures need it. */
function withPath(error: TypeError, items: readonly TupleItem[], start: number): TypeError {
  const path = findPath(items, start)
  return path === '' ? error : new TypeError(`item ${path}: ${error.message}`, { cause: error })
}

function findPath(items: readonly TupleItem[], start: number): string {
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    used = start
    stampAt = -1
    try {
      writeItem(item, 0)
    } catch {
      return `[${i}]${Array.isArray(item) ? findPath(item as readonly TupleItem[], start) : ''}`
    }
  }
  return ''
}
