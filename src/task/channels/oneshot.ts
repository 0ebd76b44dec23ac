import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { pin } from '../../future/owners/pinned.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
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
import { ChannelClosedError } from '../core/errors.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Shared, Wait } from '../waits/wait.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * A channel for one value, from one sender to one receiver.
 *
 * @example
 * const [sender, receiver] = oneshot<number>()
 * sender.send(5)
 * console.log(await receiver)
 */
export function oneshot<T>(): [OneshotSender<T>, OneshotReceiver<T>] {
  const slot = new Slot<T>()
  return [new OneshotSender(slot), new OneshotReceiver(slot)]
}

class Slot<T> {
  readonly receiver = new WaitSet()
  readonly sender = new WaitSet()
  value: { readonly value: T } | undefined
  senderGone = false
  receiverGone = false
  /** Somebody has received the value: it is theirs. */
  isTaken = false
  /** Why the end that went first is gone, when that is known. */
  cause: { readonly cause: unknown } | undefined
  /** Of the receiver. */
  readonly receiving: Remains = { holderGone: () => this.close() }

  /** The receiver was dropped. */
  close(): void {
    if (this.receiverGone) return
    this.receiverGone = true
    this.cause ??= causeOfDrop()
    const unread = this.isTaken ? undefined : this.value?.value
    this.value = undefined
    dropIn(unread)
    this.receiver.wakeAll('OneshotReceiver::drop')
    this.sender.wakeAll('OneshotReceiver::drop')
  }

  /** The sender was dropped. */
  holderGone(): void {
    if (this.senderGone) return
    this.senderGone = true
    this.cause ??= causeOfDrop()
    this.receiver.wakeAll('OneshotSender::drop')
    this.sender.wakeAll('OneshotSender::drop')
  }
}

/**
 * The sending end: it sends once, or is dropped.
 *
 * @example
 * const [sender, receiver] = oneshot<number>()
 * receiver.drop()
 * await sender.closed() // nobody needs the value any more
 * sender.drop()
 */
export class OneshotSender<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #slot: Slot<T>

  /** @internal Use `oneshot`. */
  constructor(slot: Slot<T>) {
    this.#slot = slot
    this[BELONGING] = new Belonging(this, slot)
    pin(this, 'a OneshotSender')
  }

  /** The receiver is gone. */
  get isClosed(): boolean {
    return this.#slot.receiverGone
  }

  /** Sends, once. ChannelClosedError, which carries the value, when the receiver is gone. */
  send(value: T): void {
    const slot = this.#slot
    if (this[BELONGING].isTaken)
      throw new ChannelClosedError('the task of the sender failed', value)
    if (slot.senderGone) {
      const message = 'a OneshotSender sends once, and it has sent or was dropped'
      throw this[BELONGING].refusal(message)
    }
    slot.senderGone = true
    this[BELONGING].end()
    if (slot.receiverGone) throw new ChannelClosedError('the receiver is gone', value, slot.cause)
    handOn(value)
    slot.value = { value }
    slot.receiver.wakeAll('OneshotSender::send')
    slot.sender.wakeAll('OneshotSender::send')
  }

  /** Done when the receiver is gone, or something was sent: nobody needs the value any more. */
  closed(): Wait<void> {
    return new Closed(this.#slot)
  }

  /** Gives it up unsent: the receiver gets ChannelClosedError. */
  drop(): void {
    this[BELONGING].end()
    this.#slot.holderGone()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(OneshotSender, 'OneshotSender')

class Closed<T> extends Wait<void> {
  readonly #slot: Slot<T>

  constructor(slot: Slot<T>) {
    super()
    this.#slot = slot
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a oneshot to be closed'
  }

  poll(waker: Waker): void | typeof PENDING {
    if (this.#slot.receiverGone || this.#slot.senderGone) return
    this.#slot.sender.register(this, waker, 'OneshotSender::closed')
    return PENDING
  }

  unregister(): void {
    this.#slot.sender.forget(this, 'OneshotSender::closed')
  }
}

/**
 * The receiving end: `yield* receiver`, or `await` it, for the value. ChannelClosedError when the sender was dropped.
 *
 * @example
 * const [sender, receiver] = oneshot<number>()
 * fdbSpawn(async () => sender.send(5))
 * console.log(await receiver)
 */
export class OneshotReceiver<T> extends Shared<T> implements Owned {
  /** @internal */
  readonly [BELONGING]: Belonging
  readonly #slot: Slot<T>

  /** @internal Use `oneshot`. */
  constructor(slot: Slot<T>) {
    super()
    this.#slot = slot
    this[BELONGING] = new Belonging(this, slot.receiving)
    pin(this, 'a OneshotReceiver')
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a oneshot'
  }

  pollFor(key: object, waker: Waker): T | typeof PENDING {
    const slot = this.#slot
    if (slot.receiverGone) {
      throw this[BELONGING].refusal('use of a OneshotReceiver that was dropped')
    }
    if (slot.value !== undefined) {
      slot.isTaken = true
      return receive(slot.value.value)
    }
    if (slot.senderGone) {
      throw new ChannelClosedError('the sender was dropped without sending', undefined, slot.cause)
    }
    slot.receiver.register(key, waker, 'OneshotReceiver::poll')
    return PENDING
  }

  forget(key: object): void {
    this.#slot.receiver.forget(key, 'OneshotReceiver::unregister')
  }

  /** Gives it up: a send fails from now on. */
  drop(): void {
    this[BELONGING].end()
    this.#slot.close()
  }

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }
}

kind(OneshotReceiver, 'OneshotReceiver')
