/** Flow's PromiseStream and FutureStream: any number of values, in order, from senders to one receiver. */
import { checkInstance } from '../../native/values/arguments.ts'
import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import {
  Belonging,
  BELONGING,
  causeOfDrop,
  dropIn,
  handOn,
  type Owned,
  receive,
} from '../core/belongings.ts'
import {
  BrokenPromiseError,
  ChannelClosedError,
  ChannelFullError,
  EndOfStreamError,
  TaskError,
} from '../core/errors.ts'
import { Fifo } from '../core/fifo.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Shared } from '../waits/wait.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/**
 * Values that wait in one stream, at most, unless its maker says otherwise.
 *
 * @example const requests = new PromiseStream<string>({ limit: STREAM_LIMIT / 10 })
 */
export const STREAM_LIMIT = 1_000_000

class StreamState<T> {
  readonly values = new Fifo<T>()
  readonly waiters = new WaitSet()
  readonly limit: number
  senders = 1
  end: { readonly error: unknown } | undefined
  /** Its FutureStream was dropped; why, when that is known. */
  closed: { readonly cause?: unknown } | undefined

  constructor(limit: number) {
    this.limit = limit
  }

  finish(error: unknown): void {
    if (this.end !== undefined) return
    this.end = { error }
    this.waiters.wakeAll('PromiseStream::end')
  }

  /** The FutureStream was dropped: nobody takes what waits, nor what is sent. */
  close(): void {
    if (this.closed !== undefined) return
    this.closed = causeOfDrop() ?? {}
    while (this.values.size > 0) dropIn(this.values.shift())
    this.waiters.wakeAll('FutureStream::drop')
  }

  /** A sender was dropped. */
  holderGone(): void {
    if (--this.senders > 0) return
    const message = 'broken promise: the last sender of the stream is gone'
    this.finish(new BrokenPromiseError(message, causeOfDrop()))
  }
}

/** How many values a {@link PromiseStream} holds. */
export interface PromiseStreamOptions {
  /** How many values may wait. A send above it throws ChannelFullError. Default: a million. */
  limit?: number
}

const KNOWN = knownOptions<PromiseStreamOptions>('a PromiseStream', { limit: true })

/**
 * The sending end of any number of values, in order. A server shows one for each kind of request.
 *
 * @example
 * const addCount = new PromiseStream<number>()
 * addCount.send(3)
 * console.log(await waitNext(addCount.getFuture()))
 */
export class PromiseStream<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #state: StreamState<T>
  readonly #future: FutureStream<T>
  #mine = true

  constructor(options: PromiseStreamOptions = {}, from?: PromiseStream<T>) {
    checkOptions(KNOWN, options)
    const limit = options.limit ?? STREAM_LIMIT
    if (!(limit >= 1)) throw new RangeError(`limit must be at least 1, not ${shown(limit)}`)
    if (from !== undefined) checkInstance('from', from, PromiseStream)
    this.#state = from === undefined ? new StreamState(limit) : from.#state
    this.#future = from === undefined ? new FutureStream(this.#state) : from.#future
    this[BELONGING] = new Belonging(this, this.#state)
    pin(this, 'a PromiseStream')
  }

  /** Somebody can still receive what is sent. */
  get isWanted(): boolean {
    return this.#state.closed === undefined
  }

  /** Adds a value. @throws ChannelClosedError when its FutureStream was dropped, ChannelFullError at the limit. */
  send(value: T): void {
    this.#check()
    const { values, limit, closed } = this.#state
    if (closed !== undefined) {
      throw new ChannelClosedError('the FutureStream was dropped', value, why(closed))
    }
    if (values.size >= limit) {
      throw new ChannelFullError(`${limit} values wait in the stream already`, value)
    }
    handOn(value)
    values.push(value)
    this.#state.waiters.wakeOne('PromiseStream::send')
  }

  /** Ends the stream: what waits is received first, then this error. Default: EndOfStreamError (1). */
  sendError(error: unknown = new EndOfStreamError('end of stream')): void {
    this.#check()
    this.#state.finish(error)
  }

  #check(): void {
    if (!this.#mine) throw this[BELONGING].refusal('send on a stream that was dropped')
    if (this.#state.end !== undefined) throw new TaskError('send on a stream that has ended')
  }

  /** The receiving end: always the same one. */
  getFuture(): FutureStream<T> {
    return this.#future
  }

  /** One more sender, with an owner of its own. */
  clone(): PromiseStream<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a stream that was dropped')
    this.#state.senders++
    return new PromiseStream<T>({}, this)
  }

  /** Gives it up. When the last one goes, the stream ends with BrokenPromiseError (1100). */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.#state.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(PromiseStream, 'PromiseStream')

const why = (closed: { readonly cause?: unknown }): { readonly cause: unknown } | undefined =>
  'cause' in closed ? { cause: closed.cause } : undefined

/**
 * The receiving end of a {@link PromiseStream}. Waiting for it takes the next value.
 *
 * @example
 * const numbers = new PromiseStream<number>()
 * const stream: FutureStream<number> = numbers.getFuture()
 * numbers.send(1)
 * numbers.sendError() // the end
 * for await (const n of stream) console.log(n)
 */
export class FutureStream<T> extends Shared<T> implements AsyncIterable<T>, Owned {
  /** @internal Without a finalizer: its PromiseStreams have it. */
  readonly [BELONGING]: Belonging
  readonly #state: StreamState<T>

  /** @internal Made by PromiseStream. */
  constructor(state: StreamState<T>) {
    super()
    this.#state = state
    this[BELONGING] = new Belonging(this)
    pin(this, 'a FutureStream')
  }

  /** A value, or the end, is there: waiting takes no time. */
  get isReady(): boolean {
    return this.#state.values.size > 0 || this.#state.end !== undefined
  }

  /** Values that can be taken without waiting. */
  get size(): number {
    return this.#state.values.size
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a FutureStream'
  }

  pollFor(key: object, waker: Waker): T | typeof PENDING {
    const { values, end, waiters, closed } = this.#state
    if (closed !== undefined) {
      throw this[BELONGING].refusal('wait for a FutureStream that was dropped')
    }
    if (values.size > 0) {
      const value = values.shift() as T
      waiters.forget(key, 'FutureStream::poll')
      // Several may wait: the wake of each value reaches one, and goes on from there.
      if (values.size > 0) waiters.wakeOne('FutureStream::poll')
      return receive(value)
    }
    if (end !== undefined) throw end.error
    waiters.register(key, waker, 'FutureStream::poll')
    return PENDING
  }

  forget(key: object): void {
    const { values, waiters } = this.#state
    waiters.forget(key, 'FutureStream::unregister')
    if (values.size > 0) waiters.wakeOne('FutureStream::unregister')
  }

  /** Gives it up, for all who have it: what waits is discarded, and a send throws ChannelClosedError from now on. */
  drop(): void {
    this[BELONGING].end()
    this.#state.close()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }

  /** Every value until the end; a stream that breaks throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let value: T
      try {
        value = await this.wait()
      } catch (error) {
        if (error instanceof EndOfStreamError) return
        throw error
      }
      // Not in the try: an error that is thrown into the generator is no end of the stream.
      yield value
    }
  }
}

kind(FutureStream, 'FutureStream')
