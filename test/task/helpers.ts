import {
  DeterministicEnvironment,
  seededRandom,
} from '../../src/native/environment/deterministic-environment.ts'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import { AtomicWaker } from '../../src/future/wakers/atomic-waker.ts'
import { emit, lifecycle, nextFutureId, PLACE } from '../../src/future/wakers/lifecycle.ts'
import { Runtime, type RuntimeOptions, Wait } from '../../src/task/index.ts'

/** A future whose test completes it: it behaves as an FdbFuture does in the seed's listings. */
export class FakeFuture<T> extends Wait<T> {
  readonly id = nextFutureId()
  readonly #waker = new AtomicWaker()
  #settled: { value: T } | { error: unknown } | undefined
  #registered = false
  polls = 0

  poll(waker: Waker): T | typeof PENDING {
    this.polls++
    this.#emit('poll', waker)
    if (this.#settled !== undefined) {
      this.#emit('ready', waker)
      if ('error' in this.#settled) throw this.#settled.error
      return this.#settled.value
    }
    this.#waker.register(waker, PLACE.poll)
    if (!this.#registered) {
      this.#registered = true
      this.#emit('register', waker)
    }
    this.#emit('pending', waker)
    return PENDING
  }

  unregister(): void {
    this.#waker.clear(PLACE.poll, this.id)
  }

  get isWaitedFor(): boolean {
    return this.#waker.isRegistered
  }

  complete(value: T): void {
    this.#settle({ value })
  }

  fail(error: unknown): void {
    this.#settle({ error })
  }

  #settle(settled: { value: T } | { error: unknown }): void {
    if (this.#settled !== undefined) throw new Error('completed twice')
    this.#settled = settled
    this.#emit('callback', undefined)
    this.#waker.wake(PLACE.callback)
  }

  #emit(
    type: 'poll' | 'ready' | 'register' | 'pending' | 'callback',
    waker: Waker | undefined,
  ): void {
    if (!lifecycle.hasSubscribers) return
    emit(type, type === 'callback' ? PLACE.callback : PLACE.poll, waker, this.id)
  }
}

export function deterministic(
  seed: number,
  options: Omit<RuntimeOptions, 'environment'> = {},
): { environment: DeterministicEnvironment; runtime: Runtime } {
  const environment = new DeterministicEnvironment({ seed })
  return { environment, runtime: new Runtime({ ...options, environment }) }
}

/** Draws for tests that are not the program's own chance. */
export class Draw {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  chance(part: number): boolean {
    return this.#random() < part
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
