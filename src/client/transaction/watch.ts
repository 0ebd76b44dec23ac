import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, suspend } from '../../future/wakers/waker.ts'
import type { Awaitable, Pollable, Waker } from '../../future/wakers/waker.ts'
import { FDBError } from '../../native/errors/errors.ts'

/** How a watch behaves. */
export interface WatchOptions {
  /** Cancels the watch when it aborts. */
  signal?: AbortSignal
  /** Every error rejects, also those that only say that the watch was given up. */
  throwAllErrors?: boolean
  /** The process stays alive while the watch waits. Off unless set. */
  keepAlive?: boolean
}

/** The watch was cancelled, its transaction was, or its transaction conflicted: nothing changed. */
const GIVEN_UP = new Set([1020, 1025, 1101])

/**
 * Waits for a key to change, from the commit of its transaction on. Made by `tn.watch`.
 *
 * It is no promise itself, so that a transaction's function can return it: wait for `promise`, or
 * `yield*` it in a task.
 *
 * @example
 * const watch = await db.getAndWatch('config')
 * console.log('now', watch.value)
 * await db.set('config', 'new') // or another process does
 * if (await watch.promise) console.log('it changed')
 */
export class Watch implements Awaitable<boolean> {
  /**
   * True once the value changed. False when the watch was given up: cancelled, or its transaction was
   * cancelled, reset or conflicted. Rejects with any other error, and is never an unhandled rejection.
   */
  readonly promise: Promise<boolean>
  readonly #future: FdbFuture<void>
  readonly #throwAll: boolean

  /** @internal Use `tn.watch`. */
  constructor(future: FdbFuture<void>, options: WatchOptions) {
    pin(this, 'a watch')
    this.#future = future
    this.#throwAll = options.throwAllErrors === true
    if (options.keepAlive === true) void future.holdOpen(true)
    const stopListening = this.#listen(options.signal)
    this.promise = future.then(
      () => {
        stopListening()
        return true
      },
      (error: unknown) => {
        stopListening()
        return this.#settle(error)
      },
    )
    this.promise.catch(() => undefined)
  }

  #listen(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    const abort = (): void => this.cancel()
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    return () => signal.removeEventListener('abort', abort)
  }

  #settle(error: unknown): false {
    if (!this.#throwAll && error instanceof FDBError && GIVEN_UP.has(error.code)) return false
    throw error
  }

  /**
   * Gives the watch up: it settles with false. Does nothing when it has settled.
   *
   * @example
   * const watch = await db.getAndWatch('config')
   * watch.cancel()
   */
  cancel(): void {
    this.#future.cancel()
  }

  poll(waker: Waker): boolean | typeof PENDING {
    try {
      return this.#future.poll(waker) === PENDING ? PENDING : true
    } catch (error) {
      return this.#settle(error)
    }
  }

  unregister(): void {
    ;(this.#future as Pollable<void>).unregister?.()
  }

  [Symbol.iterator](): Iterator<Pollable<boolean>, boolean, unknown> {
    return suspend(this)
  }

  /** As `cancel`. */
  [Symbol.dispose](): void {
    this.cancel()
  }
}

/** A watch with the value that the key had when it was set. */
export type WatchWithValue<Value> = Watch & { readonly value: Value | undefined }
