// Ranges of a database in calls of its own: they may take longer than a transaction lasts.
import type { KeyValue, Selector } from '../../future/handles/transaction-handle.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { strNext } from '../keys/bytes.ts'
import { keySelector } from '../keys/key-selector.ts'
import type { Subspace } from '../keys/subspace.ts'
import { decodeEntries, selectorsOf } from '../ranges/range-ends.ts'
import type { RangeBound, RangeStart } from '../ranges/range-ends.ts'
import { checkRangeOptions } from '../ranges/range-options.ts'
import { scan } from './long-scan.ts'
import type { Bounds, ScanScope, ScannedDatabase } from './long-scan.ts'

/** How a range is read over more than one transaction. */
export interface ScanOptions {
  /** At most this many keys; 0, the default, for all. */
  readonly limit?: number
  /** From the last key to the first. */
  readonly reverse?: boolean
  /** Ends the read, which throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** How a range is counted. */
export type CountOptions = Pick<ScanOptions, 'signal'>

const SCAN = knownOptions<ScanOptions>('getRange of a database', {
  limit: true,
  reverse: true,
  signal: true,
})
const COUNT = knownOptions<CountOptions>('count', { signal: true })

/** Keys of one batch, at most. */
const BATCH = 1000

/** A database whose selectors can be resolved. */
interface SelectingDatabase extends ScannedDatabase {
  getKey(selector: RangeBound<Uint8Array>, options?: CallOptions): Promise<Buffer | undefined>
}

/** A scope of such a database. */
export interface SelectingScope<KeyIn, KeyOut, ValIn, ValOut> extends ScanScope<
  KeyIn,
  KeyOut,
  ValIn,
  ValOut
> {
  getRoot(): SelectingDatabase
}

/** The entries one by one. Wrong arguments throw at once. */
export function scanEntries<KeyIn, KeyOut, ValOut>(
  db: SelectingScope<KeyIn, KeyOut, never, ValOut>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: ScanOptions = {},
): AsyncIterableIterator<[KeyOut, ValOut]> {
  checkOptions(SCAN, options)
  const { limit = 0, reverse = false, signal } = options
  checkRangeOptions({ limit, reverse })
  const subspace = db.getSubspace()
  const batches = scanBetween(db.getRoot(), selectorsOf(subspace, start, end), {
    reverse,
    batchKeys: limit > 0 ? Math.min(limit, BATCH) : BATCH,
    ...(signal !== undefined && { signal }),
  })
  return firstEntries(batches, subspace, limit > 0 ? limit : Infinity)
}

async function* firstEntries<KeyOut, ValOut>(
  batches: AsyncIterable<KeyValue[]>,
  subspace: Subspace<never, KeyOut, never, ValOut>,
  limit: number,
): AsyncGenerator<[KeyOut, ValOut], void, undefined> {
  let left = limit
  for await (const batch of batches) {
    yield* decodeEntries(subspace, batch.slice(0, left))
    left -= batch.length
    if (left <= 0) return
  }
}

/** How many keys there are. */
export async function scanCount<KeyIn>(
  db: SelectingScope<KeyIn, unknown, never, unknown>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: CountOptions = {},
): Promise<number> {
  checkOptions(COUNT, options)
  let count = 0
  const selectors = selectorsOf(db.getSubspace(), start, end)
  for await (const batch of scanBetween(db.getRoot(), selectors, options)) count += batch.length
  return count
}

async function* scanBetween(
  db: SelectingDatabase,
  [begin, end]: readonly [Selector, Selector],
  options: Parameters<typeof scan>[2],
): ReturnType<typeof scan> {
  const { signal } = options
  const bounds: Bounds = {
    begin: await keyOf(db, begin, signal),
    end: await keyOf(db, end, signal),
  }
  yield* scan(db, bounds, options)
}

/** What a selector means is found out once, so that it stays the same for all transactions. */
async function keyOf(
  db: SelectingDatabase,
  { key, orEqual, offset }: Selector,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (offset === 1) return orEqual ? strNext(key) : key
  return (await db.getKey(keySelector(key, orEqual, offset), { signal })) ?? Buffer.alloc(0)
}
