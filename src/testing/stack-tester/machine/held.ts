/**
 * What outlives its being current: a transaction or a tenant that was replaced, while results of it still lie on stacks, or
 * transactions that were made from it are in use. It is disposed of once it was replaced and nothing holds it any more.
 */
export class Held<T extends Disposable> {
  readonly value: T
  readonly #disposed: () => void
  #holders = 0
  #replaced = false

  /** @param disposed is called once it was disposed of. */
  constructor(value: T, disposed: () => void = () => undefined) {
    this.value = value
    this.#disposed = disposed
  }

  /** Holds it until what this gives is called, once. */
  hold(): () => void {
    this.#holders++
    return () => {
      this.#holders--
      this.#disposeIfDone()
    }
  }

  /** Holds it until the result has come. */
  holdUntil<R>(result: PromiseLike<R>): Promise<R> {
    return Promise.resolve(result).finally(this.hold())
  }

  /** Called once, by who made it. */
  replace(): void {
    this.#replaced = true
    this.#disposeIfDone()
  }

  #disposeIfDone(): void {
    if (!this.#replaced || this.#holders > 0) return
    this.value[Symbol.dispose]()
    this.#disposed()
  }
}
