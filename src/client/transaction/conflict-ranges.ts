import type { KeyRange } from '../../future/handles/transaction-handle.ts'
import type { Transaction } from './transaction.ts'

/** Where the client keeps the ranges of a transaction, among the special keys. */
export const CONFLICT_SPACES = {
  conflicting: '/transaction/conflicting_keys/',
  read: '/transaction/read_conflict_range/',
  write: '/transaction/write_conflict_range/',
} as const

const SPECIAL = Buffer.from([0xff, 0xff])
/** The value of the key that begins a range; that of its end is `0`. */
const BEGINS = '1'

/**
 * Reads ranges from the special keys: a key where each begins and one where it ends, behind the name of
 * the space. `tn` is a view of the whole key space.
 */
export async function readConflictRanges(
  tn: Transaction,
  space: keyof typeof CONFLICT_SPACES,
): Promise<KeyRange[]> {
  const prefix = Buffer.concat([SPECIAL, Buffer.from(CONFLICT_SPACES[space])])
  const ranges: KeyRange[] = []
  let begin: Buffer | undefined
  const markers = await tn.getRangeAll(prefix, Buffer.concat([prefix, SPECIAL]))
  for (const [marker, value] of markers) {
    const key = marker.subarray(prefix.length)
    if (value.toString() === BEGINS) begin ??= key
    else if (begin !== undefined) {
      ranges.push({ begin, end: key })
      begin = undefined
    }
  }
  return ranges
}
