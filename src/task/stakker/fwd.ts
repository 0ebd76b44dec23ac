import { pin } from '../../future/owners/pinned.ts'
import { captureContext, runInCopy } from '../../native/environment/context.ts'
import { asNobody, Belonging, BELONGING, handOn, type Owned } from '../core/belongings.ts'

class Target<T> {
  readonly handler: (value: T) => void
  readonly onGone: (() => void) | undefined
  /** That of its maker: whoever sends, the handler runs in there. */
  readonly context = captureContext()
  owners = 1

  constructor(handler: (value: T) => void, onGone: (() => void) | undefined) {
    this.handler = handler
    this.onGone = onGone
  }

  send(value: T): void {
    asNobody((sent) => runInCopy(this.context, this.handler, sent), value)
  }

  holderGone(): void {
    const { onGone } = this
    if (--this.owners > 0 || onGone === undefined) return
    asNobody(() => runInCopy(this.context, onGone, undefined), undefined)
  }
}

/**
 * Stakker's Fwd: the other end of a stream. It sends any number of values, by calling a handler there and then.
 * It may be cloned; when the last owner drops it, its `onGone` is told.
 *
 * @example
 * const print = new Fwd<string>((text) => console.log(text), () => console.log('nobody sends any more'))
 * print.fwd('hello')
 * print.drop()
 */
export class Fwd<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #target: Target<T>
  #mine = true

  /** @throws TypeError when `handler` is not a function. */
  constructor(handler: (value: T) => void, onGone?: () => void, from?: Fwd<T>) {
    if (typeof handler !== 'function') throw new TypeError('a Fwd needs a handler function')
    this.#target = from === undefined ? new Target(handler, onGone) : from.#target
    this[BELONGING] = new Belonging(this, this.#target)
    pin(this, 'a Fwd')
  }

  /** Sends a value. @throws TaskError once it was dropped. */
  fwd(value: T): void {
    if (!this.#mine) throw this[BELONGING].refusal('use of a Fwd that was dropped')
    handOn(value)
    this.#target.send(value)
  }

  /** One more owner. */
  clone(): Fwd<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a Fwd that was dropped')
    this.#target.owners++
    return new Fwd(this.#target.handler, undefined, this)
  }

  /** Gives it up; `onGone` is told when the last owner does. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.#target.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}
