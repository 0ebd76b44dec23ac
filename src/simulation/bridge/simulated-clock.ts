/** The simulator's time: it moves with events only. */
export class SimulatedClock {
  #milliseconds = 0

  get milliseconds(): number {
    return this.#milliseconds
  }

  /** A timer has fired: it is not before its time, not even by the rounding of a sum. */
  reach(milliseconds: number): void {
    this.#milliseconds = Math.max(this.#milliseconds, milliseconds)
  }

  /** The simulator says so many seconds. */
  moveTo(seconds: number): void {
    this.#milliseconds = Math.max(this.#milliseconds, seconds * 1000)
  }
}
