/** `setTimeout` and its kin, on simulated time; each belongs to the client whose code makes it. */
import { onAbort } from '../../native/environment/on-abort.ts'
import { createRequire } from 'node:module'
import type { Environment, TimerHandle } from '../../native/environment/environment.ts'
import type { SimulatedClient } from '../client/simulated-client.ts'

type ClientOf = (what: string) => SimulatedClient
type Callback = (...args: unknown[]) => void

/** Node takes anything below for 1. */
const SHORTEST_DELAY = 1
const require = createRequire(import.meta.url)

class Timer {
  readonly #environment: Environment
  readonly #callback: () => void
  readonly #delay: number
  readonly #repeats: boolean
  #handle: TimerHandle

  constructor(environment: Environment, callback: () => void, delay: number, repeats: boolean) {
    this.#environment = environment
    this.#callback = callback
    this.#delay = delay
    this.#repeats = repeats
    this.#arm()
  }

  #arm(): void {
    this.#handle = this.#environment.setTimer(this.#delay, () => {
      this.#handle = undefined
      if (this.#repeats) this.#arm()
      this.#callback()
    })
  }

  refresh(): this {
    this.close()
    this.#arm()
    return this
  }

  close(): void {
    if (this.#handle === undefined) return
    this.#environment.clearTimer(this.#handle)
    this.#handle = undefined
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

export function installTimers(clientOf: ClientOf): void {
  const make = (what: string, callback: unknown, delay: number, repeats: boolean): Timer => {
    if (typeof callback !== 'function') throw new TypeError(`${what} takes a function`)
    const { environment } = clientOf(what)
    return new Timer(environment, callback as () => void, delay, repeats)
  }
  const bind = (callback: Callback, args: unknown[]): unknown =>
    typeof callback === 'function' ? () => callback(...args) : callback
  const setTimeout = (callback: Callback, delay?: number, ...args: unknown[]): Timer =>
    make('setTimeout', bind(callback, args), nodeDelay(delay), false)
  const setInterval = (callback: Callback, delay?: number, ...args: unknown[]): Timer =>
    make('setInterval', bind(callback, args), nodeDelay(delay), true)
  const setImmediate = (callback: Callback, ...args: unknown[]): Timer =>
    make('setImmediate', bind(callback, args), 0, false)
  const clear = (timer: unknown): void => {
    if (timer instanceof Timer) timer.close()
  }
  const timers = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  }
  Object.assign(globalThis, timers)
  Object.assign(require('node:timers') as object, timers)
  installPromised(clientOf)
  AbortSignal.timeout = (delay) => {
    const controller = new AbortController()
    const fire = (): void =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    make('AbortSignal.timeout', fire, delay, false)
    return controller.signal
  }
}

function installPromised(clientOf: ClientOf): void {
  const wait = <T>(what: string, delay: number, value: T, signal?: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const { environment } = clientOf(what)
      signal?.throwIfAborted()
      const abort = (): void => {
        environment.clearTimer(handle)
        reject(signal?.reason as Error)
      }
      const handle = environment.setTimer(delay, () => {
        forget()
        resolve(value)
      })
      const forget = onAbort(signal, abort)
    })
  const setTimeout = <T>(delay?: number, value?: T, options?: { signal?: AbortSignal }) =>
    wait('setTimeout', nodeDelay(delay), value, options?.signal)
  const setImmediate = <T>(value?: T, options?: { signal?: AbortSignal }) =>
    wait('setImmediate', 0, value, options?.signal)
  async function* setInterval<T>(delay?: number, value?: T, options?: { signal?: AbortSignal }) {
    for (;;) yield await wait('setInterval', nodeDelay(delay), value, options?.signal)
  }
  const promised = require('node:timers/promises') as { scheduler: object }
  Object.assign(promised, { setTimeout, setImmediate, setInterval })
  Object.assign(promised.scheduler, {
    wait: (delay: number, options?: { signal?: AbortSignal }) =>
      wait('scheduler.wait', nodeDelay(delay), undefined, options?.signal),
    yield: () => wait('scheduler.yield', 0, undefined),
  })
}

function nodeDelay(delay: unknown): number {
  const number = Number(delay)
  return number >= SHORTEST_DELAY ? number : SHORTEST_DELAY
}
