/** `yield* yieldNow()`: lets the other tasks that wait to be polled go first. */
import { PENDING, type Waker } from '../../future/waker.ts'
import { Wait } from '../wait.ts'

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
