import { onAbort } from '../../native/environment/on-abort.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import { pin } from '../../future/owners/pinned.ts'
import { OWN_WAIT, ownWait, type Sharable } from '../../future/wakers/own-wait.ts'
import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { PENDING, suspend } from '../../future/wakers/waker.ts'
import type { Awaitable, Pollable, Waker } from '../../future/wakers/waker.ts'
import { FDBError } from '../../native/errors/errors.ts'
import { BegunWhenAsked } from './begun-when-asked.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { kind } from '../../native/values/kinds.ts'

/** How a watch behaves. */
export interface WatchOptions {
  /** Cancels the watch when it aborts: its promise gives false. */
  signal?: AbortSignal
  /** Every error rejects, also those that only say that the watch was given up. */
  throwAllErrors?: boolean
  /**
   * Unless set, the process stays alive while somebody waits for the watch. `true`: while the watch is pending, also when
   * nobody does. `false`: the watch never keeps it, whoever waits.
   */
  keepAlive?: boolean
}

/** How a watch is set in a transaction of its own, and how it behaves then. */
export interface SetWatchOptions extends WatchOptions {
  /** Ends the transaction with its reason; once the watch is set, the watch, which gives false then. */
  signal?: AbortSignal
  /** Milliseconds until the watch is set, or 0 for no limit. After that it waits as long as it takes. */
  timeout?: number
}

const NAMES = { signal: true, throwAllErrors: true, keepAlive: true } as const
const KNOWN = knownOptions<WatchOptions>('a watch', NAMES)
const KNOWN_TO_SET = knownOptions<SetWatchOptions>('a watch', { ...NAMES, timeout: true })

/** What the watch itself takes of them. Throws for wrong names before anything is done. */
export function watchOptionsAmong(options: SetWatchOptions | undefined): WatchOptions | undefined {
  if (options === undefined) return undefined
  checkOptions(KNOWN_TO_SET, options)
  const { timeout: _, ...rest } = options
  checkWatchOptions(rest)
  return rest
}

/** Throws for wrong names and types before the watch is set. */
export function checkWatchOptions(options: WatchOptions | undefined): void {
  if (options === undefined) return
  checkOptions(KNOWN, options)
  const { signal } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('signal of a watch is an AbortSignal')
  }
}

/** The watch was cancelled, its transaction was, or its transaction conflicted: nothing changed. */
const GIVEN_UP = new Set([1020, 1025, 1101])

/** Of one that a task gave up, when its promise is asked for afterwards: as of one that was cancelled. */
const CANCELLED = 1101

/**
 * Waits for a key to change, from the commit of its transaction on. Made by `tn.watch`.
 *
 * It is no promise itself, so that a transaction's function can return it: wait for `promise`, or
 * `yield*` it in a task. Any number may wait. When the last task that waits is cancelled or waits no longer (a timeout,
 * another arm of `choose`), the watch is cancelled, unless its promise was asked for; `byRef(watch)` keeps it.
 *
 * While somebody waits the process stays alive, as with any promise of Node. A watch that nobody waits for does not keep
 * it, and neither does a `promise` that was only asked for.
 *
 * @example
 * const watch = await db.getAndWatch('config')
 * console.log('now', watch.value)
 * await db.set('config', 'new') // or another process does
 * if (await watch.promise) console.log('it changed')
 */
export class Watch implements Awaitable<boolean>, Sharable<boolean> {
  readonly #future: FdbFuture<void>
  readonly #throwAll: boolean
  #promise: Promise<boolean> | undefined

  /** @internal Use `tn.watch`. */
  constructor(future: FdbFuture<void>, options: WatchOptions) {
    pin(this, 'a watch')
    this.#future = future
    this.#throwAll = options.throwAllErrors === true
    if (options.keepAlive !== undefined) void future.holdOpen(options.keepAlive)
    future.whenEnded(this.#listen(options.signal))
    future.start()
  }

  /**
   * True once the value changed. False when the watch was given up: cancelled, or its transaction was
   * cancelled, reset or conflicted. Rejects with any other error, and is never an unhandled rejection.
   * Once it was asked for, it has the watch, which goes on whatever tasks do that wait for it too.
   */
  get promise(): Promise<boolean> {
    return (this.#promise ??= this.#makePromise())
  }

  #makePromise(): Promise<boolean> {
    if (!this.#future.released) void this.#future.retain()
    return new BegunWhenAsked(() => (this.#future.released ? this.#givenUp() : this.#asPromise()))
  }

  #asPromise(): Promise<boolean> {
    return this.#future.then(
      () => true,
      (error: unknown) => this.#settle(error),
    )
  }

  async #givenUp(): Promise<boolean> {
    return this.#settle(new FDBError(CANCELLED))
  }

  #listen(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    const abort = (): void => this.cancel()
    if (signal.aborted) abort()
    return onAbort(signal, abort)
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
    this.#future.fail()
  }

  /** For a single waiter; tasks that wait have a wait each. */
  poll(waker: Waker): boolean | typeof PENDING {
    return this.#poll(this.#future, waker)
  }

  unregister(): void {
    this.#future.unregister()
  }

  /** @internal */
  [OWN_WAIT](lent: boolean): Pollable<boolean> {
    const wait = ownWait(this.#future, lent)
    const described: Pollable<boolean> & { readonly [WAITS_FOR]: string } = {
      [WAITS_FOR]: 'a watch',
      poll: (waker) => this.#poll(wait, waker),
      unregister: () => wait.unregister?.(),
    }
    return described
  }

  #poll(future: Pollable<void>, waker: Waker): boolean | typeof PENDING {
    try {
      return future.poll(waker) === PENDING ? PENDING : true
    } catch (error) {
      return this.#settle(error)
    }
  }

  [Symbol.iterator](): Iterator<Pollable<boolean>, boolean, unknown> {
    return suspend(this[OWN_WAIT](false))
  }

  /** As `cancel`. */
  [Symbol.dispose](): void {
    this.cancel()
  }
}

kind(Watch, 'Watch')

/** A watch with the value that the key had when it was set. */
export type WatchWithValue<Value> = Watch & { readonly value: Value | undefined }
