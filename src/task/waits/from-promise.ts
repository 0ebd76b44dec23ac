// Waits: what a task can `yield*` and an async function can `await`, and the ways from one to the other.

import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import type { PENDING, Waker } from '../../future/wakers/waker.ts'
import { PromiseBody } from '../core/task-body.ts'
import { Wait } from './wait.ts'
import { describe } from '../../native/values/describe.ts'

/**
 * From a promise to something that a generator task can wait for. The promise runs by itself; giving up the wait
 * does not stop it.
 *
 * @example
 * const handle = fdbSpawn(function* () {
 *   return yield* fromPromise(db.get('a'))
 * })
 * await handle
 */
export function fromPromise<T>(promise: PromiseLike<T>): Wait<T> {
  if (typeof (promise as Partial<PromiseLike<T>> | null | undefined)?.then !== 'function') {
    throw new TypeError(`promise must be a promise, not ${describe(promise)}`)
  }
  return new PromiseWait(promise)
}

class PromiseWait<T> extends Wait<T> {
  readonly #body: PromiseBody<T>

  constructor(promise: PromiseLike<T>) {
    super()
    this.#body = new PromiseBody(promise)
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a promise'
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#body.poll(waker)
  }

  unregister(): void {
    this.#body.unregister()
  }
}
