import { pin } from '../../future/owners/pinned.ts'
import { captureContext, runIn } from '../../native/environment/context.ts'
import { TaskError } from '../core/errors.ts'

/** A value, or none. */
export type Maybe<T> = { readonly value: T } | undefined

/**
 * Stakker's Ret: the other end of a future. It sends one result to whoever asked for it, by calling a handler
 * there and then. If it is dropped unused (the actor that held it failed), the handler is told `undefined`.
 *
 * @example
 * const answer = new Ret<number>((maybe) => console.log(maybe?.value ?? 'no answer'))
 * answer.ret(42)
 */
export class Ret<T> {
  #handler: ((result: Maybe<T>) => void) | undefined
  /** That of its maker: whoever answers, the handler runs in there. */
  readonly #context = captureContext()

  /** @throws TypeError when `handler` is not a function. */
  constructor(handler: (result: Maybe<T>) => void) {
    if (typeof handler !== 'function') throw new TypeError('a Ret needs a handler function')
    this.#handler = handler
    pin(this, 'a Ret')
  }

  /** It has been used or dropped. */
  get isUsed(): boolean {
    return this.#handler === undefined
  }

  /** Passes the result back, once. */
  ret(value: T): void {
    const handler = this.#handler
    if (handler === undefined) throw new TaskError('a Ret is used once, and it was used or dropped')
    this.#handler = undefined
    runIn(this.#context, handler, { value })
  }

  /** Gives it up: unless it was used, the handler gets `undefined`. */
  drop(): void {
    const handler = this.#handler
    this.#handler = undefined
    if (handler !== undefined) runIn(this.#context, handler, undefined)
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}
