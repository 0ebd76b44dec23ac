import type { UnaskedErrors } from './unasked-errors.ts'

/**
 * A promise that a transaction hands out. It may reject before anybody asks for it, since the function awaits something
 * else meanwhile: that is no unhandled rejection, which would end the process, but an error that waits.
 */
class PatientPromise<T> extends Promise<T> {
  readonly #errors: UnaskedErrors
  #isAsked = false

  /** What `then` gives is an ordinary promise: whoever asked has it. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  constructor(promise: Promise<T>, errors: UnaskedErrors) {
    super((resolve, reject) => void promise.then(resolve, reject))
    this.#errors = errors
    super.then(undefined, (error: unknown) => {
      if (!this.#isAsked) errors.add(this, error)
    })
  }

  // `await`, `catch` and `finally` come here too.
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#isAsked) this.#errors.asked(this)
    this.#isAsked = true
    return super.then(onFulfilled, onRejected)
  }
}

/** What a transaction does to a promise before it hands it out. */
export type HandOut = <T>(promise: Promise<T>) => Promise<T>

/** The same outcome; its error waits among those of the attempt until somebody asks. */
export function patient<T>(promise: Promise<T>, errors: UnaskedErrors): Promise<T> {
  return new PatientPromise(promise, errors)
}
