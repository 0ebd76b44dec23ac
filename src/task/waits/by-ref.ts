import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { ownWait } from '../../future/wakers/own-wait.ts'
import type { PENDING, Pollable, Waker } from '../../future/wakers/waker.ts'
import { Wait } from './wait.ts'

/**
 * Waits for a future, a watch or an actor without a share in it: a wait that is given up leaves it as it is, to be
 * waited for again. For who keeps it in a variable and waits for it by parts; without `byRef` the last wait that is given
 * up takes it along.
 *
 * @example
 * const watch = await db.getAndWatch('config')
 * const handle = fdbSpawn(function* () {
 *   for (let second = 1; second < 60; second++) {
 *     const changed = yield* choose(when(byRef(watch)), when(sleep(1000), () => undefined))
 *     if (changed !== undefined) return second
 *   }
 *   watch.cancel()
 *   return undefined
 * })
 * handle.cancel()
 */
export function byRef<T>(pollable: Pollable<T>): Wait<T> {
  return new Lent(ownWait(pollable, true))
}

class Lent<T> extends Wait<T> {
  readonly #wait: Pollable<T>

  constructor(wait: Pollable<T>) {
    super()
    this.#wait = wait
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return describeWait(this.#wait)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#wait.poll(waker)
  }

  unregister(): void {
    this.#wait.unregister?.()
  }
}
