/**
 * Whether a worker that would sleep looks for completions first. To be woken costs some ten microseconds, of a bell, the event
 * loop, and a processor that was asleep; an answer that comes sooner is better looked for. So it is worth it while one call
 * follows the other and the answers come at once, and at no other time: it learns from what became of the last looks, and
 * tries now and then. What is idle makes no rows, so it never looks.
 */

/** Looks that found nothing, after as many that found something, until it stops. */
const MOST_CREDIT = 8
/** A look that found nothing weighs so many that did. */
const COST_OF_NOTHING = 4
/** How often it sleeps at once, before it tries to look again. */
const SLEEPS_BETWEEN_TRIES = 64
/** Looks are for few: more are answered together, and one bell wakes for all of them. */
const MOST_IN_FLIGHT = 64
/** Completions found in a row, before the event loop has its turn. */
const MOST_IN_A_ROW = 32

export class Patience {
  #credit = 0
  #sleeps = 0
  #inARow = 0

  /** Whether to look, before a sleep with so many operations in flight. */
  looks(inFlight: number): boolean {
    if (inFlight === 0 || inFlight > MOST_IN_FLIGHT) return false
    if (this.#credit > 0) return true
    if (++this.#sleeps < SLEEPS_BETWEEN_TRIES) return false
    this.#sleeps = 0
    return true
  }

  /** What became of a look. */
  looked(found: boolean): void {
    if (found) this.#credit = Math.min(this.#credit + 1, MOST_CREDIT)
    else this.#credit = Math.max(this.#credit - COST_OF_NOTHING, 0)
  }

  /** Whether what was found may be told at once, or the event loop has its turn before. */
  tellsAtOnce(): boolean {
    return ++this.#inARow <= MOST_IN_A_ROW
  }

  /** The event loop has its turn. */
  turned(): void {
    this.#inARow = 0
  }
}
