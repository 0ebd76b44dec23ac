import type { UnpackedItem } from '../../../src/layers/tuple/tuple.ts'

/*
 * The specification read literally, slow and with no state but its arguments: what the real reader is
 * compared with on damaged input. An item is described as text, so that NaNs and zeros compare by their bits.
 */

interface Step {
  readonly item: string
  readonly next: number
}

class Malformed extends Error {}

/** The items as text; undefined when the bytes are no tuple. */
export function decode(bytes: Uint8Array): string[] | undefined {
  try {
    const items: string[] = []
    for (let at = 0; at < bytes.length;) {
      const step = itemAt(bytes, at, 0)
      items.push(step.item)
      at = step.next
    }
    return items
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function slice(bytes: Uint8Array, from: number, length: number): Uint8Array {
  if (from + length > bytes.length) throw new Malformed()
  return bytes.subarray(from, from + length)
}

function itemAt(bytes: Uint8Array, at: number, depth: number): Step {
  const code = bytes[at]!
  const from = at + 1
  const of = (length: number, show: (raw: Uint8Array) => string): Step => ({
    item: show(slice(bytes, from, length)),
    next: from + length,
  })
  if (code === 0x00) return of(0, () => 'null')
  if (code === 0x01) return terminated(bytes, from, (raw) => `bytes ${hex(raw)}`)
  if (code === 0x02) return terminated(bytes, from, text)
  if (code === 0x05) return nestedAt(bytes, from, depth)
  if (code === 0x0b || code === 0x1d) {
    const length = slice(bytes, from, 1)[0]! ^ (code === 0x0b ? 0xff : 0)
    const raw = slice(bytes, from + 1, length)
    return { item: integer(raw, code === 0x0b), next: from + 1 + length }
  }
  if (code >= 0x0c && code <= 0x1c) {
    return of(Math.abs(code - 0x14), (raw) => integer(raw, code < 0x14))
  }
  if (code === 0x20) return of(4, (raw) => `float ${hex(floating(raw))}`)
  if (code === 0x21) return of(8, (raw) => `double ${hex(floating(raw))}`)
  if (code === 0x26 || code === 0x27) return of(0, () => String(code === 0x27))
  if (code === 0x30) return of(16, (raw) => `uuid ${hex(raw)}`)
  if (code === 0x32) return of(10, (raw) => `stamp ${hex(raw)}`)
  if (code === 0x33) return of(12, (raw) => `stamp ${hex(raw)}`)
  if (code >= 0x40 && code <= 0x4f && depth === 0) {
    return of(bytes.length - from, (raw) => `user ${code} ${hex(raw)}`)
  }
  throw new Malformed()
}

function terminated(bytes: Uint8Array, from: number, show: (raw: Uint8Array) => string): Step {
  const raw: number[] = []
  for (let at = from; ; at++) {
    const byte = slice(bytes, at, 1)[0]!
    if (byte === 0 && bytes[at + 1] !== 0xff) {
      return { item: show(Uint8Array.from(raw)), next: at + 1 }
    }
    if (byte === 0) at++
    raw.push(byte)
  }
}

function text(raw: Uint8Array): string {
  try {
    return `text ${new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)}`
  } catch {
    throw new Malformed()
  }
}

function nestedAt(bytes: Uint8Array, from: number, depth: number): Step {
  if (depth >= 256) throw new Malformed()
  const items: string[] = []
  for (let at = from; ;) {
    const byte = slice(bytes, at, 1)[0]!
    if (byte === 0 && bytes[at + 1] !== 0xff) return { item: `(${items.join()})`, next: at + 1 }
    const step: Step = byte === 0 ? { item: 'null', next: at + 2 } : itemAt(bytes, at, depth + 1)
    items.push(step.item)
    at = step.next
  }
}

function integer(raw: Uint8Array, negative: boolean): string {
  const size = raw.reduce((sum, byte) => sum * 256n + BigInt(negative ? byte ^ 0xff : byte), 0n)
  return `integer ${negative ? -size : size}`
}

function floating(raw: Uint8Array): Uint8Array {
  const flipped = Uint8Array.from(raw, (byte) => (raw[0]! & 0x80 ? byte : byte ^ 0xff))
  if (raw[0]! & 0x80) flipped[0]! ^= 0x80
  return flipped
}

/** What the real reader gave, with the types of numbers kept, in the same words. */
export function describeItem(item: UnpackedItem): string {
  if (item === null) return 'null'
  if (typeof item === 'boolean') return String(item)
  if (typeof item === 'number' || typeof item === 'bigint') return `integer ${item}`
  if (typeof item === 'string') return `text ${item}`
  if (Buffer.isBuffer(item)) return `bytes ${hex(item)}`
  if (Array.isArray(item)) return `(${item.map(describeItem).join()})`
  switch (item.type) {
    case 'float':
    case 'double':
      return `${item.type} ${hex(item.rawEncoding!)}`
    case 'uuid':
      return `uuid ${hex(item.value)}`
    case 'user':
      return `user ${item.code} ${hex(item.value)}`
    case 'versionstamp':
      return `stamp ${hex(item.value)}`
    case 'unbound versionstamp':
      return `stamp ${'ff'.repeat(10)}${
        item.bits === 80 ? '' : item.code!.toString(16).padStart(4, '0')
      }`
  }
}
