import { tuple } from '../../../index.ts'
import type { UnpackedItem } from '../../../index.ts'

/** What the stack holds once nothing of it is under way. Floats and doubles keep their bits. */
export type Item = UnpackedItem

/** The instructions ask for something that no tester can do: the run ends, and says at which one. */
export class StackTesterError extends Error {
  override readonly name = 'StackTesterError'
}

/** Stands for "no value" and for the end of an operation that has no result. */
export const RESULT_NOT_PRESENT = Buffer.from('RESULT_NOT_PRESENT')

/** What an operation leaves on the stack that failed with this code. */
export function errorItem(code: number): Buffer {
  return tuple.pack([Buffer.from('ERROR'), Buffer.from(String(code))])
}

function describe(item: Item): string {
  if (item === null) return 'null'
  if (Buffer.isBuffer(item)) return 'bytes'
  if (Array.isArray(item)) return 'a tuple'
  return typeof item === 'object' ? `a ${item.type}` : `a ${typeof item}`
}

function expected(what: string, item: Item): StackTesterError {
  return new StackTesterError(`the stack should hold ${what} here, and holds ${describe(item)}`)
}

export function bytesOf(item: Item): Buffer {
  if (Buffer.isBuffer(item)) return item
  throw expected('bytes', item)
}

export function stringOf(item: Item): string {
  if (typeof item === 'string') return item
  throw expected('a string', item)
}

export function integerOf(item: Item): number {
  if (typeof item === 'number' && Number.isSafeInteger(item)) return item
  throw expected('a small integer', item)
}

export function wideIntegerOf(item: Item): bigint {
  if (typeof item === 'bigint') return item
  return BigInt(integerOf(item))
}

/** An integer in the one form that unpacking gives it, too. */
export function integerItem(value: bigint): number | bigint {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

/** The 4 bytes of a float, or the 8 of a double, as the tuple carried them. */
export function floatingBytesOf(item: Item, type: 'float' | 'double'): Buffer {
  if (typeof item === 'object' && item !== null && 'type' in item && item.type === type) {
    if (item.rawEncoding !== undefined) return item.rawEncoding
  }
  throw expected(`a ${type}`, item)
}

export function floatItem(bytes: Buffer): Item {
  if (bytes.length !== 4) throw new StackTesterError('a float has 4 bytes')
  return { type: 'float', value: bytes.readFloatBE(), rawEncoding: bytes }
}

export function doubleItem(bytes: Buffer): Item {
  if (bytes.length !== 8) throw new StackTesterError('a double has 8 bytes')
  return { type: 'double', value: bytes.readDoubleBE(), rawEncoding: bytes }
}
