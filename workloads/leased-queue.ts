/**
 * The queue recipe, with consumers that lease what they work on, and die now and then with a message in hand. What must
 * hold: each message is done once, by the transaction that settles it, or becomes a dead letter after all of its tries,
 * and never both; what nobody can do becomes a dead letter; nothing is lost.
 *
 * Leases end by the clock of the cluster, and a recovery moves that ahead: then a message is somebody else's while the first
 * one still works on it, and only the check of the lease in the transaction keeps its work from being done twice. A
 * receive of unknown outcome must not count a try that nobody had.
 */
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'
import { LeaseLostError, Once, Queue, type QueueMessage } from 'fdbkit/recipes'

const MAX_TRIES = 3

const queueOf = (db: Database, leaseMilliseconds: number) =>
  new Queue(db.at('queue/').withValueEncoding(encoders.string), {
    leaseMilliseconds,
    maxTries: MAX_TRIES,
  })
/** How often the work of each message was done. */
const done = (db: Database) => db.at('done/', encoders.string)
/** What each client knows that it pushed, and of which tries it has heard. */
const books = (db: Database) => db.at('books/', encoders.tuple, encoders.json)

interface Book {
  readonly pushed: string[]
  readonly tried: [value: string, tries: number][]
}

export default class LeasedQueue extends Workload {
  readonly #pushed: string[] = []
  readonly #tried = new Map<string, number>()

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const queue = queueOf(db, ctx.option('lease', 1500))
    const producing = new AbortController()
    const consuming = this.#consume(db, ctx, queue, producing.signal)
    for (let i = 0; i < ctx.option('steps', 12); i++) {
      await ctx.delay(ctx.random() * ctx.option('pause', 0.8))
      const name = ctx.random() < 0.15 ? 'poison' : 'item'
      const value = `${name} ${ctx.clientId}:${String(i).padStart(4, '0')}`
      await queue.push(value, { delay: ctx.random() < 0.3 ? 500 : 0 })
      this.#pushed.push(value)
    }
    producing.abort()
    await consuming
    await queue.sweep()
    const book: Book = { pushed: this.#pushed, tried: [...this.#tried] }
    await books(db).set([ctx.clientId], book)
  }

  async #consume(
    db: Database,
    ctx: WorkloadContext,
    queue: Queue<string>,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const message of queue.consume({ signal })) {
      await this.#work(db, ctx, message, 0.2)
    }
  }

  async #work(
    db: Database,
    ctx: WorkloadContext,
    message: QueueMessage<string>,
    deaths: number,
  ): Promise<void> {
    const { value, tries } = message
    this.#tried.set(value, Math.max(this.#tried.get(value) ?? 0, tries))
    // Who is dead neither settles the message nor says that it won't.
    if (ctx.random() < deaths) return
    try {
      if (value.startsWith('poison')) return await message.nack()
      await ctx.delay(ctx.random() * ctx.option('work', 1))
      await new Once(db.at('once/')).run(async (tn) => {
        await message.ackIn(tn)
        tn.at(done(db)).add(value, 1)
      })
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      ctx.trace('info', 'LeaseLost', { Message: value, Tries: tries })
    }
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    if (ctx.clientId !== 0) return true
    const queue = queueOf(db, ctx.option('lease', 1500))
    const keys = db.at('queue/', encoders.tuple)
    while ((await keys.count(['item'])) + (await keys.count(['hidden'])) > 0) {
      const message = await queue.receive()
      if (message === undefined) await ctx.delay(0.5)
      else await this.#work(db, ctx, message, 0)
    }
    await queue.sweep()
    return this.#settled(db, ctx, queue)
  }

  async #settled(db: Database, ctx: WorkloadContext, queue: Queue<string>): Promise<boolean> {
    const pushed: string[] = []
    const tried = this.#tried
    for (const [, book] of await books(db).getRangeAll([])) {
      const { pushed: put, tried: had } = book as Book
      pushed.push(...put)
      for (const [value, tries] of had) tried.set(value, Math.max(tried.get(value) ?? 0, tries))
    }
    const finished: string[] = []
    let once = true
    for (const [value, count] of await done(db).getRangeAllStartsWith('')) {
      finished.push(value)
      once &&= count.readBigUInt64LE() === 1n
    }
    const dead: string[] = []
    for (;;) {
      const value = await queue.deadLetters.pop()
      if (value === undefined) break
      dead.push(value)
    }
    const complete = [...finished, ...dead].sort().join() === pushed.sort().join()
    // A receive that a client gave up in the end may have had a message for longer than its lease: one try a client.
    const unheard = dead.reduce((sum, value) => sum + MAX_TRIES - (tried.get(value) ?? 0), 0)
    const allTried = unheard <= ctx.clientCount
    const noPoison = finished.every((value) => !value.startsWith('poison'))
    const holds = once && complete && allTried && noPoison
    ctx.trace(holds ? 'info' : 'error', 'LeasedQueueChecked', {
      Pushed: pushed.length,
      Finished: finished.length,
      Dead: dead.length,
      Once: once,
      Complete: complete,
      AllTried: allTried,
      NoPoison: noPoison,
    })
    return holds
  }
}
