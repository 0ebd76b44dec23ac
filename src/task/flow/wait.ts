/** Flow's `wait` and `waitNext`: `yield*` one of them where Flow writes `wait(...)`. */
import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import type { Pollable } from '../../future/wakers/waker.ts'
import { ownWait } from '../../future/wakers/own-wait.ts'
import { Wait } from '../waits/wait.ts'
import type { PENDING, Waker } from '../../future/wakers/waker.ts'
import { FutureStream } from './promise-stream.ts'

/**
 * The value of a future (any pollable); throws its error.
 *
 * @throws TypeError for what can't be polled, a promise for one.
 * @example
 * const handle = fdbSpawn(function* () {
 *   return yield* wait(tn.get('a'))
 * })
 * await handle
 */
export function wait<T>(future: Pollable<T>): Wait<T> {
  if (typeof (future as Pollable<T> | undefined)?.poll !== 'function') {
    throw new TypeError('wait takes a future; a promise goes through fromPromise(promise)')
  }
  const own = ownWait(future)
  return own instanceof Wait ? (own as Wait<T>) : new WaitFor(own)
}

/**
 * The next value of a stream.
 *
 * @throws EndOfStreamError at its end, BrokenPromiseError when it breaks, TypeError for anything but a FutureStream.
 * @example
 * const numbers = new PromiseStream<number>()
 * numbers.send(1)
 * console.log(await waitNext(numbers.getFuture()))
 */
export function waitNext<T>(stream: FutureStream<T>): Wait<T> {
  if (!(stream instanceof FutureStream)) {
    throw new TypeError('waitNext takes a FutureStream: call getFuture() of the PromiseStream')
  }
  return stream.wait()
}

class WaitFor<T> extends Wait<T> {
  readonly #pollable: Pollable<T>

  constructor(pollable: Pollable<T>) {
    super()
    this.#pollable = pollable
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return describeWait(this.#pollable)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#pollable.poll(waker)
  }

  unregister(): void {
    this.#pollable.unregister?.()
  }
}
