/** What has no place in a tuple, and how its packing says so. Only failures come here, but for the checks. */

import { bytesIn } from '../../native/values/byte-length.ts'

export function unpackable(item: unknown): TypeError {
  const what = typeof item === 'object' ? `an object of type ${describeType(item)}` : typeof item
  return new TypeError(
    `a tuple item is null, a boolean, number, bigint, string, Uint8Array, array, uuid, float, double, versionstamp or user type, not ${what}`,
  )
}

function describeType(item: object | null): string {
  const type = (item as { type?: unknown } | null)?.type
  return typeof type === 'string' ? `'${type}'` : 'unknown'
}

export function checkNumber(value: unknown, type: string): number {
  if (typeof value !== 'number') {
    throw new TypeError(`the value of a ${type} is a number, not ${typeof value}`)
  }
  return value
}

export function checkBytes(value: unknown, what: string, length: number): Uint8Array {
  if (bytesIn(what, value) !== length) {
    throw new TypeError(`${what} is a Uint8Array of ${length} bytes`)
  }
  return value as Uint8Array
}

interface WellFormed {
  isWellFormed(): boolean
}

/** Half a surrogate pair has no UTF-8: it would silently be packed as another character. */
export function checkWellFormed(text: string): void {
  if (!(text as unknown as WellFormed).isWellFormed()) {
    throw new TypeError('a string in a tuple must not hold half a surrogate pair: pack its bytes')
  }
}

export function tooLarge(): TypeError {
  return new TypeError('an integer in a tuple has at most 255 bytes')
}

export function unboundHere(): TypeError {
  return new TypeError(
    'an unbound versionstamp is only known after the commit: use packUnboundVersionstamp',
  )
}

export function userNotLast(): TypeError {
  return new TypeError(
    'nothing marks the end of a user type: it can only be the last item, and not in a nested tuple',
  )
}
