import { AtomicWaker } from '../../future/wakers/atomic-waker.ts'
import { currentEnvironment } from '../../future/wakers/lifecycle.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { Wait } from '../waits/wait.ts'

/** So many turns cost no time where time stands still while code runs. */
const TURNS_AT_ONCE = 64
/** What a turn costs there after these, in milliseconds. */
const TURN = 1

/**
 * Lets all else go first: the other tasks that wait to be polled and, every so often, timers and what comes from outside.
 * So a loop that does much, with a `yieldNow` in it, stops nobody, whatever executor it runs on.
 *
 * In virtual time and in simulation the clock stands still while code runs. There 64 turns at one time are free; each one
 * that follows takes a millisecond, so that timers come.
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

/** The turns that were asked for since the clock of an environment has moved. */
class Turns {
  #time = NaN
  #asked = 0

  /** False: so many were at one time that time has to pass. */
  isFree(now: number): boolean {
    if (now !== this.#time) {
      this.#time = now
      this.#asked = 0
    }
    return ++this.#asked <= TURNS_AT_ONCE
  }
}

const turns = new WeakMap<Environment, Turns>()

function afterAllElse(environment: Environment, callback: () => void): void {
  let taken = turns.get(environment)
  if (taken === undefined) turns.set(environment, (taken = new Turns()))
  if (taken.isFree(environment.now())) environment.defer(callback)
  else environment.setTimer(TURN, callback)
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
      afterAllElse(currentEnvironment(), () => this.#take())
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
