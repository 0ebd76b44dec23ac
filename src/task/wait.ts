/**
 * What tasks wait for. A `Wait` is one waiting: `yield*` it in a generator, `await` it in an async function.
 * A `Shared` can be waited for by many at once: each `yield*` or `await` of it is a `Wait` of its own.
 */
import {
  type Awaitable,
  type PENDING,
  type Pollable,
  suspend,
  type Waker,
} from '../future/waker.ts'
import { promiseOf } from './promise-of.ts'

type Fulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined
type Rejected<B> = ((error: unknown) => B | PromiseLike<B>) | null | undefined

export abstract class Wait<T> implements Awaitable<T>, PromiseLike<T> {
  abstract poll(waker: Waker): T | typeof PENDING
  abstract unregister(): void

  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this)
  }

  then<A = T, B = never>(onFulfilled?: Fulfilled<T, A>, onRejected?: Rejected<B>): Promise<A | B> {
    return promiseOf(this).then(onFulfilled, onRejected)
  }
}

export abstract class Shared<T> implements Awaitable<T>, PromiseLike<T> {
  /** Polls for the one who waits under `key`. */
  abstract pollFor(key: object, waker: Waker): T | typeof PENDING
  /** The one who waits under `key` gives up. */
  abstract forget(key: object): void

  /** A waiting of its own. */
  wait(): Wait<T> {
    return new SharedWait(this)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.pollFor(this, waker)
  }

  unregister(): void {
    this.forget(this)
  }

  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this.wait())
  }

  then<A = T, B = never>(onFulfilled?: Fulfilled<T, A>, onRejected?: Rejected<B>): Promise<A | B> {
    return promiseOf(this.wait()).then(onFulfilled, onRejected)
  }
}

class SharedWait<T> extends Wait<T> {
  readonly #source: Shared<T>

  constructor(source: Shared<T>) {
    super()
    this.#source = source
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#source.pollFor(this, waker)
  }

  unregister(): void {
    this.#source.forget(this)
  }
}

/** A waiting of one's own for what may be shared. */
export function waitingFor<T>(pollable: Pollable<T>): Pollable<T> {
  return pollable instanceof Shared ? (pollable as Shared<T>).wait() : pollable
}
