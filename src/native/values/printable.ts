import { hasLostItsBytes, lengthOf } from './byte-length.ts'

/** Bytes shown before the rest is left out. */
const SHOWN = 80

/**
 * A key for people: printable ASCII as it is, all else as `\xNN`, in quotes, of bounded length. A key whose buffer was
 * transferred since is said to be gone.
 *
 * @example printable(Buffer.from('user/\x00')) // 'user/\x00'
 */
export function printable(key: Uint8Array): string {
  const length = lengthOf(key)
  if (length === 0 && hasLostItsBytes(key)) return 'a key whose buffer was transferred since'
  let text = ''
  for (let i = 0; i < Math.min(length, SHOWN); i++) text += shown(key[i] as number)
  const rest = length > SHOWN ? `… (${length} bytes)` : ''
  return `'${text}'${rest}`
}

/** A prefix for people: nothing for that of the whole key space. */
export function printablePrefix(prefix: Uint8Array): string {
  return lengthOf(prefix) === 0 ? '' : printable(prefix)
}

function shown(byte: number): string {
  if (byte === 0x5c) return '\\\\'
  if (byte === 0x27) return "\\'"
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
