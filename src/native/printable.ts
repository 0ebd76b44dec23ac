/** Bytes shown before the rest is left out. */
const SHOWN = 80

/**
 * A key for people: printable ASCII as it is, all else as `\xNN`, in quotes, of bounded length.
 *
 * @example printable(Buffer.from('user/\x00')) // 'user/\x00'
 */
export function printable(key: Uint8Array): string {
  let text = ''
  for (const byte of key.subarray(0, SHOWN)) text += shown(byte)
  const rest = key.length > SHOWN ? `… (${key.length} bytes)` : ''
  return `'${text}'${rest}`
}

function shown(byte: number): string {
  if (byte === 0x5c) return '\\\\'
  if (byte === 0x27) return "\\'"
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
