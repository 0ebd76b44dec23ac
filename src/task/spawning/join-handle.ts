// Spawning: how a task begins, who gets its outcome, and the runtime that ends what is left.

import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { emit, lifecycle, PLACE } from '../../future/wakers/lifecycle.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { TaskError } from '../core/errors.ts'
import type { Task } from '../core/task.ts'
import { Shared } from '../waits/wait.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * The handle of a spawned task: waits for its outcome, or cancels it. `yield* handle` in a generator task, or
 * `await handle`, gives the task's value, or throws its error. Forgetting the handle changes nothing.
 *
 * @example
 * const handle = fdbSpawn(async () => 5)
 * const five = await handle
 */
export class JoinHandle<T> extends Shared<T> {
  // Of any result: the handle of a task that returns T is one of a task that returns more than T.
  readonly #task: Task

  /** @internal Made by `fdbSpawn` and `runtime.spawn`. */
  constructor(task: Task<T>) {
    super()
    this.#task = task
    pin(this, 'a JoinHandle')
  }

  /** Id of the task, as in the trace. */
  get id(): number {
    return this.#task.id
  }

  /** Name of the task, as in the trace. */
  get name(): string {
    return this.#task.name
  }

  /** It ended: with a value, an error, or cancelled. */
  get isFinished(): boolean {
    return this.#task.outcome.isSettled
  }

  /** `'scheduled, joined'`, for people. */
  describeState(): string {
    return this.#task.describeState()
  }

  /** References to the task now: 0 once it is dropped. */
  get refCount(): number {
    return this.#task.refCount
  }

  /** Ends the task at its suspension point; the joiner gets a CancelledError. */
  cancel(): void {
    this.#task.cancel()
  }

  /** Says that somebody will join later: an error waits for them and is not reported meanwhile. */
  keep(): this {
    this.#task.keep()
    return this
  }

  /** The value of a task that ended; throws its error. Throws a TaskError while it runs. */
  result(): T {
    if (!this.isFinished) throw new TaskError(`task ${this.id} (${this.name}) has not ended`)
    this.#task.markJoined()
    if (lifecycle.hasSubscribers) emit('join', PLACE.join, this.#task)
    return this.#task.outcome.take() as T
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return `task ${this.#task.id} (${this.#task.name})`
  }

  pollFor(key: object, waker: Waker): T | typeof PENDING {
    this.#task.markJoined()
    const outcome = this.#task.outcome
    if (!outcome.isSettled) {
      outcome.joiners.register(key, waker, PLACE.join)
      return PENDING
    }
    return this.result()
  }

  forget(key: object): void {
    this.#task.outcome.joiners.forget(key, PLACE.join)
  }
}

kind(JoinHandle, 'JoinHandle')
