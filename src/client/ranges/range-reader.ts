import type { KeyValue, RangeResult, Selector } from '../../future/handles/transaction-handle.ts'
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

  get done(): boolean {
    return this.#done
  }

  /** The next keys and values; none when nothing is left. */
  async next(): Promise<KeyValue[]> {
    if (this.#done) return []
    const {
      targetBytes = 0,
      streamingMode = StreamingMode.Iterator,
      reverse = false,
    } = this.#options
    const { handle, budget } = this.#context
    budget?.check()
    const batch = handle.getRange(this.#begin, this.#end, {
      limit: this.#left,
      targetBytes,
      mode: streamingMode,
      iteration: ++this.#iteration,
      snapshot: this.#snapshot,
      reverse,
    })
    const result = await CallLimit.apply(this.#limit, batch)
    budget?.countEntries(result.results)
    this.#advance(result, reverse)
    return result.results
  }

  #advance({ results, more }: RangeResult, reverse: boolean): void {
    const last = results.at(-1)
    this.#done = !more
    // A batch may be empty and still have more behind it: then the same range is asked again.
    if (last === undefined) return
    this.#count(results)
    if (reverse) this.#end = { key: last[0], orEqual: false, offset: 1 }
    else this.#begin = { key: last[0], orEqual: true, offset: 1 }
    if (this.#left > 0) {
      this.#left -= results.length
      if (this.#left <= 0) this.#done = true
    }
  }

  #count(results: KeyValue[]): void {
    for (const [key, value] of results) this.#bytes += key.length + value.length
    if (this.#bytes > this.#maxBytes) {
      throw new ReadLimitError('the range', this.#maxBytes, this.#bytes)
    }
  }
}
