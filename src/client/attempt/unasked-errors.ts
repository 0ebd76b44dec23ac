import { inspect } from 'node:util'

/**
 * What failed in one attempt before anybody asked for it. An error waits here for whoever asks. When the function of the
 * attempt has returned and nobody has, the attempt fails with it; later there is only a warning of the process left.
 */
export class UnaskedErrors {
  readonly #waiting = new Map<object, unknown>()
  /** What becomes of an error now. */
  #fate: 'waits' | 'is forgotten' | 'is reported' = 'waits'

  /** What was promised has failed, and nobody has asked. */
  add(promise: object, error: unknown): void {
    if (this.#fate === 'waits') this.#waiting.set(promise, error)
    else if (this.#fate === 'is reported') reportUnasked(error)
  }

  /** Somebody asks: from now on it is theirs. */
  asked(promise: object): void {
    this.#waiting.delete(promise)
  }

  /** Throws what failed first, if something did. */
  throwFirst(): void {
    for (const error of this.#waiting.values()) throw error
  }

  /** The attempt is over and known to have failed, or its owner gave it up: no error says more than that. */
  forget(): void {
    this.#fate = 'is forgotten'
    this.#waiting.clear()
  }

  /** The attempt is over and was a success: each error that nobody asked for is reported, once. */
  report(): void {
    if (this.#fate === 'is forgotten') return
    this.#fate = 'is reported'
    for (const error of this.#waiting.values()) reportUnasked(error)
    this.#waiting.clear()
  }
}

/** As a warning of the process: the program goes on without the answer, so it must not end by it. */
function reportUnasked(error: unknown): void {
  const said = error instanceof Error ? error.message : inspect(error)
  const warning = new Error(
    `a call of a transaction failed, and nobody has awaited it: ${said}. ` +
      'Await all that the function of a transaction starts.',
    { cause: error },
  )
  warning.name = 'FdbkitUnaskedWarning'
  process.emitWarning(warning)
}
