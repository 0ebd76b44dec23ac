/**
 * What was made since, and keeps the process alive. How many there are does not tell it: something that was there before
 * may have ended, and something new has its place.
 */
import { createHook } from 'node:async_hooks'

interface Refable {
  hasRef(): boolean
}

/** So many timers are kept before those that have ended are looked for. */
const ENOUGH = 1000

export class MadeSince {
  /** Timers and immediates, each by itself. */
  readonly #timers = new Set<Refable>()
  /** Of all else the kinds: that one of them is still there is taken for a new one. */
  readonly #kinds = new Set<string>()
  #enough = ENOUGH

  readonly #hook = createHook({
    init: (_id, type, _trigger, resource) => {
      // There are many of these, and none keeps a process alive.
      if (type === 'PROMISE' || type === 'TickObject' || type === 'Microtask') return
      if (type === 'Timeout' || type === 'Immediate') this.#add(resource as Refable)
      else this.#kinds.add(type)
    },
  })

  constructor() {
    this.#hook.enable()
  }

  /** @param alive kinds of what keeps the process alive, as `process.getActiveResourcesInfo` names them. */
  isAmong(alive: Iterable<string>): boolean {
    this.#prune()
    if (this.#timers.size > 0) return true
    for (const kind of alive) if (this.#kinds.has(hookNameOf(kind))) return true
    return false
  }

  end(): void {
    this.#hook.disable()
  }

  #add(timer: Refable): void {
    this.#timers.add(timer)
    if (this.#timers.size < this.#enough) return
    // The newest is not set yet.
    this.#prune(timer)
    this.#enough = Math.max(ENOUGH, 2 * this.#timers.size)
  }

  #prune(besides?: Refable): void {
    for (const timer of this.#timers) {
      if (timer !== besides && !timer.hasRef()) this.#timers.delete(timer)
    }
  }
}

/** Both name the same classes, and write them in their own way. */
function hookNameOf(kind: string): string {
  const name = kind.toUpperCase()
  return name === 'TCPSOCKETWRAP' ? 'TCPWRAP' : name === 'PIPESERVERWRAP' ? 'PIPEWRAP' : name
}
