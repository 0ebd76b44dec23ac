import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { Wait } from '../waits/wait.ts'

/**
 * Lets the other tasks that wait to be polled go first.
 *
 * @example
 * const handle = fdbSpawn(function* () {
 *   for (let part = 0; part < 3; part++) yield* yieldNow()
 * })
 * await handle
 */
export function yieldNow(): Wait<void> {
  return new Yield()
}

class Yield extends Wait<void> {
  #yielded = false

  poll(waker: Waker): void | typeof PENDING {
    if (this.#yielded) return
    this.#yielded = true
    waker.wakeByRef('Yield::poll')
    return PENDING
  }

  /** Nothing is registered: the wake is on its way. */
  unregister(): void {
    return
  }
}
