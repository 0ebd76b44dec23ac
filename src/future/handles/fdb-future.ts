/**
 * One operation of the C API that answers later: an `FDBFuture*`, named by a slot of the worker's ring.
 *
 * Ownership. The slot owns the native future. It goes back when the completion is taken: the value is
 * copied out by then, and this object keeps only the copy. It goes back earlier when the last owner
 * releases: an unarmed future is destroyed, one in flight is cancelled and comes back by itself. So it is
 * destroyed once, whichever comes first. `retain` adds an owner, `release` takes one away; a copy of the
 * reference alone is no owner and frees nothing. A pending `then` is an owner until it is called, and a task that
 * waits is one while it waits: see `future-wait.ts`.
 *
 *     unarmed --poll or then--> armed --completion--> decoding --> done or failed
 *        |                        |                      |
 *        +------- release --------+-------- release -----+--> released
 *
 * When the ring is closed first, an unarmed or armed one has failed, with an FDBStateError that says so.
 *
 * A future that nobody asks about is never armed, so it never settles and never rejects. It is armed when
 * its transaction is destroyed, only so that its slot comes back.
 */
import { runInEmpty } from '../../native/environment/context.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { FDBError, FDBStateError, markMaybeCommitted } from '../../native/errors/errors.ts'
import { codeText, failureText } from '../../native/errors/failure-text.ts'
import { AtomicWaker } from '../wakers/atomic-waker.ts'
import { born, gone } from '../owners/census.ts'
import { Code, Flag, operationOf } from '../port/commands.ts'
import { FutureWait, FutureWaits, type WaitedFor } from './future-wait.ts'
import { lostAnswer } from '../port/lost-answer.ts'
import { OWN_WAIT, type Sharable } from '../wakers/own-wait.ts'
import { WAITS_FOR } from '../wakers/waits-for.ts'
import {
  currentEnvironment,
  emit,
  lifecycle,
  nextFutureId,
  PLACE,
  type EventDetails,
} from '../wakers/lifecycle.ts'
import type { PayloadReader } from '../port/payload.ts'
import { before, Reaction } from '../wakers/reaction.ts'
import { UNREADABLE, type Port, type SlotOwner } from '../port/port.ts'
import { PENDING, suspend, type Awaitable, type Pollable, type Waker } from '../wakers/waker.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkBoolean } from '../../native/values/arguments.ts'

const UNARMED = 0
const ARMED = 1
const RELEASED = 2
/** The completion was taken, and the native future is gone; the decoder runs. */
const DECODING = 3
/** From here on it has settled. */
const DONE = 4
/** The outcome is a code of the C API, or LOST. */
const FAILED = 5
/** The outcome is what was thrown while the value was made. */
const THROWN = 6

/** When it keeps the process from exiting, while it is pending: while somebody waits for it, in any case, or never. */
type Hold = 'while waited for' | 'always' | 'never'

/** operation_cancelled. */
const CANCELLED = 1101

/** The outcome of one whose ring was closed before the answer came. */
const LOST = Symbol('lost')

/** The handle that a future was asked of. To destroy it arms what is not armed, so that the slots come back. */
export interface Parent {
  readonly destroyed: boolean
}

/** Commits of transactions that wrote nothing, or were cancelled before. */
const withoutEffect = new WeakSet<FdbFuture<unknown>>()

/** The environment of who armed a future, while events are listened to: its clock stamps the completion. */
const armedIn = new WeakMap<FdbFuture<unknown>, Environment>()
const NO_TASK = { taskId: 0, refCount: 0 }

const RELEASED_BEFORE =
  'This future was released: its owners have given it back. Retain it before sharing it.'
const GIVEN_UP =
  'This future was given up: the last who waited for it was cancelled, timed out or lost a choose, and nobody ' +
  'else had it. Wait for byRef(future), or retain it, to keep it.'

/** How the C API calls what it answered with. For the leak report. */
const WHAT = 'FDBFuture'

/**
 * The answer of one call of the C API, an `FDBFuture*`. Await it as a promise, or `yield*` it in a task of
 * `fdbkit/task`. The call itself is under way already. A future that nobody awaits or polls never rejects.
 *
 * @example
 * const value = tn.get('a') // an FdbFuture
 * const other = await tn.get('b')
 * console.log(await value, other)
 */
export class FdbFuture<T>
  implements Awaitable<T>, Promise<T>, Sharable<T>, SlotOwner, WaitedFor<T>
{
  /**
   * @internal For the ring: copies the result out of native memory. A function among its own properties also makes
   * structuredClone and postMessage refuse the future, which belongs to the worker that made it.
   */
  readonly read: PayloadReader
  /**
   * @internal The key that it is about, for the error that it may settle with, or what knows that key by the code of the
   * error. Not copied.
   */
  key: Uint8Array | ((code: number) => Uint8Array | undefined) | undefined = undefined
  readonly #ring: Port
  readonly #code: number
  readonly #slot: number
  /** Where its command is, and in which row: it can be armed in place until the row is carried out. */
  readonly #command: number
  readonly #generation: number
  #state = UNARMED
  #hold: Hold = 'while waited for'
  /** It is among those that keep the process. */
  #holds = false
  /** The handle it came from lives as long as it is pending: a forgotten one would be destroyed. */
  #parent: Parent | undefined
  #owners = 1
  /** The share of who made it went into a wait that was given up. It is among `#owners` while they are not 0. */
  #makerGone = false
  /** The value, or the error. */
  #outcome: unknown = undefined
  #decode: ((value: never) => unknown) | undefined = undefined
  /** Of a bare `poll`. */
  #waker: AtomicWaker | undefined = undefined
  #waits: FutureWaits<T> | undefined = undefined
  #onEnd: (() => void) | undefined = undefined
  #reactions: Reaction<unknown, unknown, unknown> | undefined = undefined
  #id = 0

  /**
   * @internal Submits a command; the caller writes its operands behind the first three words. Not for programs:
   * the handles make futures. Throws FDBBusyError when the worker has no free slot.
   */
  constructor(
    ring: Port,
    read: PayloadReader,
    code: number,
    object: number,
    words: number,
    byteWords: number,
    parent: Parent,
  ) {
    this.read = read
    this.#code = code
    this.#ring = ring
    this.#parent = parent
    this.#slot = ring.takeSlot(this)
    born('handle', this, WHAT)
    try {
      this.#command = ring.submit(code, this.#slot, object, words, byteWords)
    } catch (problem) {
      gone('handle', this)
      ring.returnSlot(this.#slot)
      throw problem
    }
    // From here to the last operand nothing may run but the caller: the command is half written.
    this.#generation = ring.writer.generation
  }

  /** @internal The index of its command's first operand behind slot and object. Valid right after construction. */
  get operands(): number {
    return this.#command + 3
  }

  /** Ids start at 1 and are never used twice in a worker. */
  get id(): number {
    if (this.#id === 0) this.#id = nextFutureId()
    return this.#id
  }

  /** @internal For a commit: there is nothing that it could apply. */
  markWithoutEffect(): this {
    withoutEffect.add(this as FdbFuture<unknown>)
    return this
  }

  /** @internal For a commit: it was applied, or nothing says that it was not. */
  get mayBeApplied(): boolean {
    if (!this.mayHaveEffect) return false
    if (this.#state < FAILED) return true
    return (this.#error() as { readonly maybeCommitted?: boolean }).maybeCommitted !== false
  }

  /** @internal A commit that has something to apply. */
  get mayHaveEffect(): boolean {
    return this.#code === Code.commit && !withoutEffect.has(this as FdbFuture<unknown>)
  }

  /** The result was copied out, or the error is known. */
  get settled(): boolean {
    return this.#state >= DONE
  }

  /**
   * The value, or PENDING once the waker is registered. Throws the FDBError it settled with. The first
   * poll that finds it pending has `fdb_future_set_callback` called, once. It is for one waiter, whose latest waker is
   * kept; tasks that wait have a wait each.
   */
  poll(waker: Waker): T | typeof PENDING {
    this.#assertOwned()
    return this.#poll(waker, undefined)
  }

  /** Who polled gives up waiting: its waker is dropped. The future goes on and can be polled again. */
  unregister(): void {
    if (this.#waker === undefined) return
    this.#waker.clear(PLACE.poll, this.id)
    if (this.#makerGone && this.#owners > 0) this.#endUnlessHad()
    this.#holdOrLetGo()
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return `${this.operation} of a database`
  }

  /** @internal */
  [OWN_WAIT](lent: boolean): Pollable<T> {
    return new FutureWait<T>(this, lent)
  }

  /** @internal For its waits. Who waits has it, also when its owners are gone. */
  pollFor(wait: FutureWait<T>, waker: Waker): T | typeof PENDING {
    if (this.#owners === 0 && this.#waits?.has(wait) !== true) this.#refuse()
    return this.#poll(waker, wait)
  }

  /** @internal For its waits. The last one that gives up takes it along, unless somebody else has it. */
  giveUp(wait: FutureWait<T>): void {
    wait.waker.clear(PLACE.poll, this.id)
    this.#waits?.delete(wait)
    if (!wait.lent && this.#state < DECODING) this.#makerGone = true
    this.#endUnlessHad()
    this.#holdOrLetGo()
  }

  #poll(waker: Waker, wait: FutureWait<T> | undefined): T | typeof PENDING {
    const traced = lifecycle.hasSubscribers
    if (traced) emit('poll', PLACE.poll, waker, this.id)
    if (this.#isReady()) {
      if (traced) emit('ready', PLACE.poll, waker, this.id, this.#failure)
      return wait === undefined ? this.#take() : this.#takeFor(wait)
    }
    this.#register(waker, wait)
    if (this.#state === UNARMED) {
      if (traced) this.#emitRegister(waker)
      this.#arm()
    } else if (!this.#holds) this.#holdOrLetGo()
    if (traced) emit('pending', PLACE.poll, waker, this.id, { waitsFor: this[WAITS_FOR] })
    return PENDING
  }

  #register(waker: Waker, wait: FutureWait<T> | undefined): void {
    if (wait === undefined) {
      this.#waker ??= new AtomicWaker()
      this.#waker.register(waker, PLACE.poll)
      return
    }
    wait.waker.register(waker, PLACE.poll)
    this.#waits ??= new FutureWaits()
    this.#waits.add(wait)
  }

  /** Waits, as a promise does; a rejection carries the FDBError. Arms the future as `poll` does. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#assertOwned()
    if (lifecycle.hasSubscribers) return this.#tracedThen(onFulfilled, onRejected)
    const reaction = new Reaction<T, A, B>(onFulfilled, onRejected)
    if (this.settled) this.#deliverSoon(reaction)
    else {
      this.#addReaction(reaction as Reaction<unknown, unknown, unknown>)
      if (this.#state === UNARMED) this.#arm()
      else if (!this.#holds) this.#holdOrLetGo()
    }
    return reaction
  }

  /** As `then`, and tells: of the task or the run whose code waits, since there is no waker that names it. */
  #tracedThen<A, B>(
    onFulfilled: ((value: T) => A | PromiseLike<A>) | null | undefined,
    onRejected: ((error: unknown) => B | PromiseLike<B>) | null | undefined,
  ): Promise<A | B> {
    emit('poll', PLACE.poll, undefined, this.id)
    // Called back in the context of this call, so the event finds the same owner.
    const tell = (): void => emit('ready', PLACE.poll, undefined, this.id, this.#failure)
    const reaction = new Reaction<T, A, B>(
      before(tell, onFulfilled, (value) => value as unknown as A),
      before(tell, onRejected, (error) => {
        throw error
      }),
    )
    if (this.settled) {
      this.#deliverSoon(reaction)
      return reaction
    }
    this.#addReaction(reaction as Reaction<unknown, unknown, unknown>)
    if (this.#state === UNARMED) {
      this.#emitRegister(undefined)
      this.#arm()
    } else if (!this.#holds) this.#holdOrLetGo()
    emit('pending', PLACE.poll, undefined, this.id, { waitsFor: this[WAITS_FOR] })
    return reaction
  }

  /** As `then(undefined, onRejected)`. */
  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected)
  }

  /** Calls back when it settled either way. Gives a plain promise of the same outcome. */
  finally(onSettled?: (() => void) | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.then(resolve, reject).catch(reject)
    }).finally(onSettled)
  }

  get [Symbol.toStringTag](): string {
    return 'FdbFuture'
  }

  /** `yield* future` in a generator task. */
  [Symbol.iterator](): Iterator<Pollable<T>, T, unknown> {
    return suspend(this[OWN_WAIT](false))
  }

  /** The native operation is asked to stop; the future settles with 1101 unless it settles first. */
  cancel(): void {
    this.#assertOwned()
    if (this.#state < RELEASED) this.#ring.cancel(this.#slot)
  }

  /** One more owner. */
  retain(): this {
    this.#assertOwned()
    this.#owners++
    return this
  }

  /**
   * One owner less; the last one gives the native future back. A use after that throws FDBStateError. Does nothing when
   * who waited has given it up already.
   */
  release(): void {
    if (this.#owners === 0 && this.#makerGone) return
    this.#assertOwned()
    this.#owners--
    this.#endUnlessHad()
  }

  /** Gives the native future back, unless an owner, or somebody who waits, has it. */
  #endUnlessHad(): void {
    const kept = this.#makerGone ? 1 : 0
    if (this.#owners > kept || (this.#waits !== undefined && this.#waits.size > 0)) return
    // What has settled can be looked at by whoever kept the reference; and one who polled it waits.
    if (this.#owners > 0 && (this.#state >= DECODING || this.#waker?.isRegistered === true)) return
    this.#waker?.clear(PLACE.poll)
    // Somebody awaits it: it settles for them, and then the slot goes back.
    if (this.#reactions !== undefined) return
    this.#owners = 0
    this.#giveBack()
  }

  #giveBack(): void {
    const before = this.#state
    if (before === RELEASED) return
    const orphan = this.#parent?.destroyed === true
    this.#state = RELEASED
    this.#parent = undefined
    this.#outcome = undefined
    if (before >= DECODING) return
    this.#leaveSlot(before === UNARMED && !orphan)
    this.#ended()
  }

  /** The native future is not waited for any more. */
  #leaveSlot(isUnarmed: boolean): void {
    gone('handle', this)
    if (isUnarmed) return this.#ring.releaseUnarmed(this.#slot)
    // It is armed, by us or by the end of its parent, and comes back by itself.
    this.#ring.cancel(this.#slot)
    this.#ring.abandon(this.#slot)
    this.#holdOrLetGo()
  }

  /**
   * @internal Settles now, whatever the network does: with an error, or the code of one, 1101 unless given. The native
   * operation is asked to stop. Does nothing when it has settled or was given back. Who waits is told in a microtask.
   */
  fail(error: unknown = CANCELLED): void {
    const before = this.#state
    if (before >= RELEASED) return
    const isUnarmed = before === UNARMED && this.#parent?.destroyed !== true
    this.#parent = undefined
    this.#end(typeof error === 'number' ? FAILED : THROWN, error)
    this.#leaveSlot(isUnarmed)
    queueMicrotask(() => runInEmpty(() => this.#tell(), undefined))
  }

  /** @internal What was asked, for an error of its own. */
  get asked(): { readonly operation: string | undefined; readonly key: Uint8Array | undefined } {
    const key = typeof this.key === 'function' ? undefined : this.key
    return { operation: operationOf(this.#code), key }
  }

  /** @internal Calls back once, when it has settled or was given back. No share in it. */
  whenEnded(callback: () => void): void {
    const before = this.#onEnd
    this.#onEnd = before === undefined ? callback : () => (before(), callback())
  }

  /** @internal Has it settle although nobody waits. */
  start(): void {
    if (this.#state !== UNARMED) return
    if (lifecycle.hasSubscribers) this.#emitRegister(undefined)
    this.#arm()
  }

  #ended(): void {
    const callback = this.#onEnd
    this.#onEnd = undefined
    callback?.()
  }

  /** No owner is left: any use but this one throws FDBStateError. */
  get released(): boolean {
    return this.#owners === 0
  }

  /**
   * `false` lets the process exit while this is pending, `true` keeps it, from the moment it is asked about. Without this
   * it keeps the process while somebody waits for it.
   */
  holdOpen(hold: boolean): this {
    checkBoolean('hold', hold)
    this.#assertOwned()
    this.#hold = hold ? 'always' : 'never'
    this.#holdOrLetGo()
    return this
  }

  #holdOrLetGo(): void {
    const holds = this.#state === ARMED && this.#shouldHold
    if (holds === this.#holds) return
    this.#holds = holds
    if (holds) this.#ring.hold()
    else this.#ring.unhold()
  }

  #letGo(): void {
    this.#holds = false
    this.#ring.unhold()
  }

  get #shouldHold(): boolean {
    if (this.#hold !== 'while waited for') return this.#hold === 'always'
    if (this.#reactions !== undefined || this.#waker?.isRegistered === true) return true
    return this.#waits !== undefined && this.#waits.size > 0
  }

  /**
   * @internal Sets what turns the C API's result into the value, before it settles: the same future, seen with
   * another type. An error that it throws becomes the future's own.
   */
  decodeWith<U>(decode: (value: T) => U): FdbFuture<U> {
    if (this.settled || this.#decode !== undefined) {
      throw new FDBStateError('A future is given its decoder once, before it settles.')
    }
    this.#decode = decode
    return this as unknown as FdbFuture<U>
  }

  /** Releases one owner, unless none is left. */
  [Symbol.dispose](): void {
    if (this.#owners > 0) this.release()
  }

  /** @internal For the ring: it was closed, and took the native future with it. `tell`: who waits. */
  lost(tell: boolean): void {
    const armed = this.#state === ARMED
    gone('handle', this)
    this.#parent = undefined
    this.#state = FAILED
    this.#outcome = LOST
    this.#holdOrLetGo()
    if (armed && tell) queueMicrotask(() => runInEmpty(() => this.#tell(), undefined))
  }

  /**
   * @internal For the ring: the completion was taken, and nothing of it is in shared memory any more. All who wait are
   * told, whatever one of them throws; the first such error is thrown when they were.
   */
  complete(error: number, value: unknown): void {
    // Taken in one batch with another completion, whose waiter released this one, or had it fail.
    if (this.#state >= RELEASED) return
    const armed = this.#state === ARMED
    if (this.#holds) this.#letGo()
    gone('handle', this)
    this.#parent = undefined
    if (error === 0) this.key = undefined
    this.#settle(error, value)
    // Released by its own decoder.
    if (!this.settled) return
    if (armed && lifecycle.hasSubscribers) this.#emitCallback()
    this.#tell()
  }

  #emitRegister(waker: Waker | undefined): void {
    armedIn.set(this as FdbFuture<unknown>, currentEnvironment())
    emit('register', PLACE.poll, waker, this.id)
  }

  #emitCallback(): void {
    const environment = armedIn.get(this as FdbFuture<unknown>)
    emit('callback', PLACE.callback, { ...NO_TASK, environment }, this.id, this.#failure)
  }

  /** For events, without the error object: who looks makes that. */
  get #failure(): EventDetails | undefined {
    if (this.#state < FAILED) return undefined
    const code = this.#state === FAILED ? this.#outcome : undefined
    return { error: typeof code === 'number' ? codeText(code) : failureText(this.#error()) }
  }

  /** @internal What its call is named in the API. */
  get operation(): string {
    return operationOf(this.#code) ?? 'call'
  }

  /**
   * Wakes who polled, and answers those who await: all of them, whatever one throws. Who is told may release the future,
   * so what it settled with is looked at before.
   */
  #tell(): void {
    const reactions = this.#reactions
    this.#reactions = undefined
    const failed = this.#state >= FAILED
    const outcome = reactions !== undefined && failed ? this.#error() : this.#outcome
    try {
      this.#wakeAll()
    } finally {
      this.#ended()
      reactions?.settleAll(failed, outcome)
    }
  }

  /** A wait stays until it takes the outcome: until then it has a share. */
  #wakeAll(): void {
    try {
      this.#waker?.wake(PLACE.callback)
    } finally {
      this.#waits?.wakeAll(PLACE.callback)
    }
  }

  #settle(error: number, value: unknown): void {
    if (error === UNREADABLE) this.#end(THROWN, value)
    else if (error !== 0) this.#end(FAILED, error)
    else if (this.#decode === undefined) this.#end(DONE, value)
    else this.#settleWith(this.#decode as (value: unknown) => unknown, value)
  }

  /** The decoder may be anybody's code. Who asks from inside of it waits for what it makes, as all others do. */
  #settleWith(decode: (value: unknown) => unknown, value: unknown): void {
    this.#state = DECODING
    try {
      this.#end(DONE, decode(value))
    } catch (problem) {
      this.#end(THROWN, problem)
    }
  }

  #end(state: number, outcome: unknown): void {
    if (this.#state === RELEASED) return
    this.#state = state
    this.#outcome = outcome
  }

  #isReady(): boolean {
    if (this.settled) return true
    // Not carried out yet: there is no native future that could be ready. Armed, or decoding: it comes by itself.
    if (this.#state !== UNARMED || this.#generation === this.#ring.writer.generation) return false
    return this.#ring.collect(this.#slot)
  }

  #arm(): void {
    this.#state = ARMED
    const { writer } = this.#ring
    if (this.#generation === writer.generation) writer.addFlags(this.#command, Flag.arm)
    else this.#ring.arm(this.#slot)
    this.#holdOrLetGo()
  }

  #take(): T {
    // Released while it was collected: by its decoder, or by another who waits.
    if (this.#state === RELEASED) this.#refuse()
    if (this.#state >= FAILED) throw this.#error()
    return this.#outcome as T
  }

  #takeFor(wait: FutureWait<T>): T {
    this.#waits?.delete(wait)
    return this.#take()
  }

  /** Made when somebody looks: an error object costs more than the operation. */
  #error(): unknown {
    if (this.#state === FAILED) {
      this.#outcome =
        this.#outcome === LOST ? lostAnswer(this.#code, this.mayHaveEffect) : this.#nativeError()
      this.#state = THROWN
    }
    return this.#outcome
  }

  #nativeError(): FDBError {
    const operation = operationOf(this.#code)
    const code = this.#outcome as number
    const key = typeof this.key === 'function' ? this.key(code) : this.key
    return new FDBError(code, undefined, { operation, key, commitSent: this.mayHaveEffect })
  }

  #addReaction(reaction: Reaction<unknown, unknown, unknown>): void {
    if (this.#reactions === undefined) {
      this.#reactions = reaction
      return
    }
    let last = this.#reactions
    while (last.next !== undefined) last = last.next
    last.next = reaction
  }

  /** What it settled with is looked at now: by then the last owner may have released it. */
  #deliverSoon<A, B>(reaction: Reaction<T, A, B>): void {
    const failed = this.#state >= FAILED
    const outcome = failed ? this.#error() : this.#outcome
    queueMicrotask(() => reaction.settle(failed, outcome))
  }

  #assertOwned(): void {
    if (this.#owners === 0) this.#refuse()
  }

  #refuse(): never {
    const error = new FDBStateError(this.#makerGone ? GIVEN_UP : RELEASED_BEFORE)
    if (this.mayHaveEffect) markMaybeCommitted(error)
    throw error
  }
}

kind(FdbFuture, 'FdbFuture')
