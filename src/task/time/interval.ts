// Time: waiting by the clock of the environment, real or virtual.

import { currentEnvironment } from '../../future/wakers/lifecycle.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { checkDelay, type Environment } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { Wait } from '../waits/wait.ts'
import { Sleep, type TimeOptions } from './sleep.ts'
import { kind } from '../../native/values/kinds.ts'

/** Whose clock, and what becomes of ticks that come too late. */
export interface IntervalOptions extends TimeOptions {
  /** What becomes of ticks that nobody took in time: all come at once (default), or they are left out. */
  missed?: 'burst' | 'skip'
}

const KNOWN = knownOptions<IntervalOptions>('interval', { missed: true, environment: true })

/**
 * Ticks at a fixed distance; the first comes one period from now.
 *
 * @param period in milliseconds, above 0.
 * @throws RangeError for a period of 0 or less.
 * @example
 * const ticks = interval(10)
 * for (let count = 0; count < 3; count++) console.log(await ticks.tick())
 */
export function interval(period: number, options: IntervalOptions = {}): Interval {
  checkOptions(KNOWN, options)
  if (!(checkDelay(period) > 0)) throw new RangeError('the period of an interval must be above 0')
  const environment = options.environment ?? currentEnvironment()
  return new Interval(period, environment, options.missed ?? 'burst')
}

/**
 * Ticks at a fixed distance, by the environment's clock. Made by {@link interval}.
 *
 * @example
 * for await (const due of interval(10)) {
 *   console.log(due)
 *   break
 * }
 */
export class Interval implements AsyncIterable<number> {
  readonly #period: number
  readonly #environment: Environment
  readonly #missed: 'burst' | 'skip'
  #next: number

  /** @internal Use `interval`. */
  constructor(period: number, environment: Environment, missed: 'burst' | 'skip') {
    this.#period = period
    this.#environment = environment
    this.#missed = missed
    this.#next = environment.now() + period
  }

  /** The next tick; its value is the time it was due. */
  tick(): Wait<number> {
    const due = this.#next
    const rest = Math.max(0, due - this.#environment.now())
    return new Tick(new Sleep(rest, this.#environment), () => {
      this.#advance()
      return due
    })
  }

  #advance(): void {
    this.#next += this.#period
    const late = this.#environment.now() - this.#next
    if (this.#missed === 'skip' && late >= 0) {
      this.#next += (Math.floor(late / this.#period) + 1) * this.#period
    }
  }

  /** Every tick, for ever. */
  async *[Symbol.asyncIterator](): AsyncGenerator<number, never, undefined> {
    for (;;) yield await this.tick()
  }
}

kind(Interval, 'Interval')

class Tick extends Wait<number> {
  readonly #sleep: Sleep
  readonly #take: () => number

  constructor(sleep: Sleep, take: () => number) {
    super()
    this.#sleep = sleep
    this.#take = take
  }

  poll(waker: Waker): number | typeof PENDING {
    return this.#sleep.poll(waker) === PENDING ? PENDING : this.#take()
  }

  unregister(): void {
    this.#sleep.unregister()
  }
}
