/** Reads of single keys in a view of a transaction. What they read counts for the budget of the attempt. */
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import { CallLimit, limitOf } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { selectorOf } from '../ranges/range-ends.ts'
import type { RangeBound } from '../ranges/range-ends.ts'

export function readValue<KeyIn, ValOut>(
  view: TransactionView<KeyIn, unknown, never, ValOut>,
  key: KeyIn,
  limit?: CallLimit,
): FdbFuture<ValOut | undefined> {
  const { context, subspace } = view
  const packed = subspace.packKey(key)
  const { budget } = context
  budget?.check()
  const raw = context.handle.get(packed, view.isSnapshot)
  // Plain bytes need no decoder, so the future of the handle is the one that the caller gets.
  if (view.hasPlainValues && budget === undefined) {
    return CallLimit.apply(limit, raw as unknown as FdbFuture<ValOut | undefined>)
  }
  const decoded = raw.decodeWith((value) => {
    budget?.count(1, packed.length + (value?.length ?? 0))
    return value === undefined ? undefined : subspace.decodeValue(value, packed)
  })
  return CallLimit.apply(limit, decoded)
}

/** `decode` gets the bytes of the value as they are, and those of the key. */
export function readBytes<KeyIn, T>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, unknown, never, unknown>,
  key: KeyIn,
  decode: (value: Buffer | undefined, packed: Uint8Array) => T,
  options?: CallOptions,
): FdbFuture<T> {
  const { budget } = context
  budget?.check()
  const packed = subspace.packKey(key)
  const limit = limitOf(options, context.environment)
  const decoded = context.handle.get(packed, isSnapshot).decodeWith((value) => {
    budget?.count(1, packed.length + (value?.length ?? 0))
    return decode(value, packed)
  })
  return CallLimit.apply(limit, decoded)
}

export function readKey<KeyIn, KeyOut>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, KeyOut, never, unknown>,
  bound: RangeBound<KeyIn>,
  options?: CallOptions,
): FdbFuture<KeyOut | undefined> {
  const { key, orEqual, offset } = selectorOf(subspace, bound)
  const { budget } = context
  budget?.check()
  const limit = limitOf(options, context.environment)
  const raw = context.handle.getKey(key, orEqual, offset, isSnapshot)
  const decoded = raw.decodeWith((found) => {
    budget?.count(1, found.length)
    return found.length === 0 || !subspace.contains(found) ? undefined : subspace.decodeKey(found)
  })
  return CallLimit.apply(limit, decoded)
}
