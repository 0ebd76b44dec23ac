/**
 * Tuples as they are typed and printed:
 *
 *     ("users", 42, 1.5, 1.5f, true, null, b"\x00", uuid:…, versionstamp:…#0, ("nested",))
 */
import { pack, unpack } from '../../../layers/tuple/tuple.ts'
import type { TupleItem, UnpackedItem } from '../../../layers/tuple/tuple.ts'
import { ByteWriter, escapeBytes, scanQuoted } from './byte-notation.ts'
import type { Scanner } from './scanner.ts'

/** As deep as tuples nest. */
const MAX_DEPTH = 256
/** More digits than an integer of 255 bytes has. */
const MAX_DIGITS = 620

const WORDS: Readonly<Record<string, TupleItem>> = {
  null: null,
  true: true,
  false: false,
  inf: { type: 'double', value: Infinity },
  '-inf': { type: 'double', value: -Infinity },
  nan: { type: 'double', value: NaN },
  nanf: { type: 'float', value: NaN },
  inff: { type: 'float', value: Infinity },
  '-inff': { type: 'float', value: -Infinity },
  versionstamp: { type: 'unbound versionstamp' },
  versionstamp80: { type: 'unbound versionstamp', bits: 80 },
}

/** Reads a tuple; the scanner is at the opening parenthesis. */
export function scanTuple(scanner: Scanner, depth = 0): TupleItem[] {
  const column = scanner.at
  if (depth > MAX_DEPTH) scanner.fail(`tuples nest at most ${MAX_DEPTH} deep`)
  scanner.at += 1
  const items: TupleItem[] = []
  for (;;) {
    scanner.skipSpace()
    if (scanner.done) scanner.fail('the parenthesis of this tuple is not closed', column)
    if (scanner.take(')')) return items
    items.push(scanItem(scanner, depth))
    scanner.skipSpace()
    if (!scanner.take(',') && !scanner.done && scanner.peek() !== ')') {
      scanner.fail('items of a tuple are separated by commas')
    }
  }
}

function scanItem(scanner: Scanner, depth: number): TupleItem {
  const next = scanner.peek()
  if (next === '(') return scanTuple(scanner, depth + 1)
  if (next === '"' || next === "'") return scanText(scanner)
  if (next === 'b' && /["']/.test(scanner.peek(1))) {
    scanner.at += 1
    const out = new ByteWriter()
    scanQuoted(scanner, out)
    return out.finish()
  }
  return scanWord(scanner)
}

/** Text: as bytes in quotes, but with \u{…} and without \x above 7f, which would be no text. */
function scanText(scanner: Scanner): string {
  const column = scanner.at
  const quote = scanner.character()
  let text = ''
  while (!scanner.take(quote)) {
    if (scanner.done) scanner.fail(`the quote ${quote} is not closed`, column)
    text += scanner.take('\\') ? textEscape(scanner, quote) : scanner.character()
  }
  return text
}

function textEscape(scanner: Scanner, quote: string): string {
  const start = scanner.at - 1
  const byte = scanner.hexByte()
  if (byte !== undefined) {
    if (byte < 0x80) return String.fromCharCode(byte)
    scanner.fail('text holds characters: write \\u{…}, or bytes as b"…"', start)
  }
  const digits = scanner.match(/u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}/y)
  if (digits === '') return scanner.letterEscape(`\\${quote}`)
  const point = Number.parseInt(digits.replace(/[u{}]/g, ''), 16)
  if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) return String.fromCodePoint(point)
  return scanner.fail(`there is no character ${digits}`, start)
}

function scanWord(scanner: Scanner): TupleItem {
  const column = scanner.at
  const word = scanner.match(/[^\s,()"']+/y)
  if (Object.hasOwn(WORDS, word)) return WORDS[word]!
  const item = numberOf(word) ?? typedOf(word)
  if (item !== undefined) return item
  return scanner.fail(
    word === ''
      ? 'here an item of the tuple is missing'
      : `${word} is no item of a tuple: text goes in quotes, bytes are b"…", and \`help keys\` shows the others`,
    column,
  )
}

const FLOAT = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(f?)$/

function numberOf(word: string): TupleItem | undefined {
  if (/^[+-]?\d+$/.test(word)) {
    if (word.length > MAX_DIGITS) return undefined
    const value = BigInt(word.replace('+', ''))
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  const [, digits, float] = FLOAT.exec(word) ?? []
  if (digits === undefined) return undefined
  const value = Number(digits)
  const isFloat = float === 'f'
  // Too large a number would become infinity without a word.
  if (!Number.isFinite(isFloat ? Math.fround(value) : value)) return undefined
  return { type: isFloat ? 'float' : 'double', value }
}

/** The items that have a name before a colon, and versionstamps. */
function typedOf(word: string): TupleItem | undefined {
  let parts =
    /^uuid:([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i.exec(word)
  if (parts !== null) return { type: 'uuid', value: hex(parts.slice(1).join('')) }
  parts = /^(double:[0-9a-f]{16}|float:[0-9a-f]{8})$/i.exec(word)
  if (parts !== null) return rawNumber(word)
  parts = /^versionstamp(?::([0-9a-f]{20}))?#(\d{1,5})$/i.exec(word)
  if (parts !== null && Number(parts[2]) <= 0xffff) return stamped(parts[1], Number(parts[2]))
  parts = /^user:(4[0-9a-f]):((?:[0-9a-f]{2})*)$/i.exec(word)
  if (parts !== null) {
    return { type: 'user', code: Number.parseInt(parts[1]!, 16), value: hex(parts[2]!) }
  }
  parts = /^versionstamp80:([0-9a-f]{20})$/i.exec(word)
  return parts === null ? undefined : { type: 'versionstamp', value: hex(parts[1]!) }
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')

function rawNumber(word: string): TupleItem {
  const [type, digits = ''] = word.split(':')
  const rawEncoding = hex(digits)
  return type?.toLowerCase() === 'float'
    ? { type: 'float', value: rawEncoding.readFloatBE(), rawEncoding }
    : { type: 'double', value: rawEncoding.readDoubleBE(), rawEncoding }
}

function stamped(stamp: string | undefined, code: number): TupleItem {
  if (stamp === undefined) return { type: 'unbound versionstamp', code }
  const value = Buffer.alloc(12)
  value.set(hex(stamp))
  value.writeUInt16BE(code, 10)
  return { type: 'versionstamp', value }
}

/** Whether the commit has to fill in a versionstamp. */
export function hasUnboundStamp(items: readonly TupleItem[]): boolean {
  return items.some((item) =>
    Array.isArray(item)
      ? hasUnboundStamp(item as readonly TupleItem[])
      : (item as { type?: unknown } | null)?.type === 'unbound versionstamp',
  )
}

/** The tuple as it is typed. `parse` of what it gives packs into the same bytes. */
export function printTuple(items: readonly TupleItem[]): string {
  const comma = items.length === 1 ? ',' : ''
  return `(${items.map(printItem).join(', ')}${comma})`
}

/** Bytes as a tuple, when they are one and typing it gives the same bytes again. */
export function printPacked(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined
  let items: UnpackedItem[]
  try {
    items = unpack(bytes, true)
  } catch (_noTuple) {
    return undefined
  }
  return isTuple(items) && pack(items).equals(bytes) ? printTuple(items) : undefined
}

/**
 * Keys of plain text begin with the letters that are the type codes of programs' own types: such an item counts
 * only behind another.
 */
function isTuple(items: readonly UnpackedItem[]): boolean {
  const [first] = items
  return !(typeof first === 'object' && first !== null && 'type' in first && first.type === 'user')
}

function printItem(item: TupleItem): string {
  if (typeof item === 'string') return `"${escapeText(item)}"`
  if (typeof item === 'number' && !Number.isSafeInteger(item)) return printDouble(item)
  if (Object.is(item, -0)) return '-0.0'
  if (item === null || typeof item !== 'object') return String(item)
  if (item instanceof Uint8Array) return `b"${escapeBytes(item, '"')}"`
  if (Array.isArray(item)) return printTuple(item as readonly TupleItem[])
  return printTyped(item as Extract<TupleItem, { type: string }>)
}

function printTyped(item: Extract<TupleItem, { type: string }>): string {
  switch (item.type) {
    case 'uuid':
      return `uuid:${hexOf(item.value).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
    case 'float':
    case 'double':
      return printNumber(item)
    case 'versionstamp':
      return printStamp(Buffer.from(item.value))
    case 'unbound versionstamp':
      if (item.bits === 80) return 'versionstamp80'
      return item.code === undefined ? 'versionstamp' : `versionstamp#${item.code}`
    case 'user':
      return `user:${item.code.toString(16)}:${hexOf(item.value)}`
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function printStamp(value: Buffer): string {
  const stamp = hexOf(value.subarray(0, 10))
  return value.length === 10
    ? `versionstamp80:${stamp}`
    : `versionstamp:${stamp}#${value.readUInt16BE(10)}`
}

function printNumber({
  type,
  value,
  rawEncoding,
}: Extract<TupleItem, { type: 'float' | 'double' }>): string {
  if (Number.isNaN(value) && rawEncoding !== undefined) return `${type}:${hexOf(rawEncoding)}`
  if (type === 'double') return printDouble(value)
  if (!Number.isFinite(value)) return `${printDouble(value)}f`
  return `${shortestFloat(value)}f`
}

function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** The fewest digits that name this number of 32 bits. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return printDouble(Object.is(value, -0) ? -0 : text)
  }
  return printDouble(value)
}

/** Characters that are not seen, or that a terminal obeys, become \u{…}. */
export function escapeText(text: string): string {
  return text
    .replace(/["\\]/g, '\\$&')
    .replace(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}
