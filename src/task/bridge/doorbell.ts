/** Waiting for a signal in shared memory without blocking the event loop. One wait at a time wakes all who wait here. */
import type { Waker } from '../../future/wakers/waker.ts'
import { checkDelay, hostEnvironment } from '../../native/environment/environment.ts'
import { WaitSet } from '../core/wait-set.ts'
import type { Signal } from './shared-ring.ts'

type AsyncWait =
  | { readonly async: true; readonly value: Promise<'ok' | 'timed-out'> }
  | { readonly async: false; readonly value: 'not-equal' | 'timed-out' }

type WaitAsync = (words: Int32Array, index: number, value: number) => AsyncWait

/** A wait in shared memory does not hold the event loop open by itself; a timer that never matters does. */
const HOLD_MILLISECONDS = 2 ** 30

export class Doorbell {
  readonly #waiters = new WaitSet()
  readonly #begin: () => Signal
  /** There while a wait in shared memory is under way. It holds the event loop open while somebody waits here. */
  #hold: NodeJS.Timeout | undefined

  /** `begin` says that this side waits, and for which signal. */
  constructor(begin: () => Signal) {
    this.#begin = begin
  }

  register(key: object, waker: Waker): void {
    this.#waiters.register(key, waker, 'Doorbell::register')
    this.#hold?.ref()
  }

  forget(key: object): void {
    this.#waiters.forget(key, 'Doorbell::forget')
    if (this.#waiters.size === 0) this.#hold?.unref()
  }

  /** Says that this side waits. Look for work after it; then `listen`, or leave it. */
  arm(): Signal {
    return this.#begin()
  }

  /**
   * Wakes all who registered once the signal changes. A wait that is under way is enough: either its signal is this
   * one, or its signal has changed since, and it is about to ring.
   */
  listen(signal: Signal): void {
    if (this.#hold !== undefined) return
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync }
    const wait = waitAsync(signal.words, signal.index, signal.seen)
    const hold = setInterval(() => undefined, HOLD_MILLISECONDS)
    this.#hold = hold
    const ring = (): void => {
      clearInterval(hold)
      this.#hold = undefined
      this.#waiters.wakeAll('Doorbell::ring')
    }
    if (wait.async) void wait.value.then(ring)
    else queueMicrotask(ring)
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
    const deadline = hostEnvironment.now() + checkDelay(milliseconds)
    for (;;) {
      const signal = begin()
      const result = attempt()
      if (result !== undefined) return result
      const rest = deadline - hostEnvironment.now()
      if (rest <= 0) return undefined
      Atomics.wait(signal.words, signal.index, signal.seen, rest)
    }
  }
}
