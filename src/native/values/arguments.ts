/** Refuses arguments of another type by their names, for calls that would else trip over them later, or take them for another. */
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
