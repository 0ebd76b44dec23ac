import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { allKeys } from '../keys/all-keys.ts'
import { strNext } from '../keys/bytes.ts'
import { root } from '../keys/subspace.ts'
import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { Subspace } from '../keys/subspace.ts'
import { byteRange, decodeEntries } from '../ranges/range-ends.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { Bounds } from './long-scan.ts'
import { keyOfCursor, pageCursor } from './page-cursor.ts'
import type { PagedRange } from './page-cursor.ts'

/** Which part of a scope, and how much of it. */
export interface PageOptions<KeyIn> extends CallOptions {
  /** The cursor of the page before; without it, the first page. */
  readonly after?: string | undefined
  /** At most this many entries, 1 to 10,000; 100 unless set. */
  readonly limit?: number
  /** From the last key to the first. */
  readonly reverse?: boolean
  /** Where the range begins: a key, and without an `end` a prefix. All keys of the scope unless set. */
  readonly start?: KeyPrefix<KeyIn>
  /** Where the range ends; the key itself is not part of it. */
  readonly end?: KeyPrefix<KeyIn>
}

/** A part of a range. */
export interface Page<Key, Value> {
  /** In the order of the keys, or against it in a reverse read. */
  readonly entries: [key: Key, value: Value][]
  /**
   * Pass it as `after` for the next page, also in another process: text that can stand in a URL. Undefined when
   * nothing was left at the time.
   */
  readonly cursor: string | undefined
}

const KNOWN = knownOptions<PageOptions<unknown>>('page', {
  after: true,
  limit: true,
  reverse: true,
  start: true,
  end: true,
  signal: true,
  timeout: true,
})
const DEFAULT_LIMIT = 100
const MOST = 10_000

/** One read in a transaction of its own. */
type Read = <T>(body: (tn: Pick<Transaction, 'at'>) => PromiseLike<T>) => Promise<T>

/**
 * One page, in one transaction.
 *
 * @param tenant undefined for the database itself.
 */
export async function readPage<KeyIn, KeyOut, ValOut>(
  subspace: Subspace<KeyIn, KeyOut, never, ValOut>,
  tenant: Uint8Array | undefined,
  read: Read,
  options: PageOptions<KeyIn> = {},
): Promise<Page<KeyOut, ValOut>> {
  checkOptions(KNOWN, options)
  const { limit = DEFAULT_LIMIT, reverse = false } = options
  checkLimit(limit)
  const range: PagedRange = {
    tenant,
    prefix: subspace.prefix,
    bounds: boundsOf(subspace, options),
    reverse,
  }
  const { begin, end } = restOf(range, options.after)
  // One more than asked for tells whether there is another page.
  const found = await read((tn) =>
    tn.at(root).getRangeAll(begin, end, { limit: limit + 1, reverse }),
  )
  const entries = found.slice(0, limit)
  const cursor = found.length > limit ? pageCursor(range, entries.at(-1)![0]) : undefined
  return { entries: decodeEntries(subspace, entries), cursor }
}

function boundsOf<KeyIn>(
  subspace: Subspace<KeyIn, unknown, never, unknown>,
  { start, end }: PageOptions<KeyIn>,
): Bounds {
  if (start !== undefined) return byteRange(subspace, start, end)
  const all = byteRange(subspace, allKeys, undefined)
  return end === undefined ? all : { begin: all.begin, end: subspace.packKey(end) }
}

function restOf(range: PagedRange, after: string | undefined): Bounds {
  const { bounds, reverse } = range
  if (after === undefined) return bounds
  const key = keyOfCursor(range, after)
  return reverse ? { begin: bounds.begin, end: key } : { begin: strNext(key), end: bounds.end }
}

function checkLimit(limit: unknown): void {
  if (Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= MOST) return
  throw new TypeError(`limit of a page is an integer from 1 to ${MOST}, not ${String(limit)}`)
}
