import type {
  RangeOptions,
  RangeResult,
  Selector,
} from '../../future/handles/transaction-handle.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import type { RangeReadOptions } from './range-options.ts'

/** Where the read of a range is: each batch goes on behind the last key of the one before. */
export class RangeCursor {
  readonly #snapshot: boolean
  readonly #options: RangeReadOptions
  #begin: Selector
  #end: Selector
  #left: number
  #iteration = 0
  #done = false

  /** The options were checked. */
  constructor(snapshot: boolean, begin: Selector, end: Selector, options: RangeReadOptions) {
    this.#snapshot = snapshot
    this.#begin = begin
    this.#end = end
    this.#options = options
    this.#left = options.limit ?? 0
  }

  /** Nothing is left, or nothing more is wanted. */
  get done(): boolean {
    return this.#done
  }

  get begin(): Selector {
    return this.#begin
  }

  get end(): Selector {
    return this.#end
  }

  /** What the next batch is asked with. */
  nextOptions(): RangeOptions {
    const { targetBytes = 0, streamingMode, reverse = false } = this.#options
    return {
      limit: this.#left,
      targetBytes,
      mode: streamingMode ?? StreamingMode.Iterator,
      iteration: ++this.#iteration,
      snapshot: this.#snapshot,
      reverse,
    }
  }

  /** The batch is there. One may be empty and still have more behind it: then the same range is asked again. */
  advance({ count, lastKey, more }: RangeResult): void {
    this.#done = !more
    if (lastKey === undefined) return
    if (this.#options.reverse === true) this.#end = { key: lastKey, orEqual: false, offset: 1 }
    else this.#begin = { key: lastKey, orEqual: true, offset: 1 }
    if (this.#left === 0) return
    this.#left -= count
    if (this.#left <= 0) this.#done = true
  }

  /** No batch is wanted any more. */
  close(): void {
    this.#done = true
  }
}
