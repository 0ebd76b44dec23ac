/**
 * A promise that begins to wait when somebody waits for it: `await`, `then`, `catch`, `finally` and `Promise.race` all come
 * through `then`. One that is only looked at or kept waits for nothing, and so keeps no process alive. Its rejection is
 * never an unhandled one.
 */
export class BegunWhenAsked<T> extends Promise<T> {
  #begin: (() => void) | undefined

  /** What `then` gives is an ordinary promise: whoever asked has it. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  constructor(begin: () => PromiseLike<T>) {
    let settle: ((value: PromiseLike<T>) => void) | undefined
    super((resolve) => {
      settle = resolve
    })
    this.#begin = () => settle?.(begin())
    super.then(undefined, () => undefined)
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const begin = this.#begin
    this.#begin = undefined
    begin?.()
    return super.then(onFulfilled, onRejected)
  }
}
