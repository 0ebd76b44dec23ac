import type { KeyValue, Selector } from '../../future/handles/transaction-handle.ts'
import { keySelector, nativeSelector } from '../keys/key-selector.ts'
import type { KeySelector } from '../keys/key-selector.ts'
import type { Subspace } from '../keys/subspace.ts'

/** A range given by keys or key selectors; without an end, all keys that begin with `start`. */
export type RangeBound<Key> = Key | KeySelector<Key>

/** What a range needs of a subspace: how its keys are packed. */
type KeySpace<KeyIn> = Subspace<KeyIn, unknown, never, unknown>

/** The selector that the C API takes. */
export function selectorOf<KeyIn>(subspace: KeySpace<KeyIn>, bound: RangeBound<KeyIn>): Selector {
  return nativeSelector(bound, (key) => subspace.packKey(key))
}

/** Both ends as selectors. Without an end, `start` is a prefix, in the way of the key encoding. */
export function selectorsOf<KeyIn>(
  subspace: KeySpace<KeyIn>,
  start: RangeBound<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
): [begin: Selector, end: Selector] {
  if (end !== undefined && end !== null) {
    return [selectorOf(subspace, start), selectorOf(subspace, end)]
  }
  const { key, orEqual, offset } = keySelector.from<KeyIn>(start)
  const range = subspace.packRange(key)
  return [
    { key: range.begin, orEqual, offset },
    { key: range.end, orEqual: false, offset: 1 },
  ]
}

/** Both ends as bytes, for calls that take no selectors. Without an end, `start` is a prefix. */
export function byteRange<KeyIn>(
  subspace: KeySpace<KeyIn>,
  start: KeyIn,
  end: KeyIn | null | undefined,
): { begin: Uint8Array; end: Uint8Array } {
  if (end !== undefined && end !== null) {
    return { begin: subspace.packKey(start), end: subspace.packKey(end) }
  }
  return subspace.packRange(start)
}

/** Keys and values in the encodings of a subspace. */
export function decodeEntries<KeyOut, ValOut>(
  subspace: Subspace<never, KeyOut, never, ValOut>,
  entries: KeyValue[],
): [KeyOut, ValOut][] {
  return entries.map(([key, value]) => [subspace.unpackKey(key), subspace.unpackValue(value)])
}
