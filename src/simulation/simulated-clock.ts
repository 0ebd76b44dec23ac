/** The simulator's time: it moves with events only. */
export class SimulatedClock {
  #milliseconds = 0

  get milliseconds(): number {
    return this.#milliseconds
  }

  /** The simulator says so many seconds. */
  moveTo(seconds: number): void {
    this.#milliseconds = Math.max(this.#milliseconds, seconds * 1000)
  }
}
