import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { currentEnvironment } from '../../future/wakers/lifecycle.ts'
import { PENDING, type Pollable, type Waker } from '../../future/wakers/waker.ts'
import { checkDelay } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { TimeoutError } from '../core/errors.ts'
import { ownWait } from '../../future/wakers/own-wait.ts'
import { Wait } from '../waits/wait.ts'
import { Sleep, type TimeOptions } from './sleep.ts'

const KNOWN = knownOptions<TimeOptions>('timeout', { environment: true })

/**
 * The value of what is waited for, or a TimeoutError when it is not there in time. A value that is there when the
 * time is up still counts. What was waited for is given up: a future that nobody else has is cancelled, and
 * `byRef(future)` keeps it.
 *
 * @throws TimeoutError
 * @example
 * const handle = fdbSpawn(function* () {
 *   return yield* timeout(5000, tn.get('a'))
 * })
 * await handle
 */
export function timeout<T>(
  milliseconds: number,
  pollable: Pollable<T>,
  options: TimeOptions = {},
): Wait<T> {
  checkOptions(KNOWN, options)
  const environment = options.environment ?? currentEnvironment()
  return new Timeout(
    ownWait(pollable),
    new Sleep(checkDelay(milliseconds), environment),
    milliseconds,
  )
}

class Timeout<T> extends Wait<T> {
  readonly #pollable: Pollable<T>
  readonly #sleep: Sleep
  readonly #milliseconds: number

  constructor(pollable: Pollable<T>, sleep: Sleep, milliseconds: number) {
    super()
    this.#pollable = pollable
    this.#sleep = sleep
    this.#milliseconds = milliseconds
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return `${describeWait(this.#pollable)}, with a timeout`
  }

  poll(waker: Waker): T | typeof PENDING {
    let over = true
    try {
      const value = this.#pollable.poll(waker)
      over = value !== PENDING
      if (value !== PENDING) return value
    } finally {
      if (over) this.#sleep.unregister()
    }
    if (this.#sleep.poll(waker) === PENDING) return PENDING
    this.#pollable.unregister?.()
    throw new TimeoutError(`timed out after ${this.#milliseconds} ms`)
  }

  unregister(): void {
    this.#pollable.unregister?.()
    this.#sleep.unregister()
  }
}
