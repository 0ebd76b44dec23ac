import { pin } from '../../future/owners/pinned.ts'
import { captureContext, runInCopy } from '../../native/environment/context.ts'
import { TaskError } from '../core/errors.ts'

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
export class Fwd<T> {
  readonly #target: Target<T>
  #mine = true

  /** @throws TypeError when `handler` is not a function. */
  constructor(handler: (value: T) => void, onGone?: () => void, from?: Fwd<T>) {
    if (typeof handler !== 'function') throw new TypeError('a Fwd needs a handler function')
    this.#target = from === undefined ? new Target(handler, onGone) : from.#target
    pin(this, 'a Fwd')
  }

  /** Sends a value. @throws TaskError once it was dropped. */
  fwd(value: T): void {
    if (!this.#mine) throw new TaskError('use of a Fwd that was dropped')
    const { context, handler } = this.#target
    runInCopy(context, handler, value)
  }

  /** One more owner. */
  clone(): Fwd<T> {
    if (!this.#mine) throw new TaskError('clone of a Fwd that was dropped')
    this.#target.owners++
    return new Fwd(this.#target.handler, undefined, this)
  }

  /** Gives it up; `onGone` is told when the last owner does. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    const { context, onGone } = this.#target
    if (--this.#target.owners === 0 && onGone !== undefined) runInCopy(context, onGone, undefined)
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}
