/** What is drawn, from a seed. */
import { DeterministicEnvironment } from 'fdbkit/task'

/** Spreads the numbers of operations: seeds side by side then have nothing in common. */
const SPREAD = 0x9e3779b1

export class Chance {
  readonly #environment: DeterministicEnvironment

  /** `number`: of an operation, so that each draws for itself. */
  constructor(seed: number, number = 0) {
    this.#environment = new DeterministicEnvironment({
      seed: seed ^ (Math.imul(number, SPREAD) >>> 0),
    })
  }

  /** An integer from 0 on. */
  below(limit: number): number {
    return Math.floor(this.#environment.random() * limit)
  }

  /** An integer, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** Some turns of the event loop, or none: a moment at which anything may be under way. */
  async moment(): Promise<void> {
    await turns(this.below(6))
  }
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
