/** Ranges of a view of a transaction, decoded: in batches, one by one, all at once, and as one call of the C API. */
import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type {
  KeyValue,
  RangeOptions,
  RangeResult,
} from '../../future/handles/transaction-handle.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { patientGenerator } from '../attempt/patient-generator.ts'
import { CallLimit, limitAmong } from '../attempt/call-options.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { EntryIterator } from './entry-iterator.ts'
import type { EntrySource } from './entry-iterator.ts'
import { checkPrefix, decodeEntries, selectorOf, selectorsOf } from './range-ends.ts'
import type { RangeBound, RangeStart } from './range-ends.ts'
import { DEFAULT_MAX_BYTES, checkRangeOptions } from './range-options.ts'
import type { RangeReadOptions } from './range-options.ts'
import { RangeReader } from './range-reader.ts'

/** One batch of a range, and whether more may follow. */
export interface RangeBatch<Key, Value> {
  /** In the order of the keys, or against it in a reverse read. */
  results: [key: Key, value: Value][]
  /** The batch ended before the range did. */
  more: boolean
}

function reader<KeyIn>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, unknown, never, unknown>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: RangeReadOptions,
  maxBytes = Infinity,
): RangeReader {
  const ends = selectorsOf(subspace, start, end)
  return new RangeReader(context, isSnapshot, ...ends, options, maxBytes)
}

export function rangeBatches<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: RangeReadOptions = {},
): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
  const batches = eachBatch(view, start, end, options)
  return patientGenerator(batches, (promise) => view.context.handOut(promise))
}

async function* eachBatch<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: RangeReadOptions,
): AsyncGenerator<[KeyOut, ValOut][], void, undefined> {
  const batches = reader(view, start, end, options)
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    yield decodeEntries(view.subspace, batch.results)
  }
}

export function rangeEntries<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: RangeReadOptions = {},
): AsyncIterableIterator<[KeyOut, ValOut]> {
  const batches = reader(view, start, end, options)
  const source: EntrySource<[KeyOut, ValOut]> = {
    next: async () => {
      const batch = await batches.next()
      return batch === undefined ? undefined : decodeEntries(view.subspace, batch.results)
    },
    askAhead: () => batches.askAhead(),
    close: () => batches.close(),
  }
  return new EntryIterator(source, (promise) => view.context.handOut(promise))
}

/** Batches are as large as they come. */
export async function wholeRange<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  start: RangeStart<KeyIn>,
  end: RangeBound<KeyIn> | undefined,
  options: RangeReadOptions = {},
): Promise<[KeyOut, ValOut][]> {
  checkRangeOptions(options)
  const wantAll = { streamingMode: StreamingMode.WantAll, ...options }
  const batches = reader(view, start, end, wantAll, DEFAULT_MAX_BYTES)
  const entries: [KeyOut, ValOut][] = []
  try {
    for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
      batches.askAhead()
      for (const entry of decodeEntries(view.subspace, batch.results)) entries.push(entry)
    }
  } finally {
    batches.close()
  }
  return entries
}

/** All keys that begin with a prefix. */
export async function wholePrefix<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  prefix: KeyPrefix<KeyIn>,
  options: RangeReadOptions | undefined,
): Promise<[KeyOut, ValOut][]> {
  return await wholeRange(view, checkPrefix(prefix), undefined, options)
}

/** What one call asks for. Throws for wrong types before anything is read. */
export function rangeRequest(
  options: RangeReadOptions,
  iteration: number,
  snapshot: boolean,
): RangeOptions {
  checkRangeOptions(options)
  return {
    limit: options.limit ?? 0,
    targetBytes: options.targetBytes ?? 0,
    mode: options.streamingMode ?? StreamingMode.Iterator,
    iteration,
    snapshot,
    reverse: options.reverse ?? false,
  }
}

/** One call of `fdb_transaction_get_range`. */
export function oneBatch<KeyIn, KeyOut, ValIn, ValOut>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  start: RangeBound<KeyIn>,
  end: RangeBound<KeyIn>,
  options: RangeReadOptions,
  iteration: number,
): FdbFuture<RangeBatch<KeyOut, ValOut>> {
  const request = rangeRequest(options, iteration, isSnapshot)
  const { budget } = context
  budget?.check()
  const begin = selectorOf(subspace, start)
  const limit = limitAmong(options, context.environment)
  const raw = context.handle.getRange(begin, selectorOf(subspace, end), request)
  const batch = raw.decodeWith(({ results, more }: RangeResult) => {
    budget?.countEntries(results)
    return { results: decodeEntries(subspace, results), more }
  })
  return CallLimit.apply(limit, batch)
}

/** An entry of a mapped range: the index entry, and the range that the mapper made of it. */
export interface MappedEntry {
  /** Key of the index entry. */
  key: Buffer
  /** Value of the index entry. */
  value: Buffer
  /** What the range holds that the mapper made of it. */
  results: KeyValue[]
}

/** One call of `fdb_transaction_get_mapped_range`. */
export function mappedBatch<KeyIn>(
  { context, subspace, isSnapshot }: TransactionView<KeyIn, unknown, never, unknown>,
  start: RangeBound<KeyIn>,
  end: RangeBound<KeyIn>,
  mapper: Uint8Array,
  options: RangeReadOptions,
  iteration: number,
): FdbFuture<{ results: MappedEntry[]; more: boolean }> {
  const request = rangeRequest(options, iteration, isSnapshot)
  const { budget } = context
  budget?.check()
  const begin = selectorOf(subspace, start)
  const limit = limitAmong(options, context.environment)
  const last = selectorOf(subspace, end)
  const raw = context.handle.getMappedRange(begin, last, mapper, request)
  const batch = raw.decodeWith(({ results, more }) => {
    const entries = results.map(({ key, value, results: mapped }) => {
      budget?.countEntries([[key, value], ...mapped])
      return { key, value, results: mapped }
    })
    return { results: entries, more }
  })
  return CallLimit.apply(limit, batch)
}
