/**
 * Polling: how a task asks a future for its value, and how a future tells the task to ask again.
 *
 * `poll(waker)` returns the value, throws the error, or returns PENDING after it has kept a clone of the
 * waker. Whoever completes the future later wakes that clone.
 */

/**
 * What `poll` returns while there is no value yet.
 *
 * @example
 * const never: Pollable<string> = { poll: () => PENDING }
 */
export const PENDING: unique symbol = Symbol.for('fdbkit.pending')

/**
 * A counted reference to a task. Whoever holds one gives it up exactly once, by `wake` or by `drop`.
 * `place` names the caller in the trace; it changes nothing else.
 */
export interface Waker {
  /** Id of the task it wakes; 0 when it is not a task's. */
  readonly taskId: number
  /** How many references to the task there are now. For the trace. */
  readonly refCount: number
  /** @internal What it wakes runs in a context of its own, whoever wakes. */
  readonly hasOwnContext?: boolean
  /** Wakes the task and gives up this reference. */
  wake(place?: string): void
  /** Wakes the task and keeps this reference. */
  wakeByRef(place?: string): void
  /** One more reference to the same task. */
  clone(place?: string): Waker
  /** Gives up this reference without waking. */
  drop(place?: string): void
}

/**
 * What a task can wait for: an FdbFuture, a JoinHandle, a receiver, or an object of your own. It keeps a clone
 * of the waker while it is pending, and wakes it once.
 *
 * @example
 * const answer: Pollable<number> = { poll: () => 42 }
 */
export interface Pollable<T> {
  /** The value, or PENDING once the waker is registered. Throws the error it settled with. */
  poll(waker: Waker): T | typeof PENDING
  /** The one who waited gives up: drop the registered waker. The pollable can be polled again later. */
  unregister?(): void
}

/** What `yield*` takes in a task: a pollable that iterates as {@link suspend} says. */
export interface Awaitable<T> extends Pollable<T> {
  /** For `yield*`, whose value is what the pollable gives. */
  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown>
}

/** What {@link suspend} gives: for one `yield*`. */
export interface Suspended<T> extends Iterator<Pollable<T>, T, unknown> {
  /** Itself. */
  [Symbol.iterator](): Suspended<T>
}

/**
 * The iterator behind `yield* pollable`, and for nothing else: a loop over it, a spread or `Promise.all(pollable)` gets a
 * TypeError. It hands the pollable itself to the task that drives the generator,
 * and returns what the task sends back. A generator that is ended early unregisters from what it waited for.
 *
 * @example
 * class Answer implements Awaitable<number> {
 *   poll(): number {
 *     return 42
 *   }
 *
 *   [Symbol.iterator](): Iterator<Pollable<number>, number, unknown> {
 *     return suspend(this)
 *   }
 * }
 */
export function suspend<T>(pollable: Pollable<T>): Suspended<T> {
  return new Suspension(pollable)
}

/** Whoever goes through it as through a list would get a pollable, and nobody would wait. */
function refuseLoop(): never {
  throw new TypeError(
    'what a task waits for is no list: wait for it by yield* in a generator task, or by await ' +
      '(of a stream: for await)',
  )
}

/** @internal The generator, for `yield*` and for nothing else, as {@link suspend} is. */
export function onlyForYield<T extends Iterator<unknown, unknown, unknown>>(generator: T): T {
  const next = generator.next.bind(generator)
  generator.next = function (...sent) {
    if (sent.length === 0) {
      generator.return?.()
      refuseLoop()
    }
    return next(...sent)
  }
  return generator
}

/** As a generator that yields the pollable once, and returns what is sent back; without the cost of one. */
class Suspension<T> implements Suspended<T> {
  /** Undefined once it is handed out, or never will be. */
  #pollable: Pollable<T> | undefined
  /** Handed out, and not answered. */
  #waiting: Pollable<T> | undefined

  constructor(pollable: Pollable<T>) {
    this.#pollable = pollable
  }

  next(value?: unknown): IteratorResult<Pollable<T>, T> {
    const pollable = this.#pollable
    this.#pollable = undefined
    // `yield*` always passes something on, be it undefined; loops, spread and the like pass nothing.
    if (arguments.length === 0) refuseLoop()
    if (pollable === undefined) return this.#answer(value)
    this.#waiting = pollable
    return { done: false, value: pollable }
  }

  #answer(value: unknown): IteratorResult<Pollable<T>, T> {
    const answered = this.#waiting !== undefined
    this.#waiting = undefined
    return { done: true, value: (answered ? value : undefined) as T }
  }

  throw(error: unknown): never {
    this.#end()
    throw error
  }

  return(value?: T): IteratorResult<Pollable<T>, T> {
    this.#end()
    return { done: true, value: value as T }
  }

  #end(): void {
    const waiting = this.#waiting
    this.#pollable = undefined
    this.#waiting = undefined
    waiting?.unregister?.()
  }

  [Symbol.iterator](): this {
    return this
  }
}
