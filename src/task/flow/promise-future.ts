/**
 * Flow's Promise and Future: a value on its way from one who sends to those who wait. Both ends are counted:
 * when the last promise is dropped unsent, the future breaks; when the last future is dropped, the sender is told.
 */
import { checkFunction } from '../../native/values/arguments.ts'
import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { pin } from '../../future/owners/pinned.ts'
import { OWN_WAIT } from '../../future/wakers/own-wait.ts'
import { PENDING, type Pollable, type Waker } from '../../future/wakers/waker.ts'
import { captureContext, runIn } from '../../native/environment/context.ts'
import {
  asNobody,
  Belonging,
  BELONGING,
  causeOfDrop,
  handOn,
  type Owned,
} from '../core/belongings.ts'
import { BrokenPromiseError, TaskError } from '../core/errors.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Shared, Wait } from '../waits/wait.ts'
import { kind } from '../../native/values/kinds.ts'

/** What both ends share. */
class Cell<T> {
  readonly waiters = new WaitSet()
  settled: { readonly value: T } | { readonly error: unknown } | undefined
  promises = 1
  futures = 1
  onAbandoned: (() => void) | undefined

  settle(settled: { readonly value: T } | { readonly error: unknown }): void {
    this.settled = settled
    this.waiters.wakeAll('Promise::send')
  }

  /** A promise was given up unsent. */
  holderGone(): void {
    if (--this.promises > 0 || this.settled !== undefined) return
    const message = 'broken promise: dropped without a value'
    this.settle({ error: new BrokenPromiseError(message, causeOfDrop()) })
  }
}

/**
 * A promise and its future, made together.
 *
 * @example
 * const { promise, future } = new PromiseFuture<number>()
 * promise.send(5)
 * console.log(await future)
 */
export class PromiseFuture<T> {
  /** The sending end. */
  readonly promise: FlowPromise<T>
  /** The receiving end. */
  readonly future: FlowFuture<T>

  constructor() {
    const cell = new Cell<T>()
    this.promise = new FlowPromise(cell)
    this.future = new FlowFuture(cell)
  }
}

kind(PromiseFuture, 'PromiseFuture')

/**
 * The sending end. One owner: `send`, `sendError` or `drop` it once; `clone` it for another owner.
 *
 * @example
 * const { promise, future } = new PromiseFuture<number>()
 * const other: FlowPromise<number> = promise.clone()
 * promise.drop()
 * other.send(5)
 * console.log(future.get())
 */
export class FlowPromise<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #cell: Cell<T>
  #mine = true

  /** @internal Made by PromiseFuture. */
  constructor(cell: Cell<T>) {
    this.#cell = cell
    this[BELONGING] = new Belonging(this, cell)
    pin(this, 'a FlowPromise')
  }

  /** Something was sent: a second send throws. */
  get isSet(): boolean {
    return this.#cell.settled !== undefined
  }

  /** Somebody can still receive it. */
  get isWanted(): boolean {
    return this.#cell.futures > 0
  }

  /** Gives the value to all who wait, now and later, and gives this promise up. */
  send(value: T): void {
    this.#settle({ value }, value)
  }

  /** Gives the error to all who wait, now and later, and gives this promise up. */
  sendError(error: unknown): void {
    this.#settle({ error }, undefined)
  }

  #settle(settled: { readonly value: T } | { readonly error: unknown }, sent: unknown): void {
    // Whose it was has failed: nobody needs it.
    if (this[BELONGING].isTaken) return
    if (!this.#mine) throw this[BELONGING].refusal('send on a promise that was sent or dropped')
    if (this.isSet) throw new TaskError('a promise is sent once, and another owner has sent it')
    this.#mine = false
    this[BELONGING].end()
    handOn(sent)
    this.#cell.promises--
    this.#cell.settle(settled)
  }

  /** One more owner. */
  clone(): FlowPromise<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a promise that was sent or dropped')
    this.#cell.promises++
    return new FlowPromise(this.#cell)
  }

  /** Gives it up unsent. The last owner to do so breaks the future: BrokenPromiseError (1100). */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.#cell.holderGone()
  }

  /** A future for it: one more receiver, to be dropped by its owner. */
  getFuture(): FlowFuture<T> {
    this.#cell.futures++
    return new FlowFuture(this.#cell)
  }

  /** Called back once, when the last future is dropped before anything was sent. */
  onAbandoned(callback: () => void): void {
    checkFunction('callback', callback)
    const context = captureContext()
    this.#cell.onAbandoned = () => asNobody(() => runIn(context, callback, undefined), undefined)
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(FlowPromise, 'FlowPromise')

/**
 * The receiving end: any number of tasks may wait for it, at once or later.
 *
 * @example
 * const { promise, future } = new PromiseFuture<number>()
 * const other: FlowFuture<number> = future.clone()
 * promise.send(5)
 * console.log(await future, await other)
 */
export class FlowFuture<T> extends Shared<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #cell: Cell<T>
  #mine = true
  #isOfActor = false
  /** Those who wait through this one. */
  #waits: Set<object> | undefined
  /** Its maker has it no more: the waits do. */
  #makerGone = false

  /** @internal Made by PromiseFuture. */
  constructor(cell: Cell<T>) {
    super()
    this.#cell = cell
    this[BELONGING] = new Belonging(this)
    pin(this, 'a FlowFuture')
  }

  /** There is a value or an error: waiting takes no time. */
  get isReady(): boolean {
    return this.#cell.settled !== undefined
  }

  /** It has settled with an error. */
  get isError(): boolean {
    return this.#cell.settled !== undefined && 'error' in this.#cell.settled
  }

  /** The value of a future that is ready; throws its error. */
  get(): T {
    const settled = this.#cell.settled
    if (settled === undefined)
      throw new TaskError('get() on a future that is not ready: wait for it')
    if ('error' in settled) throw settled.error
    return settled.value
  }

  /** @internal Of an actor: who waits for it has a share in it. */
  ofActor(): this {
    this.#isOfActor = true
    return this
  }

  /** A waiting that has a share in an actor's future. */
  override wait(): Wait<T> {
    return this.#isOfActor ? new FlowWait(this) : super.wait()
  }

  /** @internal */
  override [OWN_WAIT](lent = false): Pollable<T> {
    return lent ? super.wait() : this.wait()
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a FlowFuture'
  }

  pollFor(key: object, waker: Waker): T | typeof PENDING {
    if (this.#cell.settled !== undefined) return this.get()
    if (!this.#mine) {
      throw this[BELONGING].refusal(
        'wait for a future that was dropped, or given up by the last who waited: clone it, or wait for byRef(future)',
      )
    }
    this.#cell.waiters.register(key, waker, 'Future::poll')
    this.#waits ??= new Set()
    this.#waits.add(key)
    return PENDING
  }

  forget(key: object): void {
    this.#cell.waiters.forget(key, 'Future::unregister')
    if (this.#waits?.delete(key) === true && this.#makerGone) this.#dropUnlessHad()
  }

  /** @internal One who had a share gives it up. */
  giveUp(key: object): void {
    this.#makerGone = true
    this.forget(key)
    this.#dropUnlessHad()
  }

  /** @internal The task that it belonged to failed: others that wait have it. */
  ownerGone(): void {
    this.#makerGone = true
    this.#dropUnlessHad()
  }

  #dropUnlessHad(): void {
    if (!this.isReady && (this.#waits?.size ?? 0) === 0) this.drop()
  }

  /** One more owner. */
  clone(): FlowFuture<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a future that was dropped')
    this.#cell.futures++
    const clone = new FlowFuture(this.#cell)
    return this.#isOfActor ? clone.ofActor() : clone
  }

  /** Gives it up: a wait through it throws. The last owner to do so cancels the actor behind it, if there is one. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    if (--this.#cell.futures === 0 && !this.isReady) this.#cell.onAbandoned?.()
    // Who waits through this one must learn that it is gone.
    if ((this.#waits?.size ?? 0) > 0) this.#cell.waiters.wakeAll('Future::drop')
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(FlowFuture, 'FlowFuture')

/** One who waits for an actor's future, and has it meanwhile. */
class FlowWait<T> extends Wait<T> {
  readonly #future: FlowFuture<T>

  constructor(future: FlowFuture<T>) {
    super()
    this.#future = future
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a FlowFuture'
  }

  poll(waker: Waker): T | typeof PENDING {
    return this.#future.pollFor(this, waker)
  }

  unregister(): void {
    this.#future.giveUp(this)
  }
}
