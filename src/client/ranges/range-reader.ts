import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { RangeResult, Selector } from '../../future/handles/transaction-handle.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { CallLimit, limitAmong } from '../attempt/call-options.ts'
import { ReadLimitError } from '../attempt/errors.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { checkRangeOptions } from './range-options.ts'
import type { RangeReadOptions } from './range-options.ts'

/**
 * Reads one range, batch after batch: each goes on behind the last key of the one before.
 * Calls `fdb_transaction_get_range` once a batch.
 */
export class RangeReader {
  readonly #context: TransactionContext
  readonly #snapshot: boolean
  readonly #options: RangeReadOptions
  readonly #maxBytes: number
  readonly #limit: CallLimit | undefined
  #begin: Selector
  #end: Selector
  #left: number
  #iteration = 0
  #bytes = 0
  #done = false
  /** Asked for before anybody wants it. */
  #ahead: FdbFuture<RangeResult> | undefined

  constructor(
    context: TransactionContext,
    snapshot: boolean,
    begin: Selector,
    end: Selector,
    options: RangeReadOptions,
    maxBytes: number,
  ) {
    checkRangeOptions(options)
    this.#context = context
    this.#snapshot = snapshot
    this.#begin = begin
    this.#end = end
    this.#options = options
    this.#maxBytes = options.maxBytes ?? maxBytes
    this.#left = options.limit ?? 0
    this.#limit = limitAmong(options, context.environment)
  }

  /** The next batch, which has not looked at its keys and values yet; undefined when nothing is left. */
  async next(): Promise<RangeResult | undefined> {
    if (this.#done) return undefined
    const { budget } = this.#context
    budget?.check()
    const batch = this.#ahead ?? this.#ask()
    this.#ahead = undefined
    const result = await CallLimit.apply(this.#limit, batch)
    budget?.countEntries(result.results)
    this.#advance(result)
    return result
  }

  /**
   * Asks for the batch behind the last one, now. It belongs to this reader until `next` gives it, or `close`. Where it can't
   * be asked, `next` says why.
   */
  askAhead(): void {
    const { budget, handle } = this.#context
    if (this.#done || this.#ahead !== undefined || budget !== undefined || handle.destroyed) return
    try {
      this.#ahead = this.#ask()
      this.#ahead.start()
      handle.submitNow()
    } catch (_refused) {
      this.#giveBack()
    }
  }

  /** What was asked ahead is given back, and nothing follows. */
  close(): void {
    this.#done = true
    this.#giveBack()
  }

  #giveBack(): void {
    this.#ahead?.[Symbol.dispose]()
    this.#ahead = undefined
  }

  #ask(): FdbFuture<RangeResult> {
    const {
      targetBytes = 0,
      streamingMode = StreamingMode.Iterator,
      reverse = false,
    } = this.#options
    return this.#context.handle.getRange(this.#begin, this.#end, {
      limit: this.#left,
      targetBytes,
      mode: streamingMode,
      iteration: ++this.#iteration,
      snapshot: this.#snapshot,
      reverse,
    })
  }

  #advance({ count, bytes, lastKey, more }: RangeResult): void {
    this.#done = !more
    // A batch may be empty and still have more behind it: then the same range is asked again.
    if (lastKey === undefined) return
    this.#count(bytes)
    if (this.#options.reverse === true) this.#end = { key: lastKey, orEqual: false, offset: 1 }
    else this.#begin = { key: lastKey, orEqual: true, offset: 1 }
    if (this.#left > 0) {
      this.#left -= count
      if (this.#left <= 0) this.#done = true
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#maxBytes) {
      throw new ReadLimitError('the range', this.#maxBytes, this.#bytes)
    }
  }
}
