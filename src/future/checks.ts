/** Refuses arguments of the wrong type before anything native sees them. */
import type { Selector } from './payload.ts'

export function checkBytes(argument: string, value: Uint8Array): void {
  if (value instanceof Uint8Array) return
  throw new TypeError(`${argument} must be a Uint8Array, not ${describe(value)}`)
}

export function checkInteger(argument: string, value: number): void {
  if (typeof value === 'number' && (value | 0) === value) return
  throw new TypeError(`${argument} must be a 32-bit integer, not ${describe(value)}`)
}

export function checkWide(argument: string, value: bigint): void {
  if (typeof value !== 'bigint') {
    throw new TypeError(`${argument} must be a bigint, not ${describe(value)}`)
  }
  if (BigInt.asIntN(64, value) !== value) {
    throw new RangeError(`${argument} must be a signed 64-bit integer, not ${value}`)
  }
}

export function checkSelector(argument: string, selector: Selector): void {
  if (typeof selector !== 'object' || selector === null) {
    throw new TypeError(`${argument} must be a key selector, not ${describe(selector)}`)
  }
  checkBytes(`${argument}.key`, selector.key)
  checkInteger(`${argument}.offset`, selector.offset)
}

function describe(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value
}

export function checkString(argument: string, value: string): void {
  if (typeof value !== 'string') {
    throw new TypeError(`${argument} must be a string, not ${describe(value)}`)
  }
  if (value.includes('\0')) throw new TypeError(`${argument} must not contain a null character`)
}
