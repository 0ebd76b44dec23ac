/**
 * One who waits for a future, among any number: it has a waker of its own, and a share in the future while it waits.
 * Waiting is having: the last wait that gives up takes the future with it, unless somebody else has it, or the wait
 * was lent. docs/tasks.md, "Who has what".
 */
import { describeWait, WAITS_FOR } from '../wakers/waits-for.ts'
import { AtomicWaker } from '../wakers/atomic-waker.ts'
import type { Pollable, PENDING, Waker } from '../wakers/waker.ts'

/** The future, as its waits see it. */
export interface WaitedFor<T> {
  pollFor(wait: FutureWait<T>, waker: Waker): T | typeof PENDING
  giveUp(wait: FutureWait<T>): void
}

export class FutureWait<T> implements Pollable<T> {
  readonly waker = new AtomicWaker()
  /** Somebody keeps the future in a variable: to give the wait up leaves it as it is. */
  readonly lent: boolean
  readonly #future: WaitedFor<T>

  constructor(future: WaitedFor<T>, lent: boolean) {
    this.#future = future
    this.lent = lent
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return describeWait(this.#future)
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#future.pollFor(this, waker)
  }

  unregister(): void {
    this.#future.giveUp(this)
  }
}

/** Those who wait for one future. Each leaves when it takes the outcome, or gives up. */
export class FutureWaits<T> {
  readonly #waits = new Set<FutureWait<T>>()

  get size(): number {
    return this.#waits.size
  }

  has(wait: FutureWait<T>): boolean {
    return this.#waits.has(wait)
  }

  add(wait: FutureWait<T>): void {
    this.#waits.add(wait)
  }

  delete(wait: FutureWait<T>): void {
    this.#waits.delete(wait)
  }

  /** Wakes all who wait now: the first error of theirs is thrown when all were woken. */
  wakeAll(place: string): void {
    const problems: unknown[] = []
    for (const { waker } of [...this.#waits]) {
      try {
        waker.wake(place)
      } catch (problem) {
        problems.push(problem)
      }
    }
    if (problems.length > 0) throw problems[0]
  }
}
