/**
 * Stakker's Fwd: the other end of a stream. It sends any number of values, by calling a handler there and then.
 * It may be cloned; when the last owner drops it, its `onGone` is told.
 */
import { pin } from '../../future/pinned.ts'
import { TaskError } from '../errors.ts'

class Target<T> {
  readonly handler: (value: T) => void
  readonly onGone: (() => void) | undefined
  owners = 1

  constructor(handler: (value: T) => void, onGone: (() => void) | undefined) {
    this.handler = handler
    this.onGone = onGone
  }
}

export class Fwd<T> {
  readonly #target: Target<T>
  #mine = true

  constructor(handler: (value: T) => void, onGone?: () => void, from?: Fwd<T>) {
    if (typeof handler !== 'function') throw new TypeError('a Fwd needs a handler function')
    this.#target = from === undefined ? new Target(handler, onGone) : from.#target
    pin(this, 'a Fwd')
  }

  fwd(value: T): void {
    if (!this.#mine) throw new TaskError('use of a Fwd that was dropped')
    this.#target.handler(value)
  }

  clone(): Fwd<T> {
    if (!this.#mine) throw new TaskError('clone of a Fwd that was dropped')
    this.#target.owners++
    return new Fwd(this.#target.handler, undefined, this)
  }

  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    if (--this.#target.owners === 0) this.#target.onGone?.()
  }

  [Symbol.dispose](): void {
    this.drop()
  }
}
