/** Lanes: each runs one operation after the other, drawn from the seed, until they are told to pause. */
import { Chance } from './chance.ts'
import type { Ground } from './ground.ts'
import type { Operation } from './operations/operation.ts'
import { Violation } from './violation.ts'

const LANES = 32

/** What operations came to: how often each outcome of each name. */
export type Tally = ReadonlyMap<string, ReadonlyMap<string, number>>

export interface LanesOptions {
  readonly ground: Ground
  readonly operations: readonly Operation[]
  readonly seed: number
  /** Milliseconds, after which an operation hangs. */
  readonly patience: number
}

export class Lanes {
  readonly #options: LanesOptions
  readonly #totalWeight: number
  readonly #tally = new Map<string, Map<string, number>>()
  #begun = 0
  #stopAt = Infinity
  #isPaused = false

  constructor(options: LanesOptions) {
    this.#options = options
    this.#totalWeight = options.operations.reduce((sum, { weight }) => sum + weight, 0)
  }

  /** Operations that have been begun. */
  get begun(): number {
    return this.#begun
  }

  get tally(): Tally {
    return this.#tally
  }

  /**
   * Runs until `until` settles or so many operations have been begun, and all have settled.
   *
   * @throws Violation of the first one that fails or hangs.
   */
  async run(until: Promise<unknown>, most = Infinity): Promise<void> {
    this.#isPaused = false
    this.#stopAt = this.#begun + most
    void until.then(() => (this.#isPaused = true))
    try {
      await Promise.all(Array.from({ length: LANES }, () => this.#lane()))
    } finally {
      this.#isPaused = true
    }
  }

  async #lane(): Promise<void> {
    while (!this.#isPaused && this.#begun < this.#stopAt) await this.#next(++this.#begun)
  }

  async #next(number: number): Promise<void> {
    const chance = new Chance(this.#options.seed, number)
    const { name, run } = this.#options.operations[number - 1] ?? this.#draw(chance)
    try {
      const work = run({ number, chance, ground: this.#options.ground })
      this.#count(name, await this.#impatiently(work))
    } catch (error) {
      const why = error instanceof Violation ? error.message : String(error)
      throw new Violation(`${name} (operation ${number}): ${why}`, { cause: error })
    }
  }

  /** Behind the first ones, which are each operation once: a short soak would leave out seldom ones. */
  #draw(chance: Chance): Operation {
    const { operations } = this.#options
    let at = (chance.below(2 ** 31) / 2 ** 31) * this.#totalWeight
    return operations.find(({ weight }) => (at -= weight) < 0) ?? (operations[0] as Operation)
  }

  async #impatiently<T>(work: Promise<T>): Promise<T> {
    const { patience } = this.#options
    let timer: NodeJS.Timeout | undefined
    const hangs = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Violation(`it has not settled after ${patience / 1000} s`)),
        patience,
      )
    })
    try {
      return await Promise.race([work, hangs])
    } finally {
      clearTimeout(timer)
    }
  }

  #count(name: string, outcome: string): void {
    const outcomes = this.#tally.get(name) ?? new Map<string, number>()
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    this.#tally.set(name, outcomes)
  }
}
