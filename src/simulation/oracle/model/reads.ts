/** What reads of a state give: a key, a selector, a range. The state has users' keys alone. */
import type { ByteMap } from './byte-map.ts'

/** The first key that is no user's: what a selector behind the last key means. */
export const END = '\xff'

export interface KeySelector {
  readonly key: string
  readonly orEqual: boolean
  readonly offset: number
}

/** From the end, when it is read in reverse. */
export interface RangeQuery {
  readonly begin: KeySelector
  readonly end: KeySelector
  readonly reverse: boolean
}

export type Row = readonly [key: string, value: Buffer]

/** The key that a selector means; empty before the first one. */
export function keyOf(state: ByteMap, selector: KeySelector): string {
  const index = indexOf(state, selector)
  return index < 0 ? '' : (state.keyAt(index) ?? END)
}

/** How many rows a range has. */
export function countOf(state: ByteMap, { begin, end }: RangeQuery): number {
  const [from, to] = [clamped(state, begin), clamped(state, end)]
  return Math.max(0, to - from)
}

/** So many of its first rows, or fewer when it has no more. */
export function rowsOf(state: ByteMap, query: RangeQuery, count: number): Row[] {
  const from = clamped(state, query.begin)
  const all = countOf(state, query)
  return Array.from({ length: Math.min(count, all) }, (_, i) => {
    const key = state.keyAt(query.reverse ? from + all - 1 - i : from + i) as string
    return [key, state.get(key) as Buffer] as const
  })
}

function indexOf(state: ByteMap, { key, orEqual, offset }: KeySelector): number {
  return state.countBelow(orEqual ? `${key}\0` : key) - 1 + offset
}

function clamped(state: ByteMap, selector: KeySelector): number {
  return Math.min(Math.max(indexOf(state, selector), 0), state.size)
}
