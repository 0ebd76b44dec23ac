import type { Selector } from '../../future/handles/transaction-handle.ts'
import { describe, shown } from '../../native/values/describe.ts'

/**
 * Names a key by its place among the keys that are there: start at the last key below `key` (or equal to
 * it, with `orEqual`), then move `offset` keys forward.
 */
export interface KeySelector<Key> {
  /** Where it starts. */
  readonly key: Key
  /** The key itself counts as a start, if it is there. */
  readonly orEqual: boolean
  /** How many keys forward; negative for back. */
  readonly offset: number
  /** What tells a selector from a key. */
  readonly _isKeySelector: true
}

function make<Key>(key: Key, orEqual: boolean, offset: number): KeySelector<Key> {
  if (typeof orEqual !== 'boolean') throw new TypeError('orEqual of a key selector is a boolean')
  if (!Number.isInteger(offset) || offset < -(2 ** 31) || offset >= 2 ** 31) {
    throw new TypeError(`the offset of a key selector is a 32-bit integer, not ${shown(offset)}`)
  }
  return { key, orEqual, offset, _isKeySelector: true }
}

function add<Key>(selector: KeySelector<Key>, offset: number): KeySelector<Key> {
  const { key, orEqual, offset: before } = checkedSelector('selector', selector)
  if (typeof offset !== 'number') {
    throw new TypeError(`offset must be a 32-bit integer, not ${shown(offset)}`)
  }
  return make(key, orEqual, before + offset)
}

/** The selector itself. @throws TypeError for what is none. */
export function checkedSelector<Key>(
  argument: string,
  selector: KeySelector<Key>,
): KeySelector<Key> {
  if (isKeySelector<Key>(selector)) return selector
  throw new TypeError(`${argument} must be a key selector, not ${describe(selector)}`)
}

const isKeySelector = <Key>(value: unknown): value is KeySelector<Key> =>
  typeof value === 'object' &&
  value !== null &&
  (value as { _isKeySelector?: unknown })._isKeySelector === true

const firstGreaterOrEqual = <Key>(key: Key): KeySelector<Key> => make(key, false, 1)

/**
 * Makes key selectors, by the names that they have in every client.
 *
 * @example
 * await tn.getKey(keySelector.lastLessThan('m'))
 * await tn.getRangeAll('a', keySelector.firstGreaterThan('z')) // up to and with 'z'
 */
export const keySelector = Object.assign(make, {
  /** The last key below `key`. */
  lastLessThan: <Key>(key: Key): KeySelector<Key> => make(key, false, 0),
  /** The last key below `key`, or `key` itself if it is there. */
  lastLessOrEqual: <Key>(key: Key): KeySelector<Key> => make(key, true, 0),
  /** The first key above `key`. */
  firstGreaterThan: <Key>(key: Key): KeySelector<Key> => make(key, true, 1),
  /** The first key above `key`, or `key` itself if it is there. */
  firstGreaterOrEqual,
  /** The selector `offset` keys further on. */
  add,
  /** The selector of the next key. */
  next: <Key>(selector: KeySelector<Key>): KeySelector<Key> => add(selector, 1),
  /** The selector of the key before. */
  prev: <Key>(selector: KeySelector<Key>): KeySelector<Key> => add(selector, -1),
  /** Whether a value is a selector, and not a key. */
  isKeySelector,
  /** A key alone means the first key that is equal or greater. */
  from: <Key>(value: Key | KeySelector<Key>): KeySelector<Key> =>
    isKeySelector<Key>(value) ? value : firstGreaterOrEqual(value),
})

/** The selector that the C API takes. */
export function nativeSelector<Key>(
  value: Key | KeySelector<Key>,
  pack: (key: Key) => Uint8Array,
): Selector {
  const { key, orEqual, offset } = keySelector.from(value)
  return { key: pack(key), orEqual, offset }
}
