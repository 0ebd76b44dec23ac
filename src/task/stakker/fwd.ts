import { checkFunction, checkInstance } from '../../native/values/arguments.ts'
import { pin } from '../../future/owners/pinned.ts'
import { captureContext, runIn, runInCopy } from '../../native/environment/context.ts'
import {
  asNobody,
  Belonging,
  BELONGING,
  causeOfDrop,
  handOnBy,
  type Owned,
} from '../core/belongings.ts'
import { ChannelClosedError } from '../core/errors.ts'
import { kind } from '../../native/values/kinds.ts'

class Target<T> {
  readonly handler: (value: T) => void
  readonly onGone: (() => void) | undefined
  /** That of its maker: whoever sends, the handler runs in there. */
  readonly context = captureContext()
  owners = 1
  /** Nobody takes what is sent any more. */
  isAbandoned = false
  /** Why, when that is known. */
  cause: { readonly cause: unknown } | undefined
  readonly onAbandoned = new Set<() => void>()

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
  /** What this owner wants to be told. */
  readonly #told: (() => void)[] = []
  #mine = true

  /** @throws TypeError when `handler` is not a function. */
  constructor(handler: (value: T) => void, onGone?: () => void, from?: Fwd<T>) {
    checkFunction('handler', handler)
    if (onGone !== undefined) checkFunction('onGone', onGone)
    if (from !== undefined) checkInstance('from', from, Fwd)
    this.#target = from === undefined ? new Target(handler, onGone) : from.#target
    this[BELONGING] = new Belonging(this, this.#target)
    pin(this, 'a Fwd')
  }

  /**
   * Sends a value.
   *
   * @throws TaskError once it was dropped; ChannelClosedError, which carries the value, when the stream that it feeds was.
   */
  fwd(value: T): void {
    if (!this.#mine) throw this[BELONGING].refusal('use of a Fwd that was dropped')
    const { isAbandoned, cause } = this.#target
    if (isAbandoned) {
      throw new ChannelClosedError('the stream that this Fwd feeds was dropped', value, cause)
    }
    handOnBy((sent) => this.#target.send(sent), value)
  }

  /** Somebody takes what it sends. False once the stream that it feeds was dropped. */
  get isWanted(): boolean {
    return !this.#target.isAbandoned
  }

  /** Calls back once, when the stream that it feeds is dropped; now, if it was. Not after this owner has dropped it. */
  onAbandoned(callback: () => void): void {
    checkFunction('callback', callback)
    if (!this.#mine) throw this[BELONGING].refusal('use of a Fwd that was dropped')
    if (this.#target.isAbandoned) return callback()
    const context = captureContext()
    const told = (): void => runIn(context, callback, undefined)
    this.#told.push(told)
    this.#target.onAbandoned.add(told)
  }

  /** @internal For who takes what it sends: nothing more is taken, from no owner. */
  abandon(): void {
    const target = this.#target
    if (target.isAbandoned) return
    target.isAbandoned = true
    target.cause = causeOfDrop()
    const told = [...target.onAbandoned]
    target.onAbandoned.clear()
    for (const tell of told) tell()
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
    for (const told of this.#told.splice(0)) this.#target.onAbandoned.delete(told)
    this[BELONGING].end()
    this.#target.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(Fwd, 'Fwd')
