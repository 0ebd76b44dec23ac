/** Rows of one lane at most; what overlaps with all of them is drawn over the last. */
const MOST = 4

/** Puts bars that overlap below each other. They come in the order of their begin. */
export class Rows {
  readonly #first: number
  readonly #ends: number[] = []

  constructor(first: number) {
    this.#first = first
  }

  /** The first row behind them, and at least one behind the first. */
  get count(): number {
    return this.#first + Math.max(1, this.#ends.length)
  }

  /** The row of a bar. */
  take(begin: number, end: number): number {
    const free = this.#ends.findIndex((until) => until <= begin)
    const row = free >= 0 ? free : Math.min(this.#ends.length, MOST - 1)
    this.#ends[row] = Math.max(this.#ends[row] ?? 0, end)
    return this.#first + row
  }
}
