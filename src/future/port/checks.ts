/** Refuses arguments of the wrong type or size before anything is written or anything native sees them. */
import { argumentBytes } from '../../native/values/byte-length.ts'
import type { Selector } from './payload.ts'
import { describe, shown } from '../../native/values/describe.ts'

/** How many bytes it holds: what the call goes by from here on, whatever its `length` says. */
export function checkBytes(argument: string, value: Uint8Array): number {
  const length = argumentBytes(argument, value)
  if (length < 0) throw new TypeError(`${argument} must be a Uint8Array, not ${given(value)}`)
  return length
}

export function checkInteger(argument: string, value: number): void {
  if (typeof value === 'number' && (value | 0) === value) return
  throw new TypeError(`${argument} must be a 32-bit integer, not ${shown(value)}`)
}

export function checkWide(argument: string, value: bigint): void {
  if (typeof value !== 'bigint') {
    throw new TypeError(`${argument} must be a bigint, not ${shown(value)}`)
  }
  if (BigInt.asIntN(64, value) !== value) {
    throw new RangeError(`${argument} must be a signed 64-bit integer, not ${value}`)
  }
}

/** A selector that was checked: each of its parts was looked at once. */
export interface CheckedSelector extends Selector {
  /** Bytes of its key. */
  readonly length: number
}

export function checkSelector(argument: string, selector: Selector): CheckedSelector {
  if (typeof selector !== 'object' || selector === null) {
    throw new TypeError(`${argument} must be a key selector, not ${shown(selector)}`)
  }
  const { key, orEqual, offset } = selector
  const length = checkBytes(`${argument}.key`, key)
  checkInteger(`${argument}.offset`, offset)
  return { key, orEqual, offset, length }
}

/** Its bytes in UTF-8. */
export function checkString(argument: string, value: string): Buffer {
  if (typeof value !== 'string') {
    throw new TypeError(`${argument} must be a string, not ${given(value)}`)
  }
  if (value.includes('\0')) throw new TypeError(`${argument} must not contain a null character`)
  const bytes = Buffer.from(value)
  checkBytes(argument, bytes)
  return bytes
}

/** A text may be a key or a value, and a secret. */
const given = (value: unknown): string =>
  typeof value === 'string' ? describe(value) : shown(value)
