/**
 * Where a program gets its time and its chance from. Nothing else in `src` reads a clock or draws a
 * number: the same program then runs on the event loop, and in simulation from a seed.
 */
import { kind } from '../values/kinds.ts'
import { describe, shown } from '../values/describe.ts'
import { checkFunction } from '../values/arguments.ts'

/** A timer of an {@link Environment}. Opaque: only the environment that made it can read it. */
export type TimerHandle = unknown

/**
 * A clock, timers and a random source. `hostEnvironment` is the process's own; `DeterministicEnvironment` of
 * `fdbkit/task` has a clock that moves from event to event, and numbers from a seed.
 *
 * @example
 * const frozen: Environment = { ...hostEnvironment, now: () => 0, random: () => 0.5 }
 */
export interface Environment {
  /** Milliseconds. Never goes back. Says nothing about the date. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  /** Calls back once, `delay` milliseconds from now or later; never before this call has returned. */
  setTimer(delay: number, callback: () => void): TimerHandle
  /** A timer that has fired, or was cleared before, is left alone. */
  clearTimer(timer: TimerHandle): void
  /**
   * Calls back once, soon, after what runs now has returned. On the event loop it cannot starve other events; in virtual
   * time no time passes before it.
   */
  defer(callback: () => void): void
}

/** The timers of Node hold at most this many milliseconds; a longer delay is waited for in parts. */
const LONGEST_NODE_DELAY = 2 ** 31 - 1

class HostTimer {
  node: NodeJS.Timeout | undefined
}

/** After so many deferred calls in the microtask queue, one goes through the event loop. */
const MICROTASK_BURST = 64

/** The process's own clock, timers and chance. */
export class HostEnvironment implements Environment {
  #burst = 0

  now(): number {
    return performance.now()
  }

  random(): number {
    return Math.random()
  }

  setTimer(delay: number, callback: () => void): TimerHandle {
    const timer = new HostTimer()
    const arm = (rest: number): void => {
      const part = Math.min(rest, LONGEST_NODE_DELAY)
      timer.node = setTimeout(() => (rest > part ? arm(rest - part) : callback()), part)
    }
    checkFunction('callback', callback)
    arm(checkDelay(delay))
    return timer
  }

  clearTimer(timer: TimerHandle): void {
    if (timer instanceof HostTimer) clearTimeout(timer.node)
  }

  defer(callback: () => void): void {
    checkFunction('callback', callback)
    if (++this.#burst < MICROTASK_BURST) {
      queueMicrotask(callback)
      return
    }
    this.#burst = 0
    setImmediate(callback)
  }
}

kind(HostEnvironment, 'HostEnvironment')

/** @throws TypeError for what has no clock, timers and chance. */
export function checkEnvironment(environment: unknown): void {
  const { now, random, setTimer } = (environment ?? {}) as Partial<Environment>
  if ([now, random, setTimer].every((method) => typeof method === 'function')) return
  throw new TypeError(`environment must be an Environment, not ${describe(environment)}`)
}

/** A delay is a number of milliseconds; anything below 1 is "as soon as possible". */
export function checkDelay(delay: number): number {
  if (typeof delay !== 'number' || Number.isNaN(delay)) {
    throw new TypeError(`a delay must be a number of milliseconds, not ${shown(delay)}`)
  }
  return Math.max(0, delay)
}

/**
 * The process's own clock, timers and chance: what `open` takes when no environment is given.
 *
 * @example
 * const db = openEmbedded({ environment: hostEnvironment })
 */
export const hostEnvironment: Environment = new HostEnvironment()
