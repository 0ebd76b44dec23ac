import { unpack } from '../../layers/tuple/tuple.ts'

/** Stands for the rest of a key, and makes a range of it. */
const RANGE = '{...}'
/** A part of the index entry that is counted from behind, which mappers don't have. */
const NEGATIVE = /^\{[KV]\[\s*-.*\]\}$/s

/**
 * Refuses mappers that harm a real cluster: its servers, which take them in, are not prepared for them. What else is
 * wrong with a mapper the cluster says.
 */
export function checkMapper(mapper: Uint8Array): Uint8Array {
  const items = textsOf(mapper)
  if (items.length === 1 && items[0] === RANGE) {
    throw new TypeError(
      'a mapper that is only {...} names all keys there are, and stops the storage servers of a real cluster: ' +
        'begin it with what the keys begin with',
    )
  }
  const negative = items.find((item) => NEGATIVE.test(item))
  if (negative === undefined) return mapper
  throw new TypeError(
    `a mapper counts from 0, and ${negative} may harm a real cluster: give the place from the front`,
  )
}

/** Its texts, as the cluster reads them: of text and of bytes. None when it is no tuple, which the cluster says. */
function textsOf(mapper: Uint8Array): string[] {
  let items: readonly unknown[]
  try {
    items = unpack(Buffer.from(mapper))
  } catch {
    return []
  }
  return items.map((item) => (Buffer.isBuffer(item) ? item.toString('latin1') : String(item)))
}
