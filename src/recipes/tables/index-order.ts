/** Tuples in an order in which numbers sort as numbers, at any depth; the rest sorts as the tuple layer has it. */
import { pack, unpack } from '../../layers/tuple/tuple.ts'
import type { UnpackedItem } from '../../layers/tuple/tuple.ts'
import * as code from '../../layers/tuple/type-codes.ts'
import { compareNumbers } from '../ground/number-order.ts'

/** One item of a tuple. A nested tuple is several: its beginning, its items, its end. */
export interface Token {
  /** As it stands in the key. */
  readonly bytes: Buffer
  /** The number that it is, if it is one. */
  readonly number: number | bigint | undefined
}

const BEGINS: Token = { bytes: Buffer.of(code.NESTED), number: undefined }
const ENDS: Token = { bytes: Buffer.of(0), number: undefined }
const NESTED_NULL: Token = { bytes: Buffer.of(0, code.ESCAPE), number: undefined }

export function tokensOf(packed: Buffer): Token[] {
  // With the types kept, so that packing an item again gives the same bytes.
  return unpack(packed, true).flatMap((item) => tokensOfItem(item, false))
}

function tokensOfItem(item: UnpackedItem, isNested: boolean): Token[] {
  if (Array.isArray(item)) {
    return [BEGINS, ...item.flatMap((inner) => tokensOfItem(inner, true)), ENDS]
  }
  if (item === null && isNested) return [NESTED_NULL]
  return [{ bytes: pack([item]), number: numberOf(item) }]
}

function numberOf(item: UnpackedItem): number | bigint | undefined {
  if (typeof item === 'number' || typeof item === 'bigint') return item
  const typed = item as { type?: unknown; value?: unknown } | null
  if (typed?.type !== 'double' && typed?.type !== 'float') return undefined
  return typed.value as number
}

/**
 * Negative, 0 or positive. Without a token, where a tuple ends, comes first. NaN is before or behind all other
 * numbers, as its sign says.
 */
export function compareTokens(a: Token | undefined, b: Token | undefined): number {
  if (a === undefined || b === undefined)
    return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1)
  if (a.number === undefined || b.number === undefined) return Buffer.compare(a.bytes, b.bytes)
  const [left, right] = [sideOf(a), sideOf(b)]
  if (left !== 0 || right !== 0) return left - right || Buffer.compare(a.bytes, b.bytes)
  return compareNumbers(a.number, b.number)
}

/** -1 or 1 for a NaN, by its sign; 0 for every other number. */
function sideOf({ bytes, number }: Token): number {
  if (!Number.isNaN(number)) return 0
  // Packed, the bits of a negative number are flipped.
  return bytes[1]! < 0x80 ? -1 : 1
}

/** The same for whole tuples. */
export function compareTokenLists(a: readonly Token[], b: readonly Token[]): number {
  const length = Math.max(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const order = compareTokens(a[at], b[at])
    if (order !== 0) return order
  }
  // Equal as numbers: as they are packed.
  return Buffer.compare(joined(a), joined(b))
}

export function joined(tokens: readonly Token[]): Buffer {
  return Buffer.concat(tokens.map(({ bytes }) => bytes))
}
