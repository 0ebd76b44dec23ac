/**
 * The native handles made in surroundings that have a scope: those of a runtime's tasks. Disposing of the runtime
 * releases what they made and still hold. A scope keeps no handle alive: one that was forgotten is left to its
 * finalizer.
 */

/** What a handle in a scope holds: it leaves when its owner gives it back. */
export interface Membership {
  /** The handle was given back by its owner. */
  leave(): void
}

/** Forgotten handles leave an empty entry behind; they are swept out once the scope has doubled. */
const FIRST_SWEEP = 64

export class HandleScope {
  readonly #handles = new Set<WeakRef<Disposable>>()
  #sweepAt = FIRST_SWEEP

  get size(): number {
    return this.#handles.size
  }

  /** `handle[Symbol.dispose]` gives its native side back, and does nothing the second time. */
  adopt(handle: Disposable): Membership {
    if (this.#handles.size >= this.#sweepAt) this.#sweep()
    const reference = new WeakRef(handle)
    this.#handles.add(reference)
    return { leave: () => this.#handles.delete(reference) }
  }

  #sweep(): void {
    for (const reference of this.#handles) {
      if (reference.deref() === undefined) this.#handles.delete(reference)
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#handles.size)
  }

  /** Disposes of all, the youngest first: a transaction goes before its database. */
  dispose(): void {
    const youngestFirst = [...this.#handles].reverse()
    this.#handles.clear()
    for (const reference of youngestFirst) reference.deref()?.[Symbol.dispose]()
  }
}
