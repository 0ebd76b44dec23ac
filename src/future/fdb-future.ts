/** Bodies follow: the signatures are agreed. */
import type { Awaitable, Pollable, Waker } from './waker.ts'
import type { PENDING } from './waker.ts'

export class FdbFuture<T> implements Awaitable<T>, PromiseLike<T> {
  /** Ids start at 1 and are never used twice in a worker. */
  get id(): number {
    throw new Error('not yet')
  }

  /** The value, or PENDING once the waker is registered. Throws the FDBError it settled with. */
  poll(_waker: Waker): T | typeof PENDING {
    throw new Error('not yet')
  }

  then<A = T, B = never>(
    _onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    _onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    throw new Error('not yet')
  }

  catch<B = never>(
    _onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    throw new Error('not yet')
  }

  finally(_onSettled?: (() => void) | null): Promise<T> {
    throw new Error('not yet')
  }

  [Symbol.iterator](): Iterator<Pollable<T>, T, T> {
    throw new Error('not yet')
  }

  /** The native operation is asked to stop; the future settles with 1101 unless it settles first. */
  cancel(): void {
    throw new Error('not yet')
  }

  /** One more owner. A copy never frees: each owner releases once. */
  retain(): this {
    throw new Error('not yet')
  }

  /** One owner less; the last one gives the native future back. A use after that throws FDBStateError. */
  release(): void {
    throw new Error('not yet')
  }

  /**
   * For watches and the like: `false` lets the process exit while this is pending. Everything but a
   * watch holds the event loop open by default.
   */
  holdOpen(_hold: boolean): this {
    throw new Error('not yet')
  }

  [Symbol.dispose](): void {
    throw new Error('not yet')
  }
}
