import { AtomicWaker } from '../../future/wakers/atomic-waker.ts'
import { currentEnvironment } from '../../future/wakers/lifecycle.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { Wait } from '../waits/wait.ts'

/**
 * Lets all else go first: the other tasks that wait to be polled and, every so often, timers and what comes from outside.
 * So a loop that does much, with a `yieldNow` in it, stops nobody, whatever executor it runs on.
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

/** A wake there and then would be a poll there and then where wakes poll in place: the environment has to have its turn. */
class Yield extends Wait<void> {
  readonly #waker = new AtomicWaker()
  #turn: 'not asked for' | 'is to come' | 'has come' = 'not asked for'

  poll(waker: Waker): void | typeof PENDING {
    if (this.#turn === 'has come') return
    this.#waker.register(waker, 'Yield::poll')
    if (this.#turn === 'not asked for') {
      this.#turn = 'is to come'
      currentEnvironment().defer(() => this.#take())
    }
    return PENDING
  }

  #take(): void {
    this.#turn = 'has come'
    this.#waker.wake('Yield::turn')
  }

  unregister(): void {
    this.#waker.clear('Yield::unregister')
  }
}
