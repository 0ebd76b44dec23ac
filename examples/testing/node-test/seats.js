/** Seats of shows: what the three set-ups test. */
import { encoders } from 'fdbkit'

export class Seats {
  #left

  /** @param {import('fdbkit').Database} db */
  constructor(db) {
    this.#left = db.at('seats/', encoders.string, encoders.json())
  }

  async open(show, seats) {
    await this.#left.set(show, seats)
  }

  async left(show) {
    return (await this.#left.get(show)) ?? 0
  }

  /** Whether there was one. */
  async take(show) {
    return this.#left.doTransaction(async (tn) => {
      const left = (await tn.get(show)) ?? 0
      if (left > 0) tn.set(show, left - 1)
      return left > 0
    })
  }
}
