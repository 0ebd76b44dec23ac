import { onAbort } from '../../native/environment/on-abort.ts'
import { unboundVersionstamp } from '../../layers/tuple/tuple-item.ts'
import type { TupleItem } from '../../layers/tuple/tuple-item.ts'
import type { Watch } from '../../client/transaction/watch.ts'
import { keySelector } from '../../client/keys/key-selector.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { bytesIn } from '../../native/values/byte-length.ts'
import { Bell } from '../ground/bell.ts'
import { Once } from '../ground/once.ts'
import { recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RecipeScope } from '../ground/scope.ts'
import { unlessAborted } from '../ground/unless-aborted.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkTransaction } from '../../client/keys/given-scope.ts'

const BATCH = 100

/** Behind and before all messages: no commit has these versions. */
const LAST = [{ type: 'versionstamp', value: Buffer.alloc(12, 0xff) }] as const
const FIRST = [{ type: 'versionstamp', value: Buffer.alloc(12) }] as const

/** A message, and where it stands: pass `cursor` to `subscribe` to go on behind it. */
export interface Message<Value> {
  /** 12 bytes. */
  readonly cursor: Buffer
  /** What was published. */
  readonly value: Value
}

/** Where a subscription begins, and what ends it. */
export interface SubscribeOptions {
  /** `start`, the default: with the oldest message there is. `now`: with the next. Or behind a cursor. */
  readonly from?: 'start' | 'now' | Uint8Array
  /** Ends the subscription. */
  readonly signal?: AbortSignal
}

const KNOWN = knownOptions<SubscribeOptions>('a subscription', { from: true, signal: true })

/**
 * Publish and subscribe: a log of messages in commit order, and a bell that subscribers watch.
 *
 * A subscriber reads what is behind its cursor, and sets the watch in the same transaction: a message
 * that is committed after that read changes the bell and fires the watch, so none is lost in between.
 *
 * Guarantees: a `publish` that resolves is in the log once, also under `commit_unknown_result`. A
 * subscription gives each message once, in commit order. A subscriber that keeps the cursor with its work, in one
 * transaction, handles each message exactly once over restarts. Messages stay until `trim`.
 *
 * @typeParam T what comes out.
 * @typeParam In what goes in, where the encoding of messages takes more than it gives.
 * @example
 * const news = new Topic(db.at('news/').withValueEncoding(encoders.json<{ text: string }>()))
 * await news.publish({ text: 'hello' })
 * for await (const { value, cursor } of news.subscribe()) {
 *   console.log(value.text, cursor)
 *   break
 * }
 */
export class Topic<T, In = T> {
  readonly #messages: RecipeScope<In, T>
  readonly #bell: Bell
  readonly #once: Once

  /** @param db the scope of this topic alone, with the encoding of its messages. */
  constructor(db: AnyScope<In, T>) {
    const scope = recipeScope(db, 'Topic')
    const raw = scope.withValueEncoding()
    this.#messages = scope.at(['message'])
    this.#bell = new Bell(raw.at(['bell']))
    this.#once = new Once(raw.at(['once']))
  }

  /** Appends a message, exactly once, and wakes the subscribers. */
  publish(value: In): Promise<void> {
    return this.#once.run((tn) => this.publishIn(tn, value))
  }

  /** Appends a message as part of a transaction. */
  publishIn(tn: AnyTransaction, value: In): void {
    checkTransaction(tn, 'tn of publishIn')
    tn.at(this.#messages).versionstamps.setKey([unboundVersionstamp()], value, false)
    this.#bell.ringIn(tn)
  }

  /** The messages behind a place, and then each new one as it comes, until the signal aborts. */
  async *subscribe(options: SubscribeOptions = {}): AsyncGenerator<Message<T>, void, undefined> {
    checkOptions(KNOWN, options)
    const { signal } = options
    let after = await this.#begin(options.from, signal)
    while (!hasAborted(signal)) {
      const step = await unlessAborted(this.#readOrWatch(after, signal), signal)
      if (step === undefined) return
      const { messages, watch } = step
      try {
        for (const message of messages) {
          after = message.cursor
          yield message
          if (hasAborted(signal)) return
        }
        if (watch !== undefined) await ended(watch, signal)
      } finally {
        watch?.cancel()
      }
    }
  }

  async #begin(
    from: 'start' | 'now' | Uint8Array = 'start',
    signal: AbortSignal | undefined,
  ): Promise<Buffer | undefined> {
    if (from === 'start') return undefined
    if (from !== 'now') return Buffer.from(checkCursor(from))
    const newest = { limit: 1, reverse: true }
    const reading = this.#messages.doTransaction((tn) => tn.getRangeAllStartsWith([], newest), {
      readOnly: true,
      signal,
    })
    const last = (await unlessAborted(reading, signal))?.[0]
    return last === undefined ? undefined : cursorOf(last[0])
  }

  #readOrWatch(
    after: Buffer | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ messages: Message<T>[]; watch: Watch | undefined }> {
    return this.#messages.doTransaction(
      async (tn) => {
        const messages = await this.#read(tn.snapshot(), after)
        if (messages.length > 0) return { messages, watch: undefined }
        return { messages, watch: await this.#bell.watchIn(tn) }
      },
      { signal },
    )
  }

  async #read(tn: AnyTransaction, after: Buffer | undefined): Promise<Message<T>[]> {
    const scope = tn.at(this.#messages)
    const options = { limit: BATCH }
    const entries =
      after === undefined
        ? await scope.getRangeAllStartsWith([], options)
        : await scope.getRangeAll(keySelector.firstGreaterThan(stampKey(after)), LAST, options)
    return entries.map(([key, value]) => ({ cursor: cursorOf(key), value }))
  }

  /** Takes messages away: those up to the cursor, with it. A subscriber that is not there yet misses them. */
  async trim(upTo: Uint8Array): Promise<void> {
    const last = stampKey(upTo)
    await this.#messages.doOneshot((tn) => {
      tn.clearRange(FIRST, last)
      tn.clear(last)
    })
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

kind(Topic, 'Topic')

function stampKey(cursor: Uint8Array): TupleItem[] {
  return [{ type: 'versionstamp', value: checkCursor(cursor) }]
}

function checkCursor(cursor: unknown): Uint8Array {
  if (bytesIn('a cursor', cursor) === 12) return cursor as Uint8Array
  throw new TypeError('a cursor is the 12 bytes that a message came with')
}

function cursorOf(key: readonly unknown[]): Buffer {
  return (key[0] as { value: Buffer }).value
}

function hasAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** The watch fired, or the signal aborted. */
async function ended(watch: Watch, signal: AbortSignal | undefined): Promise<void> {
  const cancel = (): void => watch.cancel()
  if (signal?.aborted === true) cancel()
  const forget = onAbort(signal, cancel)
  try {
    await watch.promise
  } finally {
    forget()
  }
}
