/**
 * A clock that moves when a test moves it. Only timers are virtual: the database answers when it answers, so between two
 * timers the clock waits until nothing is under way.
 */
import { checkNumberFrom } from '../../native/values/arguments.ts'
import { shown } from '../../native/values/describe.ts'
import { ringOfWorker } from '../../future/ring/ring.ts'
import { networkInfo } from '../../native/library/network.ts'
import { DeterministicEnvironment } from '../../native/environment/deterministic-environment.ts'
import { hostEnvironment } from '../../native/environment/environment.ts'
import type { Environment, TimerHandle } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { kind } from '../../native/values/kinds.ts'
import { nextSeed } from '../ground/seeds.ts'
import { nextTurn } from '../ground/turns.ts'

/** How a {@link VirtualClock} begins. */
export interface VirtualClockOptions {
  /** What its numbers are drawn from. Default: `FDBKIT_TEST_SEED`, or a new one. */
  seed?: number | undefined
  /** Milliseconds on the clock at the start. Default: 0. */
  start?: number | undefined
}

const KNOWN = knownOptions<VirtualClockOptions>('a VirtualClock', { seed: true, start: true })

/** Turns of the event loop without anything new: then what a timer began has gone as far as it can. */
const QUIET_TURNS = 5

/** Real milliseconds that a call may be under way: a watch that keeps the process alive waits for longer. */
const PATIENCE = 2000

/** Timers at one moment: more is a program that never waits. */
const MOST_AT_ONCE = 100_000

/**
 * An environment whose clock stands still until `advance` moves it: for timeouts, intervals, leases and what sleeps. Its
 * `random` is seeded. Give it to `openEmbedded`, `testDatabase`, `sleep`, `Runtime` and others that take an `environment`.
 *
 * The database keeps real time: what waits for it there (`retryDelay`, `timeout` of a transaction, the five seconds of a
 * read version) is not on this clock.
 *
 * @example
 * import { sleep, fdbSpawn } from 'fdbkit/task'
 * const environment = new VirtualClock({ seed: 1 })
 * const slept = fdbSpawn(sleep(60_000, { environment }))
 * await environment.advance(60_000)
 * await slept // at once
 */
export class VirtualClock implements Environment {
  readonly #inner: DeterministicEnvironment
  #timers = 0

  /** @throws TypeError when the seed is no integer, or the start no number. */
  constructor(options: VirtualClockOptions = {}) {
    checkOptions(KNOWN, options)
    const { seed = nextSeed(), start = 0 } = options
    if (typeof start !== 'number' || !Number.isFinite(start)) {
      throw new TypeError(`start of a VirtualClock is a number, not ${shown(start)}`)
    }
    this.#inner = new DeterministicEnvironment({ seed, start })
  }

  /** What its numbers are drawn from. */
  get seed(): number {
    return this.#inner.seed
  }

  now(): number {
    return this.#inner.now()
  }

  random(): number {
    return this.#inner.random()
  }

  setTimer(delay: number, callback: () => void): TimerHandle {
    this.#timers++
    return this.#inner.setTimer(delay, callback)
  }

  clearTimer(timer: TimerHandle): void {
    this.#inner.clearTimer(timer)
  }

  /** Soon, in real time: no time of the clock passes before it. */
  defer(callback: () => void): void {
    hostEnvironment.defer(callback)
  }

  /**
   * Moves the clock on, from timer to timer: each is called at its time, and what it begins goes on until nothing is under
   * way but timers and watches. Timers that are set meanwhile count.
   *
   * @param milliseconds 0 or more.
   * @throws RangeError when timers are set at one moment without end.
   * @example
   * const environment = new VirtualClock()
   * let fired = false
   * environment.setTimer(1000, () => (fired = true))
   * await environment.advance(999)
   * console.log(fired) // false
   * await environment.advance(1)
   * console.log(fired) // true
   */
  async advance(milliseconds: number): Promise<void> {
    checkNumberFrom('milliseconds', milliseconds, 0)
    const end = this.now() + milliseconds
    await this.#settle()
    let atOnce = 0
    for (let next = this.#inner.nextTime; next !== undefined && next <= end;) {
      const before = this.now()
      this.#inner.step()
      atOnce = this.now() === before ? atOnce + 1 : 0
      if (atOnce > MOST_AT_ONCE)
        throw new RangeError('timers are set without end, and no time passes')
      await this.#settle()
      next = this.#inner.nextTime
    }
    this.#inner.moveTo(end)
  }

  /** Until nothing is under way that time does not bring, and nothing new begins. */
  async #settle(): Promise<void> {
    const giveUp = hostEnvironment.now() + PATIENCE
    let quiet = 0
    let timers = this.#timers
    while (quiet < QUIET_TURNS && hostEnvironment.now() < giveUp) {
      await nextTurn()
      const isQuiet = timers === this.#timers && !isUnderWay()
      quiet = isQuiet ? quiet + 1 : 0
      timers = this.#timers
    }
  }
}

kind(VirtualClock, 'VirtualClock', (clock) => `at ${clock.now()} ms`)

/** Whether a call of this worker waits for the database. A watch does not hold the process, and so is none. */
function isUnderWay(): boolean {
  return networkInfo().state === 'running' && ringOfWorker().holding > 0
}
