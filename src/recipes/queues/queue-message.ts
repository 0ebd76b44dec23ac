import type { Once } from '../ground/once.ts'
import type { AnyTransaction } from '../ground/scope.ts'
import type { QueueItems } from './queue-items.ts'
import type { Leased } from './queue-layout.ts'
import { checkLease, checkPush } from './queue-options.ts'
import type { PushOptions } from './queue-options.ts'
import { kind } from '../../native/values/kinds.ts'
import { partOf } from '../ground/scope.ts'

/** What a message needs of its queue. */
export interface MessageQueue<T> {
  readonly items: QueueItems
  readonly once: Once
  readonly leaseMilliseconds: number
  unpack(bytes: Buffer): T
}

/**
 * A message of a queue that a consumer has for a while. It is settled by `ack` when the work is done, or by `nack` when
 * it is to come again. Until then it is nobody else's; when the time runs out, or the process dies, it comes again.
 * Made by `queue.receive` and `queue.consume`.
 *
 * The cluster's clock says when the time is over. What the clocks of two machines say doesn't matter: each lease has an id,
 * and `ack`, `nack` and `extend` of a lease that is somebody else's by now fail with `LeaseLostError`, and do nothing.
 *
 * @example
 * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
 * await jobs.push('mail')
 * const message = await jobs.receive()
 * console.log(message?.value, message?.tries) // mail 1
 * await message?.ack()
 */
export class QueueMessage<T> {
  readonly #queue: MessageQueue<T>
  #lease: Leased
  #value: { readonly value: T } | undefined

  /** @internal Use `queue.receive`. */
  constructor(queue: MessageQueue<T>, lease: Leased) {
    this.#queue = queue
    this.#lease = lease
  }

  /**
   * What was pushed. It is decoded when it is asked for, so that what can't be decoded can be settled.
   *
   * @throws what the encoding of the queue throws.
   */
  get value(): T {
    return (this.#value ??= { value: this.#queue.unpack(this.#lease.value) }).value
  }

  /** The number of this try: 1, 2, 3, ... */
  get tries(): number {
    return this.#lease.tries
  }

  /**
   * The work is done: the message is gone, exactly once.
   *
   * @throws LeaseLostError when the lease is no longer this one's: another consumer has the message, or had it.
   */
  ack(): Promise<void> {
    return this.#queue.once.run((tn) => this.ackIn(tn))
  }

  /**
   * The same as part of the transaction that does the work. So the work is done exactly once: of all tries one commits. What
   * happens under `commit_unknown_result` is up to that transaction's function: see `Once`.
   *
   * @throws LeaseLostError as `ack`.
   */
  ackIn(tn: AnyTransaction): Promise<void> {
    return partOf(tn, 'ackIn', () => this.#queue.items.settleIn(tn, this.#lease))
  }

  /**
   * The work failed: the message comes again, at its place, at once or after `delay`. After its last try it goes
   * to the dead letters.
   *
   * @throws LeaseLostError as `ack`.
   */
  nack(options: PushOptions = {}): Promise<void> {
    const delay = checkPush(options)
    return this.#queue.once.run((tn) => this.#queue.items.returnIn(tn, this.#lease, delay))
  }

  /**
   * More time: the lease lasts so many milliseconds from now on.
   *
   * @param milliseconds as long as at first, unless given.
   * @throws LeaseLostError as `ack`.
   */
  async extend(milliseconds = this.#queue.leaseMilliseconds): Promise<void> {
    checkLease(milliseconds)
    const { items, once } = this.#queue
    this.#lease = await once.run((tn) => items.extendIn(tn, this.#lease, milliseconds))
  }
}

kind(QueueMessage, 'QueueMessage')
