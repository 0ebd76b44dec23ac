import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import {
  Belonging,
  BELONGING,
  causeOfDrop,
  handOn,
  type Owned,
  type Remains,
} from '../core/belongings.ts'
import { ChannelClosedError, LaggedError } from '../core/errors.ts'
import { WaitSet } from '../core/wait-set.ts'
import { ValueReceiver } from './value-receiver.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/**
 * A channel of which every receiver gets every value sent after it was made. The last `capacity` values are kept: a
 * receiver that is slower than that misses the oldest, is told how many (LaggedError), and goes on with the oldest
 * kept.
 *
 * @throws RangeError when the capacity is not an integer from 1 on.
 * @example
 * using sender = broadcast<string>(16)
 * using receiver = sender.subscribe()
 * sender.send('hello')
 * console.log((await receiver.next()).value)
 */
export function broadcast<T>(capacity: number): BroadcastSender<T> {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(
      `the capacity of a broadcast must be an integer from 1 on, not ${shown(capacity)}`,
    )
  }
  return new BroadcastSender(new Ring<T>(capacity))
}

class Ring<T> {
  readonly waiters = new WaitSet()
  readonly values: (T | undefined)[]
  /** How many values were sent so far; the value number n is in slot n modulo capacity. */
  sent = 0
  senders = 1
  receivers = 0
  /** Why the last receiver went, when that is known. */
  cause: { readonly cause: unknown } | undefined
  /** Of each receiver. */
  readonly receiving: Remains = { holderGone: () => this.leave() }

  constructor(capacity: number) {
    this.values = new Array<T | undefined>(capacity).fill(undefined)
  }

  get capacity(): number {
    return this.values.length
  }

  /** A receiver was dropped. */
  leave(): void {
    this.receivers--
    this.cause = causeOfDrop()
    if (this.receivers === 0) this.values.fill(undefined)
    // A task that waits through that receiver must learn that it is over.
    this.waiters.wakeAll('BroadcastReceiver::drop')
  }

  /** A sender was dropped. */
  holderGone(): void {
    if (--this.senders === 0) this.waiters.wakeAll('BroadcastSender::drop')
  }
}

/**
 * The sending end of {@link broadcast}. One owner; `clone` it for another.
 *
 * @example
 * using sender: BroadcastSender<string> = broadcast(16)
 * using receiver = sender.subscribe()
 * console.log(sender.send('hello')) // 1: one receiver
 * receiver.drop()
 */
export class BroadcastSender<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #ring: Ring<T>
  #mine = true

  /** @internal Use `broadcast`. */
  constructor(ring: Ring<T>) {
    this.#ring = ring
    this[BELONGING] = new Belonging(this, ring)
    pin(this, 'a BroadcastSender')
  }

  /** How many receivers there are. */
  get receivers(): number {
    return this.#ring.receivers
  }

  /** Sends to all receivers, and returns how many there are. ChannelClosedError when there are none. */
  send(value: T): number {
    if (!this.#mine) throw this[BELONGING].refusal('use of a BroadcastSender that was dropped')
    const ring = this.#ring
    if (ring.receivers === 0) {
      throw new ChannelClosedError('the broadcast has no receiver', value, ring.cause)
    }
    handOn(value)
    ring.values[ring.sent++ % ring.capacity] = value
    ring.waiters.wakeAll('BroadcastSender::send')
    return ring.receivers
  }

  /** A receiver of everything sent from now on. */
  subscribe(): BroadcastReceiver<T> {
    return new BroadcastReceiver(this.#ring, this.#ring.sent)
  }

  /** One more sender, with an owner of its own. */
  clone(): BroadcastSender<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a BroadcastSender that was dropped')
    this.#ring.senders++
    return new BroadcastSender(this.#ring)
  }

  /** Gives it up. When the last one goes, receivers get what is kept for them, then the end. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.#ring.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(BroadcastSender, 'BroadcastSender')

/**
 * A receiving end of {@link broadcast}. Waiting for it takes its next value: `yield* receiver`, or `for await`. After
 * values were missed it throws LaggedError, once.
 *
 * @example
 * const sender = broadcast<number>(16)
 * const receiver: BroadcastReceiver<number> = sender.subscribe()
 * sender.send(1)
 * sender.drop()
 * for await (const value of receiver) console.log(value)
 */
export class BroadcastReceiver<T> extends ValueReceiver<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #ring: Ring<T>
  #next: number
  #mine = true

  /** @internal Use `subscribe`. */
  constructor(ring: Ring<T>, next: number) {
    super()
    this.#ring = ring
    this.#next = next
    ring.receivers++
    this[BELONGING] = new Belonging(this, ring.receiving)
    pin(this, 'a BroadcastReceiver')
  }

  /** A receiver of its own that goes on from where this one is. */
  clone(): BroadcastReceiver<T> {
    if (!this.#mine) throw this[BELONGING].refusal('clone of a BroadcastReceiver that was dropped')
    return new BroadcastReceiver(this.#ring, this.#next)
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a broadcast'
  }

  pollFor(key: object, waker: Waker): IteratorResult<T, undefined> | typeof PENDING {
    const ring = this.#ring
    if (!this.#mine) return { done: true, value: undefined }
    const oldest = Math.max(0, ring.sent - ring.capacity)
    if (this.#next < oldest) {
      const missed = oldest - this.#next
      this.#next = oldest
      throw new LaggedError(missed)
    }
    if (this.#next < ring.sent) {
      ring.waiters.forget(key, 'BroadcastReceiver::poll')
      return { done: false, value: ring.values[this.#next++ % ring.capacity] as T }
    }
    if (ring.senders === 0) return { done: true, value: undefined }
    ring.waiters.register(key, waker, 'BroadcastReceiver::poll')
    return PENDING
  }

  forget(key: object): void {
    this.#ring.waiters.forget(key, 'BroadcastReceiver::unregister')
  }

  /** Gives it up. A task that waits through it comes to the end. */
  drop(): void {
    if (!this.#mine) return
    this.#mine = false
    this[BELONGING].end()
    this.#ring.leave()
  }
}

kind(BroadcastReceiver, 'BroadcastReceiver')
