import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import {
  type Awaitable,
  type PENDING,
  type Pollable,
  suspend,
  type Waker,
} from '../../future/wakers/waker.ts'
import { OWN_WAIT, type Sharable } from '../../future/wakers/own-wait.ts'
import { promiseOf } from './promise-of.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * One waiting, of one task: `yield*` it in a generator, `await` it in an async function.
 *
 * @example
 * const pause: Wait<void> = sleep(10)
 * await pause
 */
export abstract class Wait<T> implements Awaitable<T>, PromiseLike<T> {
  /** The value, or PENDING once a clone of the waker is kept. Throws what went wrong. */
  abstract poll(waker: Waker): T | typeof PENDING
  /** Gives the waiting up: the waker that was kept is dropped. */
  abstract unregister(): void

  /** For `yield*` in a generator task. */
  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this)
  }

  /** For `await`. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return promiseOf(this).then(onFulfilled, onRejected)
  }
}

kind(Wait, 'Wait')

/**
 * What many tasks can wait for at once: each `yield*` or `await` of it is a {@link Wait} of its own.
 *
 * @example
 * const handle: Shared<number> = fdbSpawn(async () => 5)
 * const both = await Promise.all([handle, handle])
 */
export abstract class Shared<T> implements Awaitable<T>, PromiseLike<T>, Sharable<T> {
  /** @internal */
  [OWN_WAIT](): Pollable<T> {
    return this.wait()
  }

  /** Polls for the one who waits under `key`. */
  abstract pollFor(key: object, waker: Waker): T | typeof PENDING
  /** The one who waits under `key` gives up. */
  abstract forget(key: object): void

  /** A waiting of its own. */
  wait(): Wait<T> {
    return new SharedWait(this)
  }

  /** As {@link Wait.poll}, for a single waiter. */
  poll(waker: Waker): T | typeof PENDING {
    return this.pollFor(this, waker)
  }

  /** The single waiter gives up. */
  unregister(): void {
    this.forget(this)
  }

  /** For `yield*` in a generator task. */
  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this.wait())
  }

  /** For `await`. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return promiseOf(this.wait()).then(onFulfilled, onRejected)
  }
}

kind(Shared, 'Shared')

class SharedWait<T> extends Wait<T> {
  readonly #source: Shared<T>

  constructor(source: Shared<T>) {
    super()
    this.#source = source
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return describeWait(this.#source)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#source.pollFor(this, waker)
  }

  unregister(): void {
    this.#source.forget(this)
  }
}
