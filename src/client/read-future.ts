import { PENDING, suspend } from '../future/waker.ts'
import type { Awaitable, Pollable, Waker } from '../future/waker.ts'

/**
 * A result that comes later: `await` it, `yield*` it in a task, or cancel it. It belongs to its
 * transaction: when that ends first, it fails with `transaction_cancelled` (1025).
 *
 * @example
 * const first = tn.get('a'), second = tn.get('b') // both are under way
 * console.log(await first, await second)
 */
export interface ReadFuture<T> extends Awaitable<T>, PromiseLike<T> {
  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B>
  finally(onSettled?: (() => void) | null): Promise<T>
  /** It settles with `operation_cancelled` (1101), unless it settles first. */
  cancel(): void
  /** Gives the native future back before it is collected. It can't be used after that. */
  release(): void
}

/**
 * A future seen through a decoder, which runs for whoever asks. No promise of its own: `then` goes
 * straight to the future below.
 */
export class DecodedFuture<Raw, T> implements ReadFuture<T> {
  readonly #raw: ReadFuture<Raw>
  readonly #decode: (raw: Raw) => T

  constructor(raw: ReadFuture<Raw>, decode: (raw: Raw) => T) {
    this.#raw = raw
    this.#decode = decode
  }

  poll(waker: Waker): T | typeof PENDING {
    const raw = this.#raw.poll(waker)
    return raw === PENDING ? PENDING : this.#decode(raw)
  }

  unregister(): void {
    this.#raw.unregister?.()
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const decode = this.#decode
    return this.#raw.then((raw) => {
      let value: T
      try {
        value = decode(raw)
      } catch (error) {
        if (onRejected) return onRejected(error)
        throw error
      }
      return onFulfilled ? onFulfilled(value) : (value as unknown as A)
    }, onRejected) as Promise<A | B>
  }

  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected)
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.then().finally(onSettled)
  }

  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this)
  }

  cancel(): void {
    this.#raw.cancel()
  }

  release(): void {
    this.#raw.release()
  }
}
