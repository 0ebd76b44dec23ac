/** Reads of single keys in a view of a transaction. What they read counts for the budget of the attempt. */
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import { TransactionView } from '../attempt/transaction-view.ts'
import { describe } from '../keys/bytes.ts'
import { Subspace } from '../keys/subspace.ts'
import { selectorOf } from '../ranges/range-ends.ts'
import type { RangeBound } from '../ranges/range-ends.ts'

export function readValue<KeyIn, ValOut>(
  view: TransactionView<KeyIn, unknown, never, ValOut>,
  key: KeyIn,
): FdbFuture<ValOut | undefined> {
  const { context, subspace } = view
  const { budget } = context
  budget?.check()
  const packed = subspace.packKey(key)
  const raw = context.handle.get(packed, view.isSnapshot)
  // Plain bytes need no decoder, so the future of the handle is the one that the caller gets.
  if (view.hasPlainValues && budget === undefined) {
    return raw as unknown as FdbFuture<ValOut | undefined>
  }
  return raw.decodeWith((value) => {
    budget?.count(1, packed.length + (value?.length ?? 0))
    return value === undefined ? undefined : subspace.unpackValue(value)
  })
}

/** All keys are packed before the first is asked for, so that a wrong one leaves no read behind. */
export async function readMany<KeyIn, ValOut>(
  view: TransactionView<KeyIn, unknown, never, ValOut>,
  keys: readonly KeyIn[],
): Promise<(ValOut | undefined)[]> {
  if (!Array.isArray(keys)) throw new TypeError(`keys is an array, not ${describe(keys)}`)
  const packed = keys.map((key: KeyIn) => view.subspace.packKey(key))
  const whole = new Subspace<Uint8Array, Buffer, never, ValOut>(
    null,
    undefined,
    view.subspace.valueXf,
  )
  const asBytes = new TransactionView(view.context, whole, view.isSnapshot)
  return await Promise.all(packed.map((key) => readValue(asBytes, key)))
}

/** `decode` gets the bytes of the value as they are. */
export function readBytes<KeyIn, T>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, unknown, never, unknown>,
  key: KeyIn,
  decode: (value: Buffer | undefined) => T,
): FdbFuture<T> {
  const { budget } = context
  budget?.check()
  const packed = subspace.packKey(key)
  return context.handle.get(packed, isSnapshot).decodeWith((value) => {
    budget?.count(1, packed.length + (value?.length ?? 0))
    return decode(value)
  })
}

export function readKey<KeyIn, KeyOut>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, KeyOut, never, unknown>,
  bound: RangeBound<KeyIn>,
): FdbFuture<KeyOut | undefined> {
  const { key, orEqual, offset } = selectorOf(subspace, bound)
  const { budget } = context
  budget?.check()
  return context.handle.getKey(key, orEqual, offset, isSnapshot).decodeWith((found) => {
    budget?.count(1, found.length)
    return found.length === 0 || !subspace.contains(found) ? undefined : subspace.unpackKey(found)
  })
}
