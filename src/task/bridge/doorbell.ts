/** Waiting for a signal in shared memory without blocking the event loop. One wait at a time wakes all who wait here. */
import type { Waker } from '../../future/waker.ts'
import { hostEnvironment } from '../../native/environment.ts'
import { WaitSet } from '../wait-set.ts'
import type { Signal } from './shared-ring.ts'

interface AsyncWait {
  readonly async: boolean
  readonly value: Promise<'ok' | 'timed-out'> | 'not-equal' | 'timed-out'
}

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
  milliseconds: number,
) => AsyncWait

/**
 * Who waits also looks again this often: a notification that the engine loses then costs a moment, not the bridge. The
 * timer holds the event loop open as well, which a wait in shared memory does not do by itself.
 */
const LOOK_MILLISECONDS = 100

export class Doorbell {
  readonly #waiters = new WaitSet()
  readonly #begin: () => Signal
  #armed = false

  /** `begin` says that this side waits, and for which signal. */
  constructor(begin: () => Signal) {
    this.#begin = begin
  }

  register(key: object, waker: Waker): void {
    this.#waiters.register(key, waker, 'Doorbell::register')
  }

  forget(key: object): void {
    this.#waiters.forget(key, 'Doorbell::forget')
  }

  /** Says that this side waits. Look for work after it; then `listen`, or leave it. */
  arm(): Signal {
    return this.#begin()
  }

  /** Wakes all who registered once the signal changes. */
  listen(signal: Signal): void {
    if (this.#armed) return
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync }
    const wait = waitAsync(signal.words, signal.index, signal.seen, LOOK_MILLISECONDS)
    this.#armed = true
    let rung = false
    const ring = (): void => {
      if (rung) return
      rung = true
      clearTimeout(look)
      this.#armed = false
      this.#waiters.wakeAll('Doorbell::ring')
    }
    const look = setTimeout(ring, LOOK_MILLISECONDS)
    void Promise.resolve(wait.value).then(ring)
  }

  /**
   * Blocks this thread until the attempt gives something, or the time is up: then undefined. A signal may be meant for
   * an earlier wait, so each one is followed by another attempt.
   */
  static block<T>(
    begin: () => Signal,
    milliseconds: number,
    attempt: () => T | undefined,
  ): T | undefined {
    const deadline = hostEnvironment.now() + milliseconds
    for (;;) {
      const signal = begin()
      const result = attempt()
      if (result !== undefined) return result
      const rest = deadline - hostEnvironment.now()
      if (rest <= 0) return undefined
      Atomics.wait(signal.words, signal.index, signal.seen, Math.min(rest, LOOK_MILLISECONDS))
    }
  }
}
