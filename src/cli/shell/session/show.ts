/** How keys, values and names are printed. */
import { printBytes } from '../notation/byte-notation.ts'
import type { ValueFormat } from '../grammar/command.ts'
import { escapeText, printPacked } from '../notation/tuple-notation.ts'

/** A longer value is cut after so many bytes. */
export const SHOWN_BYTES = 1000
/** A wider integer than this is shown as bytes. */
const MAX_INTEGER_BYTES = 16

/** A key: a tuple when it is one, otherwise text in quotes. */
export function showKey(key: Uint8Array): string {
  return printPacked(key) ?? printBytes(key)
}

/** A value. A long one is cut, and says so, unless `full` is set. */
export function showValue(value: Uint8Array, format: ValueFormat, full: boolean): string {
  if (full || value.length <= SHOWN_BYTES) return inFormat(value, format)
  const size = value.length.toLocaleString('en')
  return `${printBytes(value.subarray(0, SHOWN_BYTES))}… (${size} bytes: --full prints all)`
}

function inFormat(value: Uint8Array, format: ValueFormat): string {
  if (format === 'tuple') return printPacked(value) ?? printBytes(value)
  if (format === 'int' && value.length > 0 && value.length <= MAX_INTEGER_BYTES) {
    const wide = BigInt(`0x${Buffer.from(value).reverse().toString('hex')}`)
    return String(BigInt.asIntN(value.length * 8, wide))
  }
  return printBytes(value)
}

/** The name of a directory, in quotes when a path would need them. */
export function showName(name: string): string {
  return /^[^\p{C}\p{Z}"'\\/;()#]+$/u.test(name) ? name : `"${escapeText(name)}"`
}

export function showPath(path: readonly string[]): string {
  return `/${path.map(showName).join('/')}`
}
