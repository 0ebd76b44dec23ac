import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { RangeResult, Selector } from '../../future/handles/transaction-handle.ts'
import { CallLimit, limitAmong } from '../attempt/call-options.ts'
import { ReadLimitError } from '../attempt/errors.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { RangeCursor } from './range-cursor.ts'
import { checkRangeOptions } from './range-options.ts'
import type { RangeReadOptions } from './range-options.ts'

/**
 * Reads one range, batch after batch: each goes on behind the last key of the one before.
 * Calls `fdb_transaction_get_range` once a batch.
 */
export class RangeReader {
  readonly #context: TransactionContext
  readonly #maxBytes: number
  readonly #limit: CallLimit | undefined
  readonly #cursor: RangeCursor
  #bytes = 0
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
    this.#cursor = new RangeCursor(snapshot, begin, end, options)
    this.#maxBytes = options.maxBytes ?? maxBytes
    this.#limit = limitAmong(options, context.environment)
  }

  /** The next batch, which has not looked at its keys and values yet; undefined when nothing is left. */
  async next(): Promise<RangeResult | undefined> {
    if (this.#cursor.done) return undefined
    const { budget } = this.#context
    budget?.check()
    const batch = this.#ahead ?? this.#ask()
    this.#ahead = undefined
    const result = await CallLimit.apply(this.#limit, batch)
    budget?.countEntries(result.results)
    this.#cursor.advance(result)
    this.#count(result.bytes)
    return result
  }

  /**
   * Asks for the batch behind the last one, now. It belongs to this reader until `next` gives it, or `close`. Where it can't
   * be asked, `next` says why.
   */
  askAhead(): void {
    const { budget, handle } = this.#context
    if (this.#cursor.done || this.#ahead !== undefined || budget !== undefined || handle.destroyed)
      return
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
    this.#cursor.close()
    this.#giveBack()
  }

  #giveBack(): void {
    this.#ahead?.[Symbol.dispose]()
    this.#ahead = undefined
  }

  #ask(): FdbFuture<RangeResult> {
    const options = this.#cursor.nextOptions()
    return this.#context.handle.getRange(this.#cursor.begin, this.#cursor.end, options)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#maxBytes) {
      throw new ReadLimitError('the range', this.#maxBytes, this.#bytes)
    }
  }
}
