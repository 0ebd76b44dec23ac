/** The wakers of all who wait for one thing, in the order they came. Each waits under a key of its own. */
import { keepWaker } from '../../future/wakers/kept-waker.ts'
import type { Waker } from '../../future/wakers/waker.ts'

export class WaitSet {
  readonly #wakers = new Map<object, Waker>()

  get size(): number {
    return this.#wakers.size
  }

  /** Keeps a clone of the waker; drops the one kept under this key before. */
  register(key: object, waker: Waker, place: string): void {
    // A clone may run any code, which may wake or forget the one before.
    const kept = keepWaker(waker, place)
    const before = this.#wakers.get(key)
    this.#wakers.set(key, kept)
    before?.drop(place)
  }

  forget(key: object, place: string): void {
    const waker = this.#wakers.get(key)
    this.#wakers.delete(key)
    waker?.drop(place)
  }

  /**
   * Wakes all who wait now, in order: the first error of theirs is thrown when all were woken. Who waits again during
   * this waits for the next call.
   */
  wakeAll(place: string): void {
    if (this.#wakers.size === 0) return
    const wakers = [...this.#wakers.values()]
    this.#wakers.clear()
    const problems: unknown[] = []
    for (const waker of wakers) {
      try {
        waker.wake(place)
      } catch (problem) {
        problems.push(problem)
      }
    }
    if (problems.length > 0) throw problems[0]
  }

  /** Wakes the one who waits longest. */
  wakeOne(place: string): void {
    for (const [key, waker] of this.#wakers) {
      this.#wakers.delete(key)
      waker.wake(place)
      return
    }
  }
}
