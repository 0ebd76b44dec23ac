/** Waiting for room in a ring, and for a message of one. */
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { Wait } from '../waits/wait.ts'
import type { Doorbell } from './doorbell.ts'

/**
 * Tries until it works: now, and again after each ring of the doorbell. `attempt` returns PENDING when there is
 * nothing to be done now, and throws when there never will be.
 */
export class BridgeWait<T> extends Wait<T> {
  readonly #doorbell: Doorbell
  readonly #attempt: () => T | typeof PENDING

  constructor(doorbell: Doorbell, attempt: () => T | typeof PENDING) {
    super()
    this.#doorbell = doorbell
    this.#attempt = attempt
  }

  poll(waker: Waker): T | typeof PENDING {
    const now = this.#attempt()
    if (now !== PENDING) return now
    const signal = this.#doorbell.arm()
    const afterAll = this.#attempt()
    if (afterAll !== PENDING) return afterAll
    this.#doorbell.register(this, waker)
    this.#doorbell.listen(signal)
    return PENDING
  }

  unregister(): void {
    this.#doorbell.forget(this)
  }
}
