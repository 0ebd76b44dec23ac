/**
 * The queue recipe, with every client pushing and popping. What must hold: what was pushed is popped once, by
 * one client; nothing comes out that was not pushed; and a client gets the items of one producer in the order they
 * were pushed.
 *
 * A push or a pop that is applied twice under an unknown commit duplicates or loses an item; two pops that take the same
 * item must conflict, or be served from the line that the queue keeps under contention.
 */
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'
import { Queue } from 'fdbkit/recipes'

const queueOf = (db: Database) => new Queue(db.at('queue/').withValueEncoding(encoders.string))
/** What each client knows that it pushed and popped. */
const books = (db: Database) => db.at('books/', encoders.tuple, encoders.json)

export default class QueueWorkload extends Workload {
  readonly #pushed: string[] = []
  readonly #popped: string[] = []

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const queue = queueOf(db)
    for (let i = 0; i < ctx.option('steps', 24); i++) {
      await ctx.delay(ctx.random() * ctx.option('pause', 0.4))
      if (ctx.random() < 0.5) {
        const item = `${ctx.clientId}:${String(i).padStart(4, '0')}`
        await queue.push(item)
        this.#pushed.push(item)
      } else {
        const item = await queue.pop()
        if (item !== undefined) this.#popped.push(item)
      }
    }
    await queue.sweep()
    await books(db).set([ctx.clientId], { pushed: this.#pushed, popped: this.#popped })
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    if (ctx.clientId !== 0) return true
    const pushed: string[] = []
    const popped: string[] = []
    let ordered = true
    for (const [, book] of await books(db).getRangeAll([])) {
      const { pushed: put, popped: got } = book as { pushed: string[]; popped: string[] }
      pushed.push(...put)
      popped.push(...got)
      const last = new Map<string, string>()
      for (const item of got) {
        const [producer = ''] = item.split(':')
        ordered &&= (last.get(producer) ?? '') < item
        last.set(producer, item)
      }
    }
    const queue = queueOf(db)
    for (let item = await queue.pop(); item !== undefined; item = await queue.pop()) {
      popped.push(item)
    }
    const complete = pushed.sort().join() === popped.sort().join()
    ctx.trace(complete && ordered ? 'info' : 'error', 'QueueChecked', {
      Pushed: pushed.length,
      Popped: popped.length,
      Complete: complete,
      Ordered: ordered,
    })
    return complete && ordered
  }
}
