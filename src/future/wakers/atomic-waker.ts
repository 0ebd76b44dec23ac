// Wakers: how one who waits is told: by polling, or by `then`; and the events that say so. Nothing native.

import { keepWaker } from './kept-waker.ts'
import { emit, lifecycle } from './lifecycle.ts'
import type { Waker } from './waker.ts'
import { kind } from '../../native/values/kinds.ts'

const WAITING = 0
const REGISTERING = 1
const WAKING = 2

/**
 * A cell for one waker: the latest one registered. For authors of pollables. The one who registers and the one who
 * wakes may run inside one another (a clone, a drop or a callback can wake at once), so each marks what it is doing and
 * the other leaves the rest of the work to it. A wake that falls into a registration is not lost.
 *
 * @example
 * class Signal implements Pollable<void> {
 *   readonly #waker = new AtomicWaker()
 *   #given = false
 *
 *   give(): void {
 *     this.#given = true
 *     this.#waker.wake()
 *   }
 *
 *   poll(waker: Waker): void | typeof PENDING {
 *     if (this.#given) return
 *     this.#waker.register(waker)
 *     return PENDING
 *   }
 *
 *   unregister(): void {
 *     this.#waker.clear('Signal::unregister')
 *   }
 * }
 */
export class AtomicWaker {
  #waker: Waker | undefined
  #state = WAITING

  /** Keeps a clone of the waker, and drops the one kept before. */
  register(waker: Waker, place?: string): void {
    if (this.#state !== WAITING) {
      // Somebody is taking the waker right now: the new one would not be seen, so it is woken here.
      waker.wakeByRef(place)
      return
    }
    this.#state = REGISTERING
    try {
      // A clone that throws leaves the waker before; one that clears has dropped it.
      const kept = keepWaker(waker, place)
      const before = this.#waker
      this.#waker = kept
      before?.drop(place)
    } finally {
      const woken = (this.#state & WAKING) !== 0
      this.#state = WAITING
      if (woken) this.wake(place)
    }
  }

  /** Takes the waker out without waking it; the caller owns it then. */
  take(): Waker | undefined {
    const state = this.#state
    this.#state |= WAKING
    // Inside a registration: register() sees the mark and wakes when it is done.
    if (state !== WAITING) return undefined
    const waker = this.#waker
    this.#waker = undefined
    this.#state = WAITING
    return waker
  }

  /** Wakes the registered waker, once. */
  wake(place?: string): void {
    this.take()?.wake(place)
  }

  /** Drops the registered waker without waking it: its task no longer waits for the future of this id. */
  clear(place: string, futureId = 0): void {
    const waker = this.#waker
    if (waker === undefined) return
    this.#waker = undefined
    if (futureId !== 0 && lifecycle.hasSubscribers) emit('unregister', place, waker, futureId)
    waker.drop(place)
  }

  /** A waker is kept. */
  get isRegistered(): boolean {
    return this.#waker !== undefined
  }
}

kind(AtomicWaker, 'AtomicWaker')
