import { checkFunction } from '../../native/values/arguments.ts'
import { pin } from '../../future/owners/pinned.ts'
import { captureContext, runIn } from '../../native/environment/context.ts'
import { asNobody, Belonging, BELONGING, handOn, type Owned } from '../core/belongings.ts'
import { kind } from '../../native/values/kinds.ts'

/** A value, or none. */
export type Maybe<T> = { readonly value: T } | undefined

/** Who asked, and is told once. */
class Asker<T> {
  #handler: ((result: Maybe<T>) => void) | undefined
  /** That of its maker: whoever answers, the handler runs in there. */
  readonly #context = captureContext()

  constructor(handler: (result: Maybe<T>) => void) {
    this.#handler = handler
  }

  get isTold(): boolean {
    return this.#handler === undefined
  }

  tell(result: Maybe<T>): void {
    const handler = this.#handler
    this.#handler = undefined
    if (handler !== undefined) asNobody(() => runIn(this.#context, handler, result), undefined)
  }

  holderGone(): void {
    this.tell(undefined)
  }
}

/**
 * Stakker's Ret: the other end of a future. It sends one result to whoever asked for it, by calling a handler
 * there and then. If it is dropped unused (the actor that held it failed), the handler is told `undefined`.
 *
 * @example
 * const answer = new Ret<number>((maybe) => console.log(maybe?.value ?? 'no answer'))
 * answer.ret(42)
 */
export class Ret<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #asker: Asker<T>

  /** @throws TypeError when `handler` is not a function. */
  constructor(handler: (result: Maybe<T>) => void) {
    checkFunction('handler', handler)
    this.#asker = new Asker(handler)
    this[BELONGING] = new Belonging(this, this.#asker)
    pin(this, 'a Ret')
  }

  /** It has been used or dropped. */
  get isUsed(): boolean {
    return this.#asker.isTold
  }

  /** Passes the result back, once. */
  ret(value: T): void {
    if (this.isUsed) {
      // Who asked has failed: nobody needs the answer.
      if (this[BELONGING].isTaken) return
      throw this[BELONGING].refusal('a Ret is used once, and it was used or dropped')
    }
    this[BELONGING].end()
    handOn(value)
    this.#asker.tell({ value })
  }

  /** Gives it up: unless it was used, the handler gets `undefined`. */
  drop(): void {
    this[BELONGING].end()
    this.#asker.tell(undefined)
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(Ret, 'Ret')
