import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { AtomicWaker } from '../../future/wakers/atomic-waker.ts'
import { currentEnvironment } from '../../future/wakers/lifecycle.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import {
  checkDelay,
  type Environment,
  type TimerHandle,
} from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { Wait } from '../waits/wait.ts'

/** Whose clock. */
export interface TimeOptions {
  /** Whose clock. Default: the running task's; outside of tasks, the process's own. */
  environment?: Environment
}

const KNOWN = knownOptions<TimeOptions>('sleep', { environment: true })

/**
 * Waits, in milliseconds of the environment. The time begins to run now, not at the first poll. The timer is set
 * only while somebody waits.
 *
 * @throws TypeError when `milliseconds` is not a number.
 * @example
 * const handle = fdbSpawn(function* () {
 *   yield* sleep(10)
 *   return 'awake'
 * })
 * console.log(await handle)
 */
export function sleep(milliseconds: number, options: TimeOptions = {}): Wait<void> {
  checkOptions(KNOWN, options)
  return new Sleep(checkDelay(milliseconds), options.environment ?? currentEnvironment())
}

export class Sleep extends Wait<void> {
  readonly #environment: Environment
  readonly #waker = new AtomicWaker()
  #deadline: number
  #timer: TimerHandle

  constructor(milliseconds: number, environment: Environment) {
    super()
    this.#environment = environment
    this.#deadline = environment.now() + milliseconds
  }

  /** When it is over, by the environment's clock. */
  get deadline(): number {
    return this.#deadline
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a sleep'
  }

  poll(waker: Waker): void | typeof PENDING {
    const rest = this.#deadline - this.#environment.now()
    if (rest <= 0) {
      this.unregister()
      return
    }
    this.#waker.register(waker, 'Sleep::poll')
    this.#timer ??= this.#environment.setTimer(rest, () => {
      this.#timer = undefined
      this.#waker.wake('Sleep::fire')
    })
    return PENDING
  }

  unregister(): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer)
    this.#timer = undefined
    this.#waker.clear('Sleep::unregister')
  }
}
