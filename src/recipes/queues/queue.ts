import type { Transaction } from '../../client/transaction/transaction.ts'
import type { Attempt } from '../../client/run/retry-loop.ts'
import { LeaseLostError } from '../ground/lease-lost-error.ts'
import { Once } from '../ground/once.ts'
import { partOf, recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RecipeScope } from '../ground/scope.ts'
import { unlessAborted } from '../ground/unless-aborted.ts'
import { uniqueId } from '../ground/unique-id.ts'
import { Patience } from './patience.ts'
import { QueueItems } from './queue-items.ts'
import type { Item, Leased } from './queue-layout.ts'
import { QueueLine } from './queue-line.ts'
import type { Served } from './queue-line.ts'
import { QueueMessage } from './queue-message.ts'
import type { MessageQueue } from './queue-message.ts'
import {
  checkConsume,
  checkPop,
  checkPush,
  checkQueue,
  checkReceive,
  checkValues,
} from './queue-options.ts'
import type {
  ConsumeOptions,
  PopOptions,
  PushOptions,
  QueueOptions,
  ReceiveOptions,
} from './queue-options.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkTransaction } from '../../client/keys/given-scope.ts'
import { checkArray } from '../../native/values/arguments.ts'

/** Who waits for a value looks again after so many milliseconds, whatever the bell did. */
const LONGEST_WAIT = 60_000
/** Who receives and has lost a conflict takes one of the first few: so many at most. */
const CHOICE = 32

interface Taken<T> {
  readonly item: Item
  readonly value: T
}

/**
 * A queue: first in, first out, for any number of processes.
 *
 * - `push` appends under the versionstamp of its commit, so pushes conflict with nothing, and the order is that of
 *   the commits. Values of one transaction keep their order.
 * - `pop` takes the first value. One that conflicts with another `pop` puts itself in line with a claim;
 *   whoever comes next serves claims from the front, many in a transaction, oldest claim first. So
 *   under contention each transaction that is applied serves up to 32, and nobody is passed by for ever.
 * - `receive` leases the first value, as a message: it is gone when the consumer says so, and comes again when the
 *   lease runs out. After `maxTries` it goes to the dead letters. One that conflicts takes another of the first few.
 *
 * Guarantees: each push that resolves is in the queue once, each value is given to one `pop`, also under
 * `commit_unknown_result`. A process that dies in `pop` may take its value with it. A message of `receive` survives that:
 * it is given to one consumer at a time, and settled once; with `ackIn` its work is done once.
 *
 * Delays and leases go by the clock of the cluster. After a recovery of the cluster those that were under way end up
 * to some 100 seconds earlier.
 *
 * @typeParam T what comes out.
 * @typeParam In what goes in, where the encoding of values takes more than it gives.
 * @example
 * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
 * await jobs.push('mail')
 * console.log(await jobs.pop()) // mail
 * console.log(await jobs.pop()) // undefined: the queue is empty
 */
export class Queue<T, In = T> implements AsyncIterable<T> {
  readonly #scope: RecipeScope<In, T>
  readonly #options: Required<QueueOptions>
  readonly #items: QueueItems
  readonly #line: QueueLine
  readonly #once: Once
  readonly #patience: Patience
  readonly #messages: MessageQueue<T>
  #deadLetters: Queue<T, In> | undefined

  /**
   * @param db the scope of this queue alone, with the encoding of its values.
   * @throws TypeError for wrong options.
   */
  constructor(db: AnyScope<In, T>, options: QueueOptions = {}) {
    this.#options = checkQueue(options)
    this.#scope = recipeScope(db, 'Queue')
    const raw = this.#scope.withValueEncoding()
    this.#items = new QueueItems(raw, this.#options.maxTries)
    this.#line = new QueueLine(raw, this.#items)
    this.#once = new Once(raw.at(['once']))
    this.#patience = new Patience(raw.environment)
    this.#messages = {
      items: this.#items,
      once: this.#once,
      leaseMilliseconds: this.#options.leaseMilliseconds,
      unpack: (bytes) => this.#unpack(bytes),
    }
  }

  /** Appends a value, exactly once. */
  async push(value: In, options?: PushOptions): Promise<void> {
    await this.pushAll([value], options)
  }

  /**
   * Appends values, all of them or none, exactly once, and next to each other. It is one transaction: at most
   * 10,000,000 bytes, and better below 1,000,000.
   *
   * @throws TypeError for what is no array of values.
   * @example
   * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
   * await jobs.pushAll(['first', 'second'], { delay: 1000 })
   */
  async pushAll(values: readonly In[], options: PushOptions = {}): Promise<void> {
    const delay = checkPush(options)
    checkArray('values', values)
    const packed = values.map((value: In) => this.#pack(value))
    if (packed.length > 0) await this.#once.run((tn) => this.#pushIn(tn, packed, delay))
  }

  #pushIn(tn: AnyTransaction, packed: readonly Uint8Array[], delay: number): Promise<void> | void {
    if (delay > 0) return this.#items.pushLaterIn(tn, packed, delay)
    for (const value of packed) this.#items.pushIn(tn, value)
  }

  /**
   * Appends a value as part of a transaction. With a delay it reads the version of the transaction first, so await it.
   * What happens under `commit_unknown_result` is up to that transaction's function: see `Once`.
   */
  pushIn(tn: AnyTransaction, value: In): void
  pushIn(tn: AnyTransaction, value: In, options: PushOptions): Promise<void>
  pushIn(tn: AnyTransaction, value: In, options?: PushOptions): Promise<void> | void {
    checkTransaction(tn, 'tn of pushIn')
    const packed = this.#pack(value)
    if (options === undefined) return this.#items.pushIn(tn, packed)
    const delay = checkPush(options)
    return tn.doTransaction(() => this.#pushIn(tn, [packed], delay))
  }

  /**
   * Takes the first value, exactly once. With `wait` it waits for one, with the help of a watch.
   *
   * @returns undefined when the queue is empty, also at the end of the wait.
   * @throws the reason of the signal, at once. Whatever a pop that was given up still takes is put back to its place;
   * `sweep` waits for that.
   * @example
   * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
   * const next = jobs.pop({ wait: 5000 })
   * await jobs.push('mail')
   * console.log(await next) // mail
   */
  async pop(options: PopOptions = {}): Promise<T | undefined> {
    checkPop(options)
    const taken = await this.#patience.run<Taken<T>>(
      {
        take: () => this.#pop(),
        change: (signal) => this.#change(signal),
        giveBack: ({ item }) => this.#once.run((tn) => this.#items.putBackIn(tn, item)),
      },
      options,
    )
    return taken?.value
  }

  async #pop(): Promise<Taken<T> | undefined> {
    const id = uniqueId(this.#scope.environment)
    let served = await this.#once.run((tn, attempt) => this.#takeOrClaim(tn, attempt, id))
    while (served.kind === 'claimed') {
      served = await this.#once.run(async (tn) => this.#decoded(await this.#line.serveIn(tn, id)))
    }
    return served.kind === 'item' ? served.item : undefined
  }

  async #takeOrClaim(tn: Transaction, attempt: Attempt, id: Buffer): Promise<Served<Taken<T>>> {
    if (attempt.cause?.code !== 1020 && !(await this.#line.isUsed(tn))) {
      const item = await this.#takeFirst(tn)
      return item === undefined ? { kind: 'empty' } : this.#decoded({ kind: 'item', item })
    }
    this.#line.enterIn(tn, id)
    return { kind: 'claimed' }
  }

  /** In the transaction that takes it: what can't be decoded stays in the queue. */
  #decoded(served: Served<Item>): Served<Taken<T>> {
    if (served.kind !== 'item') return served
    const { item } = served
    return { kind: 'item', item: { item, value: this.#unpack(item.value) } }
  }

  /**
   * Takes the first value as part of a transaction; undefined when there is none. It takes no notice of
   * claims, and it conflicts with every other `pop` of the same value. The value comes back when the transaction isn't
   * committed.
   */
  popIn(tn: AnyTransaction): Promise<T | undefined> {
    return partOf(tn, 'popIn', async () => {
      const item = await this.#takeFirst(tn)
      return item === undefined ? undefined : this.#unpack(item.value)
    })
  }

  async #takeFirst(tn: AnyTransaction): Promise<Item | undefined> {
    const [first] = (await this.#items.firstIn(tn, 1)).items
    if (first !== undefined) this.#items.takeIn(tn, first)
    return first
  }

  /** Waits for the bell, for the next hidden item, or for the signal. */
  async #change(signal: AbortSignal): Promise<void> {
    try {
      const { environment } = this.#scope
      const waiting = await this.#scope.doTransaction(
        async (tn) => {
          const { hasWork, nextIn = LONGEST_WAIT } = await this.#items.look(tn)
          return hasWork ? undefined : { nextIn, watch: await this.#items.bell.watchIn(tn, signal) }
        },
        { signal },
      )
      if (waiting === undefined) return
      const { watch, nextIn } = waiting
      const time = Math.min(Math.max(1, Math.ceil(nextIn)), LONGEST_WAIT)
      const timer = environment.setTimer(time, () => watch.cancel())
      try {
        await watch.promise
      } finally {
        environment.clearTimer(timer)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /**
   * Values as they come, each taken by a `pop` that waits: the loop ends when it is left, or when the signal aborts. The
   * queue itself is iterable in the same way.
   *
   * @example
   * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
   * await jobs.pushAll(['a', 'b'])
   * for await (const job of jobs) {
   *   console.log(job)
   *   if (job === 'b') break
   * }
   */
  async *values(options: Pick<PopOptions, 'signal'> = {}): AsyncGenerator<T, void, undefined> {
    checkValues(options)
    const { signal } = options
    while (signal?.aborted !== true) {
      const value = await unlessAborted(this.pop({ ...options, wait: Infinity }), signal)
      if (value !== undefined) yield value
    }
  }

  /** As `values`. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.values()
  }

  /**
   * Leases the first value: nobody else gets it until the lease runs out. Settle the message by `ack` or `nack`. Which of
   * the first few it is may depend on who else receives.
   *
   * @returns undefined when there is none, also at the end of the wait.
   * @throws the reason of the signal, at once; see `pop`.
   * @example
   * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
   * await jobs.push('mail')
   * const message = await jobs.receive({ wait: 5000 })
   * if (message !== undefined) {
   *   await db.doTransaction(async (tn) => {
   *     await message.ackIn(tn)
   *     tn.set('sent', message.value)
   *   })
   * }
   */
  async receive(options: ReceiveOptions = {}): Promise<QueueMessage<T> | undefined> {
    checkReceive(options)
    const { leaseMilliseconds = this.#options.leaseMilliseconds } = options
    const leased = await this.#patience.run<Leased>(
      {
        take: () => this.#receive(leaseMilliseconds),
        change: (signal) => this.#change(signal),
        giveBack: (late) => this.#forget(late),
      },
      options,
    )
    if (leased === undefined) return undefined
    return new QueueMessage({ ...this.#messages, leaseMilliseconds }, leased)
  }

  /** One that has run out meanwhile is back already. */
  async #forget(leased: Leased): Promise<void> {
    try {
      await this.#once.run((tn) => this.#items.forgetIn(tn, leased))
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
    }
  }

  async #receive(leaseMilliseconds: number): Promise<Leased | undefined> {
    const id = uniqueId(this.#scope.environment)
    return this.#once.run(async (tn, { number, cause }) => {
      const choice = cause?.code === 1020 ? Math.min(CHOICE, 2 ** number) : 1
      const { items, version } = await this.#items.firstIn(tn, choice)
      const item = items[Math.floor(tn.environment.random() * items.length)]
      if (item === undefined) return undefined
      return this.#items.leaseIn(tn, item, id, version, leaseMilliseconds)
    })
  }

  /**
   * Messages as they come, each received by a `receive` that waits. The loop ends when it is left, or when the signal
   * aborts. A message that the loop does not settle comes again when its lease has run out.
   *
   * @example
   * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.string))
   * await jobs.push('mail')
   * for await (const message of jobs.consume({ leaseMilliseconds: 60_000 })) {
   *   console.log(message.value)
   *   await message.ack()
   *   break
   * }
   */
  async *consume(options: ConsumeOptions = {}): AsyncGenerator<QueueMessage<T>, void, undefined> {
    checkConsume(options)
    const { signal } = options
    while (signal?.aborted !== true) {
      const message = await unlessAborted(this.receive({ ...options, wait: Infinity }), signal)
      if (message !== undefined) yield message
    }
  }

  /**
   * What was tried too often, as a queue of its own: look at it, take from it, and push it again. In one transaction:
   * `popIn` there and `pushIn` here.
   */
  get deadLetters(): Queue<T, In> {
    return (this.#deadLetters ??= new Queue<T, In>(this.#scope.at(['dead']), {
      ...this.#options,
      maxTries: Infinity,
    }))
  }

  /** The first value that could be taken, left where it is; undefined when there is none. */
  async peek(): Promise<T | undefined> {
    const first = await this.#first()
    return first === undefined ? undefined : this.#unpack(first.value)
  }

  /** Whether there is no value to be taken now. Delayed values and leased messages may come later. */
  async isEmpty(): Promise<boolean> {
    return (await this.#first()) === undefined
  }

  async #first(): Promise<Item | undefined> {
    const look = await this.#scope.doTransaction((tn) => this.#items.look(tn), { readOnly: true })
    return look.first
  }

  /**
   * How many values there are, with those that are delayed, without those that a consumer has. It reads all of them. When
   * that takes more than four seconds it is no longer the number of one moment.
   */
  length(): Promise<number> {
    return this.#items.length()
  }

  #pack(value: In): Uint8Array {
    return this.#scope.getSubspace().packValue(value)
  }

  #unpack(bytes: Buffer): T {
    return this.#scope.getSubspace().decodeValue(bytes)
  }

  /**
   * Waits for what was given up, and takes away what the last operations left behind to stay exactly-once. Call it before
   * the process ends.
   *
   * @throws the error of a value that could not be put back.
   */
  async sweep(): Promise<void> {
    await this.#patience.settle()
    await this.#once.sweep()
  }
}

kind(Queue, 'Queue')
