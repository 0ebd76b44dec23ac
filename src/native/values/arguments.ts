/** Refuses arguments of another type by their names, for calls that would else trip over them later, or take them for another. */
import { Buffer } from 'node:buffer'
import { describe, shown } from './describe.ts'

/** @throws TypeError for what can't be called. */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new TypeError(`${argument} must be a function, not ${describe(value)}`)
}

/** @throws TypeError for what is neither true nor false. */
export function checkBoolean(argument: string, value: unknown): void {
  if (typeof value === 'boolean') return
  throw new TypeError(`${argument} must be true or false, not ${shown(value)}`)
}

/** @throws TypeError for what is no text. */
export function checkText(argument: string, value: unknown): void {
  if (typeof value === 'string') return
  throw new TypeError(`${argument} must be a string, not ${describe(value)}`)
}

/** @throws TypeError for what is no integer between the two, or one of them. */
export function checkIntegerWithin(
  argument: string,
  value: unknown,
  from: number,
  to: number,
): void {
  if (Number.isInteger(value) && (value as number) >= from && (value as number) <= to) return
  throw new TypeError(`${argument} must be an integer from ${from} to ${to}, not ${shown(value)}`)
}

/** @throws TypeError for what is no array. */
export function checkArray(argument: string, value: unknown): void {
  if (Array.isArray(value)) return
  throw new TypeError(`${argument} must be an array, not ${describe(value)}`)
}

/** @throws TypeError for what is no number: NaN is none. */
export function checkNumber(argument: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isNaN(value)) return
  throw new TypeError(`${argument} must be a number, not ${shown(value)}`)
}

/** @throws TypeError for what is no number, or one below `least`. */
export function checkNumberFrom(argument: string, value: unknown, least: number): void {
  if (typeof value === 'number' && value >= least) return
  throw new TypeError(`${argument} must be a number from ${least} on, not ${shown(value)}`)
}

/** @throws TypeError for what is not made by that class. */
export function checkInstance(
  argument: string,
  value: unknown,
  kind: abstract new (...given: never[]) => unknown,
): void {
  if (value instanceof kind) return
  throw new TypeError(`${argument} must be a ${kind.name}, not ${describe(value)}`)
}

/** @throws TypeError for bytes that have not the methods of a Buffer, with which encodings read. */
export function checkBuffer(argument: string, value: unknown): void {
  if (Buffer.isBuffer(value)) return
  throw new TypeError(`${argument} must be a Buffer, not ${describe(value)}`)
}
