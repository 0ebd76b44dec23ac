/**
 * What a task runs. A body is polled until it returns a value or throws, and is ended early when its task is
 * cancelled or dropped. It is never polled after that.
 */
import { AtomicWaker } from '../../future/wakers/atomic-waker.ts'
import { ownWait } from '../../future/wakers/own-wait.ts'
import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { PENDING, type Pollable, type Waker } from '../../future/wakers/waker.ts'
import { FDBError } from '../../native/errors/errors.ts'
import { CancelledError, TaskError } from './errors.ts'
import { describe } from '../../native/values/describe.ts'

export interface TaskBody<T> extends Pollable<T> {
  /** Ends it early: what it waited for is unregistered, what it must clean up is cleaned up. */
  end(): void
}

/** What a generator task is: each `yield*` of a pollable is a suspension point. */
export type TaskGenerator<T> = Generator<Pollable<unknown>, T, unknown>

/** How a generator learns that it is ended early. */
export type Ending =
  /** `return()`: only its `finally` blocks run. The way of a Rust future that is dropped. */
  | 'return'
  /** `throw(CancelledError)`: it can be caught. The way of a Flow actor. */
  | 'throw'

/** Drives a generator: polls what it yielded, and sends it the value or the error. */
export class GeneratorBody<T> implements TaskBody<T> {
  readonly #generator: TaskGenerator<T>
  readonly #ending: Ending
  #waiting: Pollable<unknown> | undefined

  constructor(generator: TaskGenerator<T>, ending: Ending) {
    this.#generator = generator
    this.#ending = ending
  }

  get [WAITS_FOR](): string {
    return describeWait(this.#waiting)
  }

  poll(waker: Waker): T | typeof PENDING {
    let step = this.#waiting === undefined ? this.#generator.next(undefined) : this.#resume(waker)
    while (step !== PENDING) {
      if (step.done) return step.value
      this.#waiting = ownWait(checkPollable(step.value))
      step = this.#resume(waker)
    }
    return PENDING
  }

  /** Polls what the generator waits for, and runs the generator to its next suspension point. */
  #resume(waker: Waker): IteratorResult<Pollable<unknown>, T> | typeof PENDING {
    const generator = this.#generator
    let value: unknown
    try {
      value = (this.#waiting as Pollable<unknown>).poll(waker)
    } catch (error) {
      this.#waiting = undefined
      return generator.throw(error)
    }
    if (value === PENDING) return PENDING
    this.#waiting = undefined
    return generator.next(value)
  }

  end(): void {
    const generator = this.#generator
    this.#waiting?.unregister?.()
    this.#waiting = undefined
    const step = this.#ending === 'return' ? generator.return(undefined as T) : throwInto(generator)
    if (!step.done) {
      generator.return(undefined as T)
      throw new TaskError('a task that is ended cannot wait any more: its clean-up yielded')
    }
  }
}

function throwInto<T>(generator: TaskGenerator<T>): { done?: boolean } {
  const cancelled = new CancelledError('the actor was cancelled')
  try {
    return generator.throw(cancelled)
  } catch (error) {
    if (error !== cancelled) throw error
    return { done: true }
  }
}

function checkPollable(value: unknown): Pollable<unknown> {
  if (isPollable<unknown>(value)) return value
  throw new TypeError(
    `a task yielded ${describe(value)}: use yield* (not yield), and only on what can be polled; ` +
      'a promise goes through fromPromise(promise)',
  )
}

/** What an async function gets to know about its task. */
export interface TaskContext {
  /** Aborted when the task is cancelled or dropped. An async function cannot be stopped otherwise. */
  readonly signal: AbortSignal
}

type Settled<T> = { readonly value: T } | { readonly error: unknown }

/** The promise of an async function. It runs by itself; the task is woken when it settles. */
export class PromiseBody<T> implements TaskBody<T> {
  readonly #waker = new AtomicWaker()
  #settled: Settled<T> | undefined
  #ended = false

  constructor(promise: PromiseLike<T>) {
    void promise.then(
      (value) => this.#settle({ value }),
      (error: unknown) => {
        // Nobody polls any more. Rethrown, it becomes an unhandled rejection instead of nothing.
        if (this.#ended && !isGivenUp(error)) throw error
        this.#settle({ error })
      },
    )
  }

  get [WAITS_FOR](): string {
    return 'a promise'
  }

  poll(waker: Waker): T | typeof PENDING {
    const settled = this.#settled
    if (settled === undefined) {
      this.#waker.register(waker, 'PromiseBody::poll')
      return PENDING
    }
    if ('error' in settled) throw settled.error
    return settled.value
  }

  #settle(settled: Settled<T>): void {
    this.#settled = settled
    this.#waker.wake('PromiseBody::settle')
  }

  unregister(): void {
    this.#waker.clear('PromiseBody::unregister')
  }

  end(): void {
    this.#ended = true
    this.unregister()
  }
}

/** transaction_cancelled and operation_cancelled: what it waited for was given up, as it was itself. */
const GIVEN_UP = new Set([1025, 1101])

function isGivenUp(error: unknown): boolean {
  if (error instanceof FDBError) return GIVEN_UP.has(error.code)
  return error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError')
}

/** A single pollable, run as a task. */
export class PollableBody<T> implements TaskBody<T> {
  readonly #pollable: Pollable<T>

  constructor(pollable: Pollable<T>) {
    this.#pollable = ownWait(pollable)
  }

  get [WAITS_FOR](): string {
    return describeWait(this.#pollable)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#pollable.poll(waker)
  }

  end(): void {
    this.#pollable.unregister?.()
  }
}

/** What `spawn` and `fdbSpawn` take. */
export type TaskSource<T> =
  | (() => TaskGenerator<T>)
  | ((context: TaskContext) => PromiseLike<T>)
  | TaskGenerator<T>
  | Pollable<T>

/** The body for a generator function, a generator, an async function or a pollable. */
export function bodyOf<T>(source: TaskSource<T>, ending: Ending = 'return'): TaskBody<T> {
  if (typeof source === 'function') return new CallBody(source, ending)
  if (isGenerator<T>(source)) return new GeneratorBody(source, ending)
  if (isPollable<T>(source)) return new PollableBody(source)
  throw new TypeError(
    `a task must be a generator function, an async function or a pollable, not ${describe(source)}`,
  )
}

type TaskFunction<T> = (context: TaskContext) => TaskGenerator<T> | PromiseLike<T>

/** A function that is called at the first poll; what it returns says what kind it is. */
class CallBody<T> implements TaskBody<T>, TaskContext {
  readonly #call: TaskFunction<T>
  readonly #ending: Ending
  #abort: AbortController | undefined
  #body: TaskBody<T> | undefined

  constructor(call: TaskFunction<T>, ending: Ending) {
    this.#call = call
    this.#ending = ending
  }

  get [WAITS_FOR](): string {
    return describeWait(this.#body)
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    return this.#abort.signal
  }

  poll(waker: Waker): T | typeof PENDING {
    this.#body ??= this.#start()
    return this.#body.poll(waker)
  }

  #start(): TaskBody<T> {
    const result: unknown = this.#call(this)
    if (isGenerator<T>(result)) return new GeneratorBody(result, this.#ending)
    if (typeof (result as PromiseLike<T> | undefined)?.then === 'function') {
      return new PromiseBody(result as PromiseLike<T>)
    }
    throw new TypeError(
      `a task function must return a generator or a promise, not ${describe(result)}`,
    )
  }

  end(): void {
    this.#abort?.abort(new CancelledError('the task was cancelled'))
    this.#body?.end()
  }
}

function isPollable<T>(value: unknown): value is Pollable<T> {
  return typeof (value as Pollable<T> | null | undefined)?.poll === 'function'
}

export function isGenerator<T>(value: unknown): value is TaskGenerator<T> {
  const generator = value as Partial<TaskGenerator<T>> | null | undefined
  return (
    typeof generator?.next === 'function' &&
    typeof generator.throw === 'function' &&
    typeof generator.return === 'function' &&
    Symbol.iterator in (generator as object)
  )
}
