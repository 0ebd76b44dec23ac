/** Seats of shows: what the three set-ups test. */
import { encoders, type Database } from 'fdbkit'

export class Seats {
  readonly #left

  constructor(db: Database) {
    this.#left = db.at('seats/', encoders.string, encoders.json<number>())
  }

  async open(show: string, seats: number): Promise<void> {
    await this.#left.set(show, seats)
  }

  async left(show: string): Promise<number> {
    return (await this.#left.get(show)) ?? 0
  }

  /** Whether there was one. */
  async take(show: string): Promise<boolean> {
    return this.#left.doTransaction(async (tn) => {
      const left = (await tn.get(show)) ?? 0
      if (left > 0) tn.set(show, left - 1)
      return left > 0
    })
  }
}
