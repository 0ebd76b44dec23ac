// What a workload sees instead of the machine: time, timers, chance, surroundings. What is left is refused.
/**
 * Nothing in a simulation may depend on the garbage collector: weak references hold on, and finalizers never
 * run. Imported before anything that makes one.
 */
class HeldReference<T extends WeakKey> {
  readonly #target: T

  constructor(target: T) {
    this.#target = target
  }

  deref(): T {
    return this.#target
  }

  get [Symbol.toStringTag](): string {
    return 'WeakRef'
  }
}

class InertRegistry {
  register(): void {}

  unregister(): boolean {
    return false
  }

  get [Symbol.toStringTag](): string {
    return 'FinalizationRegistry'
  }
}

/** Replaces `WeakRef` and `FinalizationRegistry` for the rest of the process. */
export function makeCollectionInvisible(): void {
  Object.assign(globalThis, { WeakRef: HeldReference, FinalizationRegistry: InertRegistry })
}
