/** Several ranges of a view of a transaction, as one promise. */
import type { RangeResult } from '../../future/handles/transaction-handle.ts'
import type { AskedRead } from '../../future/handles/owned-read.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { checkArray } from '../../native/values/arguments.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { limitAmong } from '../attempt/call-options.ts'
import { ReadLimitError } from '../attempt/errors.ts'
import { JointRead } from '../attempt/joint-read.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { decodeEntries, selectorsOf } from './range-ends.ts'
import type { RangeBound, RangeStart } from './range-ends.ts'
import { RangeCursor } from './range-cursor.ts'
import { DEFAULT_MAX_BYTES, checkRangeOptions } from './range-options.ts'
import type { RangeReadOptions } from './range-options.ts'

/** One of the ranges that `getRanges` reads. Its ends are those of `getRange`. */
export interface OneRange<Key> {
  /** A key or selector; without an `end`, a prefix. `allKeys` for all keys of the scope. */
  readonly start: RangeStart<Key>
  /** A key or selector; the key itself is not part of the range. */
  readonly end?: RangeBound<Key> | undefined
}

/** Batches under way at one time: what lies in memory and is not counted yet is so many of them. */
const MOST_AT_ONCE = 256

const KNOWN = knownOptions<OneRange<unknown>>('one of the ranges', { start: true, end: true })

/** All ends are packed before the first range is asked for, so that a wrong one leaves no read behind. */
export async function readRanges<KeyIn, KeyOut, ValIn, ValOut>(
  view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>,
  ranges: readonly OneRange<KeyIn>[],
  options: RangeReadOptions = {},
): Promise<[KeyOut, ValOut][][]> {
  checkArray('ranges', ranges)
  checkRangeOptions(options)
  const { subspace, context, isSnapshot } = view
  const wantAll = { streamingMode: StreamingMode.WantAll, ...options }
  const cursors = Array.from(ranges, (range) => {
    if (range === undefined) throw new TypeError('one of the ranges is undefined')
    checkOptions(KNOWN, range)
    return new RangeCursor(isSnapshot, ...selectorsOf(subspace, range.start, range.end), wantAll)
  })
  context.budget?.check()
  if (cursors.length === 0) return []
  return await new ManyRanges(view, cursors, options.maxBytes ?? DEFAULT_MAX_BYTES).begin(
    limitAmong(options, context.environment),
  )
}

class ManyRanges<KeyOut, ValOut> extends JointRead<[KeyOut, ValOut][][]> {
  readonly #view: TransactionView<never, KeyOut, never, ValOut>
  readonly #cursors: readonly RangeCursor[]
  readonly #maxBytes: number
  readonly #entries: [KeyOut, ValOut][][]
  #bytes = 0
  /** The range that is asked for next. */
  #next = 0
  /** Ranges that are not read to their end. */
  #left: number

  readonly asked: JointRead<unknown>['asked']

  constructor(
    view: TransactionView<never, KeyOut, never, ValOut>,
    cursors: readonly RangeCursor[],
    maxBytes: number,
  ) {
    super()
    this.#view = view
    this.#cursors = cursors
    this.#maxBytes = maxBytes
    this.#entries = cursors.map(() => [])
    this.#left = cursors.length
    this.asked = { operation: 'getRange', key: cursors[0]?.begin.key }
  }

  protected ask(): void {
    while (this.#next < Math.min(MOST_AT_ONCE, this.#cursors.length)) this.#askFor(this.#next++)
  }

  #askFor(which: number): void {
    const cursor = this.#cursors[which] as RangeCursor
    const options = cursor.nextOptions()
    const owner = {
      answered: (batch: RangeResult): void => this.#answered(which, read, batch),
      failed: (error: unknown): void => this.fail(error),
    }
    const { handle } = this.#view.context
    const read: AskedRead = handle.readRange(cursor.begin, cursor.end, options, owner)
    this.add(read)
  }

  #answered(which: number, read: AskedRead, batch: RangeResult): void {
    this.remove(read)
    try {
      this.#take(which, batch)
      // Whose code decodes may have ended it.
      if (!this.isOver) this.#goOn(which)
    } catch (problem) {
      this.fail(problem)
    }
  }

  #take(which: number, batch: RangeResult): void {
    const { context, subspace } = this.#view
    context.budget?.countEntries(batch.results)
    this.#bytes += batch.bytes
    if (this.#bytes > this.#maxBytes) {
      throw new ReadLimitError('the ranges', this.#maxBytes, this.#bytes)
    }
    this.#cursors[which]?.advance(batch)
    const entries = this.#entries[which] as [KeyOut, ValOut][]
    for (const entry of decodeEntries(subspace, batch.results)) entries.push(entry)
  }

  #goOn(which: number): void {
    if (this.#cursors[which]?.done === false) return this.#askFor(which)
    this.#left--
    if (this.#left === 0) this.succeed(this.#entries)
    else if (this.#next < this.#cursors.length) this.#askFor(this.#next++)
  }
}
