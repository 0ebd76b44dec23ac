// How bytes and tuples are typed and printed.
/**
 * Bytes as they are typed and printed: text in quotes, in which `\xNN` is a byte. What is printed can be
 * typed again.
 */
import { isUtf8 } from 'node:buffer'
import type { Scanner } from './scanner.ts'

/** Visible characters: no control, no format character, no white space but the space. */
const VISIBLE = /^[^\p{C}\p{Z}]$/u
const BACKSLASH = 0x5c

/**
 * Bytes as text in quotes: double ones, or single ones when only that saves escapes. Characters of UTF-8
 * that can be seen stand for themselves, all other bytes are `\xNN`, so that nothing reaches the terminal
 * that it would obey.
 */
export function printBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x22) && !bytes.includes(0x27) ? "'" : '"'
  return `${quote}${escapeBytes(bytes, quote)}${quote}`
}

/** The same without the quotes around it. */
export function escapeBytes(bytes: Uint8Array, quote: string): string {
  const quoteByte = quote.charCodeAt(0)
  const parts: string[] = []
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!
    if (byte === BACKSLASH || byte === quoteByte) parts.push(`\\${String.fromCharCode(byte)}`)
    else if (byte >= 0x20 && byte < 0x7f) parts.push(String.fromCharCode(byte))
    else {
      const character = visibleAt(bytes, at)
      if (character !== undefined) {
        parts.push(character)
        at += Buffer.byteLength(character)
        continue
      }
      parts.push(`\\x${byte.toString(16).padStart(2, '0')}`)
    }
    at += 1
  }
  return parts.join('')
}

/** The character of two to four bytes that begins here, if it can be seen. */
function visibleAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at]!
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  const sequence = bytes.subarray(at, at + length)
  if (length === 0 || sequence.length < length || !isUtf8(sequence)) return undefined
  const character = Buffer.from(sequence).toString('utf8')
  return VISIBLE.test(character) ? character : undefined
}

/** Collects text and bytes. */
export class ByteWriter {
  readonly #chunks: Buffer[] = []
  #text = ''

  text(text: string): void {
    this.#text += text
  }

  byte(byte: number): void {
    this.#flush()
    this.#chunks.push(Buffer.of(byte))
  }

  finish(): Buffer {
    this.#flush()
    return Buffer.concat(this.#chunks)
  }

  #flush(): void {
    if (this.#text !== '') this.#chunks.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

/** Reads text in quotes into `out`; the scanner is at the opening quote. */
export function scanQuoted(scanner: Scanner, out: ByteWriter): void {
  const column = scanner.at
  const quote = scanner.character()
  while (!scanner.take(quote)) {
    if (scanner.done) scanner.fail(`the quote ${quote} is not closed`, column)
    if (scanner.take('\\')) scanEscape(scanner, out, `\\${quote}`)
    else out.text(scanner.character())
  }
}

/** Reads an escape into `out`; the scanner is behind the backslash. */
export function scanEscape(scanner: Scanner, out: ByteWriter, literal: string): void {
  const byte = scanner.hexByte()
  if (byte === undefined) out.text(scanner.letterEscape(literal))
  else out.byte(byte)
}
