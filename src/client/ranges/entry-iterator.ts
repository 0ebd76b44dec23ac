// How a range is named, and how it is read: batch after batch, or as one call of the C API.
import type { HandOut } from '../attempt/patient-promise.ts'

/** Where batches come from. */
export interface EntrySource<Entry> {
  /** Undefined at the end; a batch may be empty. */
  next(): Promise<Entry[] | undefined>
  /** Half of a batch is taken: the next one will be wanted. */
  askAhead?(): void
  /** No batch is wanted any more. */
  close?(): void
}

const asItIs: HandOut = (promise) => promise

/**
 * Hands out the entries of batches one by one, and fetches the next batch when it runs out. It answers as an async
 * generator does: calls that don't wait for each other in their order; nothing after the end, an error, `return` or
 * `throw`.
 */
export class EntryIterator<Entry> implements AsyncIterableIterator<Entry, undefined> {
  /** Undefined when it is over. */
  #source: EntrySource<Entry> | undefined
  #batch: Entry[] = []
  #at = 0
  /** Once it is there the next batch is asked for. */
  #aheadAt = 0
  /** Settles when the last call that is not answered yet is. */
  #queue: Promise<void> | undefined

  readonly #handOut: HandOut

  /**
   * @param handOut makes of a promise that may reject the one for the caller; without it, it is the caller's as it is.
   */
  constructor(source: EntrySource<Entry>, handOut: HandOut = asItIs) {
    this.#source = source
    this.#handOut = handOut
  }

  next(): Promise<IteratorResult<Entry, undefined>> {
    if (this.#queue === undefined && this.#at < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#take() })
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

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    return this.#handOut(this.#afterOthers(step))
  }

  async #afterOthers<T>(step: () => Promise<T>): Promise<T> {
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
      this.#aheadAt = batch.length >>> 1
    }
    return { done: false, value: this.#take() }
  }

  #take(): Entry {
    if (this.#at === this.#aheadAt) this.#source?.askAhead?.()
    return this.#batch[this.#at++] as Entry
  }

  async #fetch(): Promise<Entry[] | undefined> {
    let batch: Entry[] | undefined
    try {
      batch = await this.#source?.next()
      return batch
    } finally {
      if (batch === undefined) this.#finish()
    }
  }

  #finish(): void {
    this.#source?.close?.()
    this.#source = undefined
    this.#batch = []
    this.#at = 0
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
