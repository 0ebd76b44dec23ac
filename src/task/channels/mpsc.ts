/**
 * Channels from many senders to one receiver, first in, first out.
 *
 * Closing: when the last sender is dropped, the receiver gets what waits, then the end. When the receiver is
 * dropped, what waits is discarded and every send fails with ChannelClosedError, which carries what was not sent.
 */
import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import {
  Belonging,
  BELONGING,
  causeOfDrop,
  dropIn,
  handOn,
  type Owned,
  receive,
  type Remains,
} from '../core/belongings.ts'
import { ChannelClosedError, ChannelFullError } from '../core/errors.ts'
import { Fifo } from '../core/fifo.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Wait } from '../waits/wait.ts'
import { ValueReceiver } from './value-receiver.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/**
 * Values that wait in an unbounded channel, at most, unless its maker says otherwise.
 *
 * @example const [sender, receiver] = unbounded<string>({ limit: UNBOUNDED_LIMIT / 10 })
 */
export const UNBOUNDED_LIMIT = 10_000_000

/**
 * A channel from many senders to one receiver, first in, first out. It holds `capacity` values; a send above it
 * waits for its turn, in order.
 *
 * @throws RangeError when the capacity is not an integer from 1 on.
 * @example
 * const [sender, receiver] = bounded<number>(2)
 * fdbSpawn(function* () {
 *   for (let n = 0; n < 5; n++) yield* sender.send(n)
 *   sender.drop()
 * })
 * for await (const n of receiver) console.log(n)
 */
export function bounded<T>(capacity: number): [Sender<T>, Receiver<T>] {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(
      `the capacity of a channel must be an integer from 1 on, not ${shown(capacity)}`,
    )
  }
  const channel = new Channel<T>(capacity)
  return [new Sender(channel), new Receiver(channel)]
}

/** How much an {@link unbounded} channel holds. */
export interface UnboundedOptions {
  /** How many values may wait; a send above it throws ChannelFullError. Default: ten million. */
  limit?: number
}

const KNOWN = knownOptions<UnboundedOptions>('an unbounded channel', { limit: true })

/**
 * A channel whose sends never wait. `limit` is a safety net: beyond it a send throws ChannelFullError.
 *
 * @throws RangeError for a limit below 1.
 * @example
 * const [sender, receiver] = unbounded<string>()
 * sender.send('hello')
 * console.log(receiver.tryRecv()?.value) // hello
 */
export function unbounded<T>(options: UnboundedOptions = {}): [UnboundedSender<T>, Receiver<T>] {
  checkOptions(KNOWN, options)
  const limit = options.limit ?? UNBOUNDED_LIMIT
  if (!(limit >= 1)) throw new RangeError(`limit must be at least 1, not ${shown(limit)}`)
  const channel = new Channel<T>(limit)
  return [new UnboundedSender(channel), new Receiver(channel)]
}

class Channel<T> {
  readonly capacity: number
  readonly values = new Fifo<T>()
  /** Sends that wait for room, in order. Their values follow those in `values`. */
  readonly sends = new Fifo<Send<T>>()
  readonly receivers = new WaitSet()
  senders = 1
  receiverGone = false
  /** Why its receiver is gone, when that is known. */
  #cause: { readonly cause: unknown } | undefined
  readonly #receiving: Remains = { holderGone: () => this.close() }

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Of the receiver. */
  get receiving(): Remains {
    return this.#receiving
  }

  get isFull(): boolean {
    return this.values.size >= this.capacity
  }

  push(value: T): void {
    handOn(value)
    this.values.push(value)
    this.receivers.wakeOne('Channel::send')
  }

  /** Takes the next value, and lets the longest waiting send in. Only when there is one. */
  shift(): T {
    const value = this.values.shift() as T
    const send = this.sends.shift()
    if (send !== undefined) {
      handOn(send.value)
      this.values.push(send.value)
      send.accept()
    }
    return receive(value)
  }

  /** A sender was dropped. */
  holderGone(): void {
    if (--this.senders === 0) this.receivers.wakeAll('Sender::drop')
  }

  /** The receiver was dropped. */
  close(): void {
    if (this.receiverGone) return
    this.receiverGone = true
    this.#cause = causeOfDrop()
    while (this.values.size > 0) dropIn(this.values.shift())
    for (let send = this.sends.shift(); send !== undefined; send = this.sends.shift()) send.refuse()
    this.receivers.wakeAll('Receiver::drop')
  }

  closed(unsent: unknown): ChannelClosedError {
    return new ChannelClosedError('the receiver of the channel is gone', unsent, this.#cause)
  }
}

abstract class AnySender<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  protected readonly channel: Channel<T>
  #mine = true

  /** @internal Use `bounded` or `unbounded`. */
  constructor(channel: Channel<T>) {
    this.channel = channel
    this[BELONGING] = new Belonging(this, channel)
    pin(this, 'a Sender')
  }

  /** The receiver is gone: nothing can be sent. */
  get isClosed(): boolean {
    return this.channel.receiverGone
  }

  /** Sends now, or throws: ChannelFullError, or ChannelClosedError. */
  trySend(value: T): void {
    this.checkOpen(value)
    if (this.channel.isFull) {
      throw new ChannelFullError(`the channel holds ${this.channel.capacity} values already`, value)
    }
    this.channel.push(value)
  }

  protected checkOpen(value?: T): void {
    if (!this.#mine) throw this[BELONGING].refusal('use of a Sender that was dropped')
    if (this.channel.receiverGone) throw this.channel.closed(value)
  }

  protected adopt(): void {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a Sender that was dropped')
    this.channel.senders++
  }

  /** Gives this sender up. When the last one goes, the receiver comes to its end. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.channel.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

/**
 * The sending end of a bounded channel. One owner; `clone` it for another.
 *
 * @example
 * const [sender, receiver] = bounded<string>(1)
 * const other: Sender<string> = sender.clone()
 * await sender.send('hello')
 * console.log((await receiver.next()).value)
 * await other.send('again')
 */
export class Sender<T> extends AnySender<T> {
  /** Sends as soon as there is room: `yield* sender.send(5)`. The value is in once this is done. */
  send(value: T): Wait<void> {
    this.checkOpen(value)
    return new Send(this.channel, value)
  }

  /** One more sender, with an owner of its own. */
  clone(): Sender<T> {
    this.adopt()
    return new Sender(this.channel)
  }
}

kind(Sender, 'Sender')

/**
 * The sending end of an unbounded channel. One owner; `clone` it for another.
 *
 * @example
 * const [sender, receiver] = unbounded<string>()
 * const other: UnboundedSender<string> = sender.clone()
 * other.send('hello')
 * console.log(receiver.size) // 1
 */
export class UnboundedSender<T> extends AnySender<T> {
  /** Sends now. @throws ChannelFullError at the limit, ChannelClosedError without a receiver. */
  send(value: T): void {
    this.trySend(value)
  }

  /** One more sender, with an owner of its own. */
  clone(): UnboundedSender<T> {
    this.adopt()
    return new UnboundedSender(this.channel)
  }
}

kind(UnboundedSender, 'UnboundedSender')

class Send<T> extends Wait<void> {
  readonly #channel: Channel<T>
  readonly #waiters = new WaitSet()
  readonly value: T
  #state: 'new' | 'waiting' | 'accepted' | 'refused' = 'new'

  constructor(channel: Channel<T>, value: T) {
    super()
    this.#channel = channel
    this.value = value
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'room in a channel'
  }

  poll(waker: Waker): void | typeof PENDING {
    if (this.#state === 'accepted') return
    if (this.#channel.receiverGone) throw this.#channel.closed(this.value)
    if (this.#state === 'new') {
      if (!this.#channel.isFull) {
        this.#state = 'accepted'
        this.#channel.push(this.value)
        return
      }
      this.#state = 'waiting'
      this.#channel.sends.push(this)
    }
    this.#waiters.register(this, waker, 'Send::poll')
    return PENDING
  }

  accept(): void {
    this.#state = 'accepted'
    this.#waiters.wakeAll('Receiver::recv')
  }

  refuse(): void {
    this.#state = 'refused'
    this.#waiters.wakeAll('Receiver::drop')
  }

  /** Gives up its place. A value that is in stays in. */
  unregister(): void {
    if (this.#state === 'waiting') {
      this.#channel.sends.remove(this)
      this.#state = 'new'
    }
    this.#waiters.forget(this, 'Send::unregister')
  }
}

/**
 * The receiving end. Waiting for it takes the next value: `yield* receiver`, or `for await`.
 *
 * @example
 * const [sender, receiver] = bounded<string>(8)
 * sender.trySend('hello')
 * sender.drop()
 * for await (const value of receiver) console.log(value)
 */
export class Receiver<T> extends ValueReceiver<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #channel: Channel<T>

  /** @internal Use `bounded` or `unbounded`. */
  constructor(channel: Channel<T>) {
    super()
    this.#channel = channel
    this[BELONGING] = new Belonging(this, channel.receiving)
    pin(this, 'a Receiver')
  }

  /** Values that can be taken without waiting. */
  get size(): number {
    return this.#channel.values.size
  }

  /** Every sender is gone, and nothing is left to take. */
  get isClosed(): boolean {
    return this.#channel.senders === 0 && this.#channel.values.size === 0
  }

  /** The next value; throws ChannelClosedError at the end. */
  recv(): Wait<T> {
    return new Recv(this.wait())
  }

  /** The next value if there is one; undefined if not. Throws ChannelClosedError at the end. */
  tryRecv(): { readonly value: T } | undefined {
    if (this.#channel.values.size > 0) return { value: this.#channel.shift() }
    if (this.#channel.senders === 0 || this.#channel.receiverGone) throw endOfChannel()
    return undefined
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a channel'
  }

  pollFor(key: object, waker: Waker): IteratorResult<T, undefined> | typeof PENDING {
    const { values, receivers, senders, receiverGone } = this.#channel
    if (values.size > 0) {
      receivers.forget(key, 'Receiver::poll')
      const value = this.#channel.shift()
      if (values.size > 0) receivers.wakeOne('Receiver::poll')
      return { done: false, value }
    }
    if (senders === 0 || receiverGone) {
      receivers.forget(key, 'Receiver::poll')
      return { done: true, value: undefined }
    }
    receivers.register(key, waker, 'Receiver::poll')
    return PENDING
  }

  forget(key: object): void {
    const { values, receivers } = this.#channel
    receivers.forget(key, 'Receiver::unregister')
    if (values.size > 0) receivers.wakeOne('Receiver::unregister')
  }

  /** Closes the channel: what waits is discarded, sends fail from now on. */
  drop(): void {
    this[BELONGING].end()
    this.#channel.close()
  }
}

kind(Receiver, 'Receiver')

class Recv<T> extends Wait<T> {
  readonly #next: Wait<IteratorResult<T, undefined>>

  constructor(next: Wait<IteratorResult<T, undefined>>) {
    super()
    this.#next = next
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a channel'
  }

  poll(waker: Waker): T | typeof PENDING {
    const next = this.#next.poll(waker)
    if (next === PENDING) return PENDING
    if (next.done) throw endOfChannel()
    return next.value
  }

  unregister(): void {
    this.#next.unregister()
  }
}

function endOfChannel(): ChannelClosedError {
  return new ChannelClosedError('every sender of the channel is gone, and nothing is left in it')
}
