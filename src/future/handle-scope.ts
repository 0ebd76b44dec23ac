/**
 * The native handles made while a scope is entered. A runtime enters its own around each poll, so that
 * disposing of it releases what its tasks made and still hold.
 */

interface Handle {
  /** Gives the native side back, whoever else still holds the object. Must bear being called twice. */
  dispose(): void
}

let current: HandleScope | undefined

export class HandleScope {
  readonly #handles = new Set<Handle>()

  get size(): number {
    return this.#handles.size
  }

  adopt(handle: Handle): void {
    this.#handles.add(handle)
  }

  disown(handle: Handle): void {
    this.#handles.delete(handle)
  }

  /** Disposes of all, in the order they were made. */
  dispose(): void {
    for (const handle of this.#handles) {
      this.#handles.delete(handle)
      handle.dispose()
    }
  }
}

/** The scope that new handles belong to; undefined: nobody's but their owner's. */
export function currentScope(): HandleScope | undefined {
  return current
}

/** Says which scope new handles belong to. Returns the one before, to be put back. */
export function enterScope(scope: HandleScope | undefined): HandleScope | undefined {
  const before = current
  current = scope
  return before
}
