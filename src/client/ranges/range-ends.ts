import type { KeyValue, Selector } from '../../future/handles/transaction-handle.ts'
import { allKeys } from '../keys/all-keys.ts'
import type { AllKeys } from '../keys/all-keys.ts'
import { keySelector, nativeSelector } from '../keys/key-selector.ts'
import type { KeySelector } from '../keys/key-selector.ts'
import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { Subspace } from '../keys/subspace.ts'

/** An end of a range: a key or a selector. Without an end, a key is a prefix, and a selector goes to the end of the scope. */
export type RangeBound<Key> = KeyPrefix<Key> | KeySelector<KeyPrefix<Key>>

/** Where a range begins; {@link allKeys} is the range of all keys of the scope, and has no end. */
export type RangeStart<Key> = RangeBound<Key> | AllKeys

/** What a range needs of a subspace: how its keys are packed. */
type KeySpace<KeyIn> = Subspace<KeyIn, unknown, never, unknown>

/** The selector that the C API takes. */
export function selectorOf<KeyIn>(subspace: KeySpace<KeyIn>, bound: RangeBound<KeyIn>): Selector {
  return nativeSelector(bound, (key) => subspace.packKey(key))
}

function allOf(subspace: KeySpace<never>, end: unknown): { begin: Uint8Array; end: Uint8Array } {
  if (end === undefined) return subspace.packAll()
  throw new TypeError('allKeys is a whole range: it takes no end')
}

/**
 * Both ends as selectors. Without an end, a key is a prefix, in the way of the key encoding, and a selector is where it
 * begins: it ends with the subspace.
 */
export function selectorsOf<KeyIn>(
  subspace: KeySpace<KeyIn>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
): [begin: Selector, end: Selector] {
  if (start === allKeys) {
    const all = allOf(subspace, end)
    return [firstOf(all.begin), firstOf(all.end)]
  }
  if (end !== undefined) return [selectorOf(subspace, start), selectorOf(subspace, end)]
  if (keySelector.isKeySelector<KeyPrefix<KeyIn>>(start)) {
    const { begin, end: behind } = subspace.packFrom(start.key)
    return [{ key: begin, orEqual: start.orEqual, offset: start.offset }, firstOf(behind)]
  }
  const range = subspace.packRange(start)
  return [firstOf(range.begin), firstOf(range.end)]
}

/** The first key that is equal or greater. */
function firstOf(key: Uint8Array): Selector {
  return { key, orEqual: false, offset: 1 }
}

/** Both ends as bytes, for calls that take no selectors. Without an end, `start` is a prefix. */
export function byteRange<KeyIn>(
  subspace: KeySpace<KeyIn>,
  start: KeyPrefix<KeyIn> | AllKeys,
  end: KeyPrefix<KeyIn> | undefined,
): { begin: Uint8Array; end: Uint8Array } {
  if (start === allKeys) return allOf(subspace, end)
  if (end !== undefined) {
    return { begin: subspace.packKey(start), end: subspace.packKey(end) }
  }
  return subspace.packRange(start)
}

/** A prefix is a key. @throws TypeError for a selector, which has no keys that begin with it. */
export function checkPrefix<KeyIn>(prefix: KeyIn): KeyIn {
  if (!keySelector.isKeySelector(prefix)) return prefix
  throw new TypeError('a prefix is a key, not a key selector: use a range with an end')
}

/** Keys and values in the encodings of a subspace: the same entries, where those are plain bytes. */
export function decodeEntries<KeyOut, ValOut>(
  subspace: Subspace<never, KeyOut, never, ValOut>,
  entries: KeyValue[],
): [KeyOut, ValOut][] {
  if (subspace.isPlain) return entries as unknown as [KeyOut, ValOut][]
  return entries.map(([key, value]) => [subspace.decodeKey(key), subspace.decodeValue(value, key)])
}
