/** How fast seeds go by, and when there is no more time for another. */

/** Milliseconds of the machine. */
export type Clock = () => number

export class Pace {
  readonly #now: Clock
  readonly #begin: number
  /** Milliseconds in which seeds are begun. */
  readonly budget: number | undefined
  #seeds = 0

  constructor(now: Clock, budget?: number) {
    this.#now = now
    this.#begin = now()
    this.budget = budget
  }

  /** Another seed has ended. */
  count(): void {
    this.#seeds++
  }

  /** Milliseconds since the first seed began. */
  get elapsed(): number {
    return this.#now() - this.#begin
  }

  /** No further seed is begun. */
  get isOver(): boolean {
    return this.budget !== undefined && this.elapsed >= this.budget
  }

  /** Seeds a minute until now; undefined before the first has ended. */
  get perMinute(): number | undefined {
    const { elapsed } = this
    return this.#seeds === 0 || elapsed <= 0 ? undefined : (this.#seeds * 60_000) / elapsed
  }

  /** `300 seeds in 60.0 s, 300 a minute` */
  get summary(): string {
    const rate = this.perMinute
    const seconds = (this.elapsed / 1000).toFixed(1)
    const seeds = `${this.#seeds} ${this.#seeds === 1 ? 'seed' : 'seeds'} in ${seconds} s`
    return rate === undefined ? seeds : `${seeds}, ${Math.round(rate)} a minute`
  }
}
