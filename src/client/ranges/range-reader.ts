import type { KeyValue, RangeResult, Selector } from '../../future/handles/transaction-handle.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { describe } from '../keys/bytes.ts'
import { ReadLimitError } from '../attempt/errors.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'

/** How a range is read. */
export interface RangeReadOptions {
  /** At most this many keys; 0, the default, for all. */
  limit?: number
  /** From the last key to the first. */
  reverse?: boolean
  /** How much a batch holds; `StreamingMode.Iterator` unless set. */
  streamingMode?: StreamingMode
  /** A batch ends once it has this many bytes; 0, the default, leaves it to the streaming mode. */
  targetBytes?: number
  /** The whole read stops with a ReadLimitError above this many bytes of keys and values. */
  maxBytes?: number
}

/** What `getRangeAll` takes at most, unless `maxBytes` says something else: 256 MiB. */
export const DEFAULT_MAX_BYTES = 256 * 1024 * 1024

const MAX_LIMIT = 2 ** 31 - 1

function checkCount(value: number | undefined, what: string): number {
  if (value === undefined) return 0
  if (Number.isInteger(value) && value >= 0 && value <= MAX_LIMIT) return value
  const got = typeof value === 'number' ? value : describe(value)
  throw new TypeError(`${what} of a range is an integer from 0 to ${MAX_LIMIT}, not ${got}`)
}

function checkMode(mode: StreamingMode): StreamingMode {
  if (Object.values(StreamingMode).includes(mode)) return mode
  throw new TypeError(`streamingMode of a range is one of StreamingMode, not ${String(mode)}`)
}

/** Throws for wrong types before anything is read. */
export function checkRangeOptions(options: RangeReadOptions): void {
  checkCount(options.limit, 'limit')
  checkCount(options.targetBytes, 'targetBytes')
  if (options.streamingMode !== undefined) checkMode(options.streamingMode)
  const { maxBytes } = options
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes >= 0)) {
    throw new TypeError('maxBytes of a range is a number of bytes')
  }
}

/**
 * Reads one range, batch after batch: each goes on behind the last key of the one before.
 * Calls `fdb_transaction_get_range` once a batch.
 */
export class RangeReader {
  readonly #context: TransactionContext
  readonly #snapshot: boolean
  readonly #options: RangeReadOptions
  readonly #maxBytes: number
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
    const result = await handle.getRange(this.#begin, this.#end, {
      limit: this.#left,
      targetBytes,
      mode: streamingMode,
      iteration: ++this.#iteration,
      snapshot: this.#snapshot,
      reverse,
    })
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

/**
 * Hands out the entries of batches one by one, and fetches the next batch when it runs out. It answers as an async
 * generator does: calls that don't wait for each other in their order; nothing after the end, an error, `return` or
 * `throw`.
 */
export class EntryIterator<Entry> implements AsyncIterableIterator<Entry, undefined> {
  /** Undefined when it is over. */
  #nextBatch: (() => Promise<Entry[] | undefined>) | undefined
  #batch: Entry[] = []
  #at = 0
  /** Settles when the last call that is not answered yet is. */
  #queue: Promise<void> | undefined

  /** @param nextBatch undefined at the end; a batch may be empty. */
  constructor(nextBatch: () => Promise<Entry[] | undefined>) {
    this.#nextBatch = nextBatch
  }

  next(): Promise<IteratorResult<Entry, undefined>> {
    if (this.#queue === undefined && this.#at < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#at++]! })
    }
    return this.#inTurn(() => this.#fill())
  }

  return(value?: PromiseLike<undefined>): Promise<IteratorResult<Entry, undefined>> {
    return this.#inTurn(async () => {
      this.#finish()
      return { done: true, value: await value }
    })
  }

  throw(error?: unknown): Promise<IteratorResult<Entry, undefined>> {
    return this.#inTurn(() => {
      this.#finish()
      throw error
    })
  }

  /** Its promise is the caller's alone: an error that the caller doesn't look at is an unhandled rejection. */
  async #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const before = this.#queue
    let leave!: () => void
    const turn = new Promise<void>((resolve) => (leave = resolve))
    this.#queue = turn
    try {
      if (before !== undefined) await before
      return await step()
    } finally {
      if (this.#queue === turn) this.#queue = undefined
      leave()
    }
  }

  async #fill(): Promise<IteratorResult<Entry, undefined>> {
    while (this.#at >= this.#batch.length) {
      const batch = await this.#fetch()
      if (batch === undefined) return { done: true, value: undefined }
      this.#batch = batch
      this.#at = 0
    }
    return { done: false, value: this.#batch[this.#at++]! }
  }

  async #fetch(): Promise<Entry[] | undefined> {
    let batch: Entry[] | undefined
    try {
      batch = await this.#nextBatch?.()
      return batch
    } finally {
      if (batch === undefined) this.#finish()
    }
  }

  #finish(): void {
    this.#nextBatch = undefined
    this.#batch = []
    this.#at = 0
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
