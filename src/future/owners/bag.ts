/**
 * Who is under way, without gaps and in no order; to come and to go cost the same, however many there are.
 *
 * A Set would do it too, and keep alive what has left: its outgrown tables still point to what was in them, and while those
 * live in the old part of the heap, nothing that they point to is collected with the young.
 */

/** Where the bag has it; the bag's alone. */
export interface Placed {
  place: number
}

/** It is in no bag. */
export const NOWHERE = -1

export class Bag<T extends Placed> {
  readonly #all: T[] = []

  get size(): number {
    return this.#all.length
  }

  add(one: T): void {
    one.place = this.#all.length
    this.#all.push(one)
  }

  /** Does nothing for one that is in no bag. */
  delete(one: T): void {
    const { place } = one
    if (place === NOWHERE) return
    one.place = NOWHERE
    const last = this.#all.pop() as T
    if (last === one) return
    last.place = place
    this.#all[place] = last
  }

  /** All that are in it, which then is empty. */
  takeAll(): T[] {
    const all = this.#all.splice(0)
    for (const one of all) one.place = NOWHERE
    return all
  }
}
