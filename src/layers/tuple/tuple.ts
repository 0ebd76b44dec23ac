/**
 * The tuple encoding: lists of typed values as bytes that sort as the lists do. It is the encoding of
 * every official client, so keys written here are read there and the other way round.
 *
 * @example
 * const key = tuple.pack(['user', 42])
 * console.log(tuple.unpack(key)) // [ 'user', 42 ]
 * @module
 */
import { bytesIn } from '../../native/values/byte-length.ts'
import type { TupleItem, UnboundStamp, UnpackedItem } from './tuple-item.ts'
import { read } from './tuple-reader.ts'
import { compareItems, write, writeComplete } from './tuple-writer.ts'
import { MAX_DEPTH, STAMP_BYTES, STAMP_CODE_BYTES } from './type-codes.ts'
import { checkBoolean, checkIntegerWithin } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'

export type { TupleItem, UnboundStamp, UnpackedItem } from './tuple-item.ts'
export { unboundVersionstamp } from './tuple-item.ts'
export { TupleError } from './tuple-error.ts'

/**
 * Names the encoder in messages.
 *
 * @example console.log(tuple.name) // tuple
 */
export const name = 'tuple'

/**
 * What stands behind a packed tuple at both ends of the range of its children.
 *
 * @example const end = Buffer.concat([tuple.pack(['user']), tuple.rawRange.end])
 */
export const rawRange: { begin: Buffer; end: Buffer } = {
  begin: Buffer.from([0x00]),
  end: Buffer.from([0xff]),
}

const listOf = (items: TupleItem | readonly TupleItem[] | undefined): readonly TupleItem[] =>
  Array.isArray(items) ? (items as readonly TupleItem[]) : items === undefined ? [] : [items]

/**
 * Packs a tuple. A single item that is no array is packed as a tuple of one.
 *
 * @throws TypeError naming the item that has no encoding, or when a versionstamp is unbound.
 * @example console.log(tuple.pack(['user', 42])) // <Buffer 02 75 73 65 72 00 15 2a>
 */
export function pack(items?: TupleItem | readonly TupleItem[]): Buffer {
  return writeComplete(listOf(items), undefined)
}

/**
 * Packs a tuple behind some bytes, with no copy in between.
 *
 * @example const key = tuple.packPrefixed(root.at('users/').prefix, ['ada', 42])
 */
export function packPrefixed(prefix: Uint8Array, items?: TupleItem | readonly TupleItem[]): Buffer {
  if (prefix === undefined || bytesIn('prefix', prefix) < 0) {
    throw new TypeError(`prefix must be a Uint8Array, not ${describe(prefix)}`)
  }
  return writeComplete(listOf(items), prefix)
}

/**
 * Packs a tuple that holds exactly one unbound versionstamp, at any depth.
 *
 * @throws TypeError when it holds none, or more than one.
 * @example
 * const { stampPos, codePos } = tuple.packUnboundVersionstamp(['log', tuple.unboundVersionstamp()])
 * console.log(stampPos, codePos) // 6 16
 */
export function packUnboundVersionstamp(items?: TupleItem | readonly TupleItem[]): UnboundStamp {
  const { data, stampPos, codePos } = write(listOf(items), undefined)
  if (stampPos < 0) throw new TypeError('the tuple holds no unbound versionstamp: use pack')
  return codePos < 0 ? { data, stampPos } : { data, stampPos, codePos }
}

/**
 * Unpacks a tuple. `pack(unpack(bytes))` gives the same bytes when `keepNumberTypes` is set; without
 * it, floats and doubles come as plain numbers.
 *
 * @throws TupleError with the offset, for bytes that are no tuple.
 * @example console.log(tuple.unpack(tuple.pack(['user', 42]))) // [ 'user', 42 ]
 */
export function unpack(bytes: Uint8Array, keepNumberTypes = false): UnpackedItem[] {
  checkBytes(bytes)
  checkBoolean('keepNumberTypes', keepNumberTypes)
  return read(bytes, 0, keepNumberTypes)
}

/**
 * Unpacks what follows the first `offset` bytes, without a copy of them.
 *
 * @throws TupleError with the offset in all of the bytes.
 * @example
 * const users = root.at('users/')
 * const key = tuple.packPrefixed(users.prefix, ['ada', 1])
 * console.log(tuple.unpackFrom(key, users.prefix.length)) // [ 'ada', 1 ]
 */
export function unpackFrom(bytes: Uint8Array, offset: number): UnpackedItem[] {
  checkBytes(bytes)
  checkIntegerWithin('offset', offset, 0, bytes.length)
  return read(bytes, offset, false)
}

function checkBytes(bytes: unknown): void {
  if (bytesIn('the bytes of a tuple', bytes) < 0) {
    throw new TypeError(`unpack takes a Uint8Array, not ${describe(bytes)}`)
  }
}

/**
 * The keys of all tuples that begin with these items and have more.
 *
 * @returns `begin` is inclusive, `end` exclusive.
 * @example
 * const { begin, end } = tuple.range(['user'])
 * const users = await db.getRangeAll(begin, end)
 */
export function range(items?: TupleItem | readonly TupleItem[]): { begin: Buffer; end: Buffer } {
  const packed = pack(items)
  if (isTyped(listOf(items).at(-1), 'user')) {
    throw new TypeError('no tuple has more items than one that ends with a user type')
  }
  return {
    begin: Buffer.concat([packed, rawRange.begin]),
    end: Buffer.concat([packed, rawRange.end]),
  }
}

/**
 * Orders two tuples as their packed forms sort in the database.
 *
 * @returns -1, 0 or 1.
 * @example console.log([['b'], ['a', 1]].sort(tuple.compare)) // [ [ 'a', 1 ], [ 'b' ] ]
 */
export function compare(a: readonly TupleItem[], b: readonly TupleItem[]): number {
  if (!Array.isArray(a)) refuseItems('a', a)
  if (!Array.isArray(b)) refuseItems('b', b)
  return compareItems(a, b)
}

function refuseItems(argument: string, items: unknown): never {
  throw new TypeError(`${argument} must be an array of items, not ${describe(items)}`)
}

/**
 * Puts the stamp of a commit into the tuple it was made for: the unbound versionstamp in `items`, at any
 * depth, becomes a complete one.
 *
 * @param stamp the 10 bytes of the commit.
 * @param code the two bytes that the transaction counted, when the item has no code of its own.
 * @throws TypeError for a stamp of another length, or without a code.
 * @example
 * const key: TupleItem[] = ['log', tuple.unboundVersionstamp(0)]
 * tuple.bakeVersionstamp(key, Buffer.alloc(10, 7), null)
 * console.log(tuple.unpack(tuple.pack(key)).length) // 2
 */
export function bakeVersionstamp(
  items: TupleItem | readonly TupleItem[],
  stamp: Uint8Array,
  code: Uint8Array | null,
): void {
  if (bytesIn('stamp', stamp) < 0) {
    throw new TypeError(`stamp must be a Uint8Array, not ${describe(stamp)}`)
  }
  if (!Array.isArray(items)) {
    if (isItem(items)) return
    throw new TypeError(`items must be a tuple or an item of one, not ${describe(items)}`)
  }
  bake(items as TupleItem[], stamp, code, 0)
}

const isItem = (items: unknown): boolean =>
  items !== undefined && typeof items !== 'symbol' && typeof items !== 'function'

function bake(list: TupleItem[], stamp: Uint8Array, code: Uint8Array | null, depth: number): void {
  if (depth >= MAX_DEPTH) throw new TypeError(`tuples nest at most ${MAX_DEPTH} deep`)
  for (let i = 0; i < list.length; i++) {
    const item = list[i]
    if (Array.isArray(item)) bake(item as TupleItem[], stamp, code, depth + 1)
    else if (isUnbound(item)) list[i] = { type: 'versionstamp', value: complete(item, stamp, code) }
  }
}

type Unbound = Extract<TupleItem, { type: 'unbound versionstamp' }>

function isUnbound(item: TupleItem | undefined): item is Unbound {
  return isTyped(item, 'unbound versionstamp')
}

function isTyped(item: TupleItem | undefined, type: string): boolean {
  return (item as { type?: unknown } | null | undefined)?.type === type
}

function complete(item: Unbound, stamp: Uint8Array, code: Uint8Array | null): Buffer {
  if (stamp.length !== STAMP_BYTES) throw new TypeError('the stamp of a commit has 10 bytes')
  if (item.bits === 80) return Buffer.from(stamp)
  const value = Buffer.alloc(STAMP_BYTES + STAMP_CODE_BYTES)
  value.set(stamp)
  if (item.code !== undefined) value.writeUInt16BE(item.code, STAMP_BYTES)
  else if (code?.length === STAMP_CODE_BYTES) value.set(code, STAMP_BYTES)
  else throw new TypeError('the versionstamp has no code: pass the two bytes that were packed')
  return value
}
