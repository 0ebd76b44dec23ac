/** Between Fwd and stream: forwarding a stream, and a stream fed by a Fwd. */
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { ChannelFullError } from '../core/errors.ts'
import { Fifo } from '../core/fifo.ts'
import type { JoinHandle } from '../spawning/join-handle.ts'
import { fdbSpawn, type SpawnOptions } from '../spawning/spawn.ts'
import type { TaskGenerator } from '../core/task-body.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Shared, type Wait } from '../waits/wait.ts'
import { actorFailed, dropWholeTask, type Result } from './failure.ts'
import { Fwd } from './fwd.ts'
import type { Maybe } from './ret.ts'

/** A stream, as its reader sees it: `next()` waits for `{ value }`, or `{ done: true }`. */
export interface Stream<T> {
  /** The next value, or the end. */
  next(): Wait<IteratorResult<T, undefined>>
}

/**
 * Stream to Fwd: runs the stream in the background until it ends, forwarding all values; the end is forwarded as
 * `undefined`. A stream that fails, or whose task is cancelled, just drops the Fwd: no end is sent.
 *
 * @example
 * const [sender, receiver] = unbounded<number>()
 * sender.send(1)
 * sender.drop()
 * await streamToFwd(receiver, new Fwd((maybe) => console.log(maybe?.value ?? 'end')))
 */
export function streamToFwd<T>(
  stream: Stream<T>,
  fwd: Fwd<Maybe<T>>,
  options: SpawnOptions = {},
): JoinHandle<void> {
  return fdbSpawn(() => forwardAll(stream, fwd), { name: 'streamToFwd', ...options })
}

function* forwardAll<T>(stream: Stream<T>, fwd: Fwd<Maybe<T>>): TaskGenerator<void> {
  try {
    for (;;) {
      const next = yield* stream.next()
      fwd.fwd(next.done ? undefined : { value: next.value })
      if (next.done) return
    }
  } finally {
    fwd.drop()
  }
}

/** How a stream that a Fwd feeds gets more values, and how many it holds. */
export interface FwdToStreamOptions {
  /**
   * Called whenever the reader finds the queue empty, at most once until something is sent: push some more. One
   * value a call makes it a pull pipe.
   */
  refill?: Fwd<void>
  /** How many values may wait. Default: a million. */
  limit?: number
}

/**
 * Fwd to stream: what is sent comes out of the stream; `undefined` ends it. If the last Fwd goes before the end,
 * the task that reads is dropped.
 *
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
  return { fwd: queue.makeFwd(), stream: new FwdStream(queue) }
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
  return { fwd: queue.makeFwd(), stream: new FwdResultStream(queue) }
}

class StreamQueue<T> {
  readonly values = new Fifo<T>()
  readonly waiters = new WaitSet()
  end: 'ended' | 'failed' | undefined
  readonly #refill: Fwd<void> | undefined
  readonly #limit: number
  #asked = false

  constructor(options: FwdToStreamOptions) {
    this.#refill = options.refill
    this.#limit = options.limit ?? 1_000_000
  }

  makeFwd(): Fwd<Maybe<T>> {
    return new Fwd<Maybe<T>>(
      (maybe) => this.#take(maybe),
      () => this.#finish('failed'),
    )
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

  #finish(end: 'ended' | 'failed'): void {
    if (this.end !== undefined) return
    this.end = end
    this.#refill?.drop()
    this.waiters.wakeAll('Fwd::drop')
  }

  /** A value, how it ended, or PENDING. Asks for more when it is empty. */
  poll(key: object, waker: Waker): { readonly value: T } | 'ended' | 'failed' | typeof PENDING {
    if (this.values.size === 0 && this.end === undefined && !this.#asked) {
      this.#asked = true
      this.#refill?.fwd()
    }
    if (this.values.size > 0) {
      const value = this.values.shift() as T
      this.waiters.forget(key, 'FwdStream::poll')
      return { value }
    }
    if (this.end !== undefined) return this.end
    this.waiters.register(key, waker, 'FwdStream::poll')
    return PENDING
  }
}

abstract class QueueStream<T, V> extends Shared<IteratorResult<V, undefined>> implements Stream<V> {
  protected readonly queue: StreamQueue<T>

  /** @internal Use `fwdToStream` or `fwdToStreamResult`. */
  constructor(queue: StreamQueue<T>) {
    super()
    this.queue = queue
  }

  /** The next value, as an iterator gives it. */
  next(): Wait<IteratorResult<V, undefined>> {
    return this.wait()
  }

  forget(key: object): void {
    const { values, waiters } = this.queue
    waiters.forget(key, 'FwdStream::unregister')
    if (values.size > 0) waiters.wakeOne('FwdStream::unregister')
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
    if (next === 'failed') return dropWholeTask('its Fwd was dropped before the end')
    if (next === 'ended') return { done: true, value: undefined }
    return { done: false, value: next.value }
  }
}

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
      return { done: false, value: actorFailed('its Fwd was dropped before the end') }
    }
    if (next === 'failed' || next === 'ended') return { done: true, value: undefined }
    return { done: false, value: { ok: true, value: next.value } }
  }
}
