/** From a Fwd to a stream: what is sent waits in a queue, and comes out of the stream. */
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import {
  Belonging,
  BELONGING,
  causeOfDrop,
  dropIn,
  type Owned,
  receive,
  type Remains,
} from '../core/belongings.ts'
import { ChannelFullError } from '../core/errors.ts'
import { ValueReceiver } from '../channels/value-receiver.ts'
import { Fifo } from '../core/fifo.ts'
import { WaitSet } from '../core/wait-set.ts'
import { STREAM_LIMIT } from '../flow/promise-stream.ts'
import { actorFailed, dropWholeTask, type Result } from './failure.ts'
import { Fwd } from './fwd.ts'
import type { Maybe } from './ret.ts'
import type { Stream } from './stream-to-fwd.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/** How a stream that a Fwd feeds gets more values, and how many it holds. */
export interface FwdToStreamOptions {
  /**
   * Called whenever the reader finds the queue empty, at most once until something is sent: push some more. One
   * value a call makes it a pull pipe.
   */
  refill?: Fwd<void>
  /** How many values may wait. A send above it throws ChannelFullError, and the stream goes on. Default: a million. */
  limit?: number
}

const KNOWN = knownOptions<FwdToStreamOptions>('fwdToStream', { refill: true, limit: true })

/**
 * Fwd to stream: what is sent comes out of the stream; `undefined` ends it. If the last Fwd goes before the end,
 * the task that reads is dropped. If the stream is dropped before the end, the Fwd is told: a send throws
 * ChannelClosedError, and its `onAbandoned` calls back.
 *
 * @throws RangeError for a limit below 1.
 * @example
 * const { fwd, stream } = fwdToStream<number>()
 * fwd.fwd({ value: 1 })
 * fwd.fwd(undefined) // the end
 * console.log((await stream.next()).value)
 */
export function fwdToStream<T>(options: FwdToStreamOptions = {}): {
  fwd: Fwd<Maybe<T>>
  stream: FwdStream<T>
} {
  const queue = new StreamQueue<T>(options)
  return { fwd: queue.fwd, stream: new FwdStream(queue) }
}

/**
 * Like {@link fwdToStream}; if the last Fwd goes before the end, an error value comes, then the end.
 *
 * @example
 * const { fwd, stream } = fwdToStreamResult<number>()
 * fwd.drop()
 * const { value } = await stream.next()
 * console.log(value?.ok) // false
 */
export function fwdToStreamResult<T>(options: FwdToStreamOptions = {}): {
  fwd: Fwd<Maybe<T>>
  stream: FwdResultStream<T>
} {
  const queue = new StreamQueue<T>(options)
  return { fwd: queue.fwd, stream: new FwdResultStream(queue) }
}

const UNFINISHED = 'its Fwd was dropped before the end'

class StreamQueue<T> {
  readonly values = new Fifo<T>()
  readonly waiters = new WaitSet()
  end: 'ended' | 'failed' | 'dropped' | undefined
  /** Why it failed, when that is known. */
  cause: { readonly cause: unknown } | undefined
  readonly fwd: Fwd<Maybe<T>>
  readonly #refill: Fwd<void> | undefined
  readonly #limit: number
  #asked = false
  /** Of the stream. */
  readonly receiving: Remains = { holderGone: () => this.drop() }

  constructor(options: FwdToStreamOptions) {
    checkOptions(KNOWN, options)
    this.#refill = options.refill
    this.#limit = options.limit ?? STREAM_LIMIT
    if (!(this.#limit >= 1))
      throw new RangeError(`limit must be at least 1, not ${shown(this.#limit)}`)
    this.fwd = new Fwd<Maybe<T>>(
      (maybe) => this.#take(maybe),
      () => this.#finish('failed'),
    )
  }

  /** Its reader is gone: what waits is discarded, and whoever sends is told. */
  drop(): void {
    while (this.values.size > 0) dropIn(this.values.shift())
    if (this.end !== undefined) return
    this.#finish('dropped')
    this.fwd.abandon()
  }

  #take(maybe: Maybe<T>): void {
    if (this.end !== undefined) return
    this.#asked = false
    if (maybe === undefined) {
      this.#finish('ended')
      return
    }
    if (this.values.size >= this.#limit) {
      throw new ChannelFullError(`${this.#limit} values wait in the stream already`, maybe.value)
    }
    this.values.push(maybe.value)
    this.waiters.wakeOne('Fwd::fwd')
  }

  #finish(end: 'ended' | 'failed' | 'dropped'): void {
    if (this.end !== undefined) return
    this.end = end
    this.cause = causeOfDrop()
    this.#refill?.drop()
    this.waiters.wakeAll(end === 'dropped' ? 'FwdStream::drop' : 'Fwd::drop')
  }

  /** A value, how it ended, or PENDING. Asks for more when it is empty. */
  poll(
    key: object,
    waker: Waker,
  ): { readonly value: T } | 'ended' | 'failed' | 'dropped' | typeof PENDING {
    if (this.values.size === 0 && this.end === undefined && !this.#asked) {
      this.#asked = true
      if (this.#refill?.isWanted === true) this.#refill.fwd()
    }
    if (this.values.size > 0) {
      const value = this.values.shift() as T
      this.waiters.forget(key, 'FwdStream::poll')
      return { value: receive(value) }
    }
    if (this.end !== undefined) return this.end
    this.waiters.register(key, waker, 'FwdStream::poll')
    return PENDING
  }
}

abstract class QueueStream<T, V> extends ValueReceiver<V> implements Stream<V>, Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  protected readonly queue: StreamQueue<T>

  /** @internal Use `fwdToStream` or `fwdToStreamResult`. */
  constructor(queue: StreamQueue<T>) {
    super()
    this.queue = queue
    this[BELONGING] = new Belonging(this, queue.receiving)
  }

  forget(key: object): void {
    const { values, waiters } = this.queue
    waiters.forget(key, 'FwdStream::unregister')
    if (values.size > 0) waiters.wakeOne('FwdStream::unregister')
  }

  /** Gives it up: what waits is discarded, and whoever sends is told. Leaving a `for await` early does the same. */
  drop(): void {
    this[BELONGING].end()
    this.queue.drop()
  }
}

/**
 * A stream that a Fwd feeds. If the last Fwd goes before the end, the task that reads is dropped.
 *
 * @example
 * const { fwd, stream } = fwdToStream<number>()
 * const numbers: FwdStream<number> = stream
 * fwd.fwd({ value: 1 })
 * console.log(await numbers.next())
 */
export class FwdStream<T> extends QueueStream<T, T> {
  pollFor(key: object, waker: Waker): IteratorResult<T, undefined> | typeof PENDING {
    const next = this.queue.poll(key, waker)
    if (next === PENDING) return PENDING
    if (next === 'failed') return dropWholeTask(UNFINISHED, this.queue.cause)
    if (next === 'ended' || next === 'dropped') return { done: true, value: undefined }
    return { done: false, value: next.value }
  }
}

kind(FwdStream, 'FwdStream')

/**
 * A stream that a Fwd feeds. If the last Fwd goes before the end, an error value comes, then the end.
 *
 * @example
 * const { fwd, stream } = fwdToStreamResult<number>()
 * const results: FwdResultStream<number> = stream
 * fwd.fwd({ value: 1 })
 * const { value } = await results.next()
 * if (value?.ok) console.log(value.value)
 */
export class FwdResultStream<T> extends QueueStream<T, Result<T>> {
  #told = false

  pollFor(key: object, waker: Waker): IteratorResult<Result<T>, undefined> | typeof PENDING {
    const next = this.queue.poll(key, waker)
    if (next === PENDING) return PENDING
    if (next === 'failed' && !this.#told) {
      this.#told = true
      return { done: false, value: actorFailed(UNFINISHED, this.queue.cause) }
    }
    if (typeof next === 'string') return { done: true, value: undefined }
    return { done: false, value: { ok: true, value: next.value } }
  }
}

kind(FwdResultStream, 'FwdResultStream')
