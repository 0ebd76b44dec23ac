/**
 * One listener of ours on a signal, however many calls it ends: a program that passes one signal to all that it begins has
 * no leak, and Node would warn of one from the eleventh listener on.
 */

/** The calls that end with one signal. */
class AbortCalls {
  readonly #signal: AbortSignal
  readonly #calls = new Set<{ readonly call: () => void }>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  add(call: () => void): () => void {
    const one = { call }
    this.#calls.add(one)
    return () => {
      if (this.#calls.delete(one) && this.#calls.size === 0) this.#end()
    }
  }

  readonly #abort = (): void => {
    const problems: unknown[] = []
    const calls = [...this.#calls]
    this.#calls.clear()
    this.#end()
    for (const { call } of calls) {
      try {
        call()
      } catch (problem) {
        problems.push(problem)
      }
    }
    if (problems.length > 0) throw problems[0]
  }

  #end(): void {
    endedBy.delete(this.#signal)
    this.#signal.removeEventListener('abort', this.#abort)
  }
}

const endedBy = new WeakMap<AbortSignal, AbortCalls>()

/**
 * Calls back once, when the signal aborts; not for one that has aborted. All callbacks of a signal are called, whatever one
 * of them throws; the first error is thrown then. What it gives takes the callback back.
 */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => undefined
  let calls = endedBy.get(signal)
  if (calls === undefined) {
    calls = new AbortCalls(signal)
    endedBy.set(signal, calls)
  }
  return calls.add(call)
}
