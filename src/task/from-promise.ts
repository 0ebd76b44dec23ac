/** From a promise to something a generator task can wait for. */
import type { PENDING, Waker } from '../future/waker.ts'
import { PromiseBody } from './task-body.ts'
import { Wait } from './wait.ts'

/** `yield* fromPromise(fetchIt())`. The promise runs by itself; giving up the wait does not stop it. */
export function fromPromise<T>(promise: PromiseLike<T>): Wait<T> {
  return new PromiseWait(promise)
}

class PromiseWait<T> extends Wait<T> {
  readonly #body: PromiseBody<T>

  constructor(promise: PromiseLike<T>) {
    super()
    this.#body = new PromiseBody(promise)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#body.poll(waker)
  }

  unregister(): void {
    this.#body.unregister()
  }
}
