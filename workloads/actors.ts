/**
 * Tasks, channels, choices and timers on simulated time, with a database behind them. Producers send amounts to an
 * accountant, which adds them up in memory, and writes the sum down when a timer says so or somebody
 * asks. What must hold: no amount is lost or counted twice, an answer and the database have at least what was
 * sent before the question, and all tasks end.
 *
 * Messages, timers and commits come in another order with every seed. A wake-up that is lost, or a value that is
 * taken by an arm that was not chosen, shows as a wrong sum or a task that waits for ever.
 */
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'
import {
  bounded,
  choose,
  fromPromise,
  interval,
  oneshot,
  Runtime,
  sleep,
  timeout,
  when,
  type OneshotSender,
  type Receiver,
  type Sender,
  type TaskGenerator,
} from 'fdbkit/task'

const PATIENCE = 1_000_000
const sums = (db: Database) => db.at('actors/', encoders.tuple, encoders.json)

export default class Actors extends Workload {
  #sent = 0

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const runtime = new Runtime({ environment: ctx.environment })
    const main = () => this.#main(runtime, db, ctx)
    const sum = await runtime.run(main)
    runtime.dispose()
    ctx.trace('info', 'ActorsDone', { Sent: this.#sent, Sum: sum })
    if (sum !== this.#sent) throw new Error(`${this.#sent} was sent, and ${sum} came`)
  }

  *#main(runtime: Runtime, db: Database, ctx: WorkloadContext): TaskGenerator<number> {
    const [amounts, incoming] = bounded<number>(2)
    const [questions, asked] = bounded<OneshotSender<number>>(1)
    const accountant = runtime.spawn(() => accountantOf(db, ctx, incoming, asked))
    const producers = Array.from({ length: ctx.option('producers', 3) }, () => {
      const sender = amounts.clone()
      return runtime.spawn(() => this.#produce(ctx, sender))
    })
    for (let i = 0; i < ctx.option('questions', 5); i++) {
      yield* sleep(ctx.random() * 1000)
      const before = this.#sent
      const [reply, answer] = oneshot<number>()
      yield* questions.send(reply)
      const told = yield* timeout(PATIENCE, answer)
      const held = Number(yield* fromPromise(sums(db).get([ctx.clientId])))
      if (Math.min(told, held) < before) throw new Error(`sent ${before}, told ${told}, ${held}`)
    }
    for (const producer of producers) yield* timeout(PATIENCE, producer)
    // The last sender: the accountant comes to the end of the channel.
    amounts.drop()
    return yield* timeout(PATIENCE, accountant)
  }

  *#produce(ctx: WorkloadContext, sender: Sender<number>): TaskGenerator<void> {
    for (let i = 0; i < ctx.option('amounts', 8); i++) {
      yield* sleep(ctx.random() * 500)
      const amount = ctx.randomInteger(1, 100)
      yield* sender.send(amount)
      this.#sent += amount
    }
    sender.drop()
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    return (await sums(db).get([ctx.clientId])) === this.#sent
  }
}

function* accountantOf(
  db: Database,
  ctx: WorkloadContext,
  incoming: Receiver<number>,
  asked: Receiver<OneshotSender<number>>,
): TaskGenerator<number> {
  let sum = 0
  let open = true
  // The accountant alone writes this key, and writes the whole sum: twice is as good as once.
  const write = () => fromPromise(sums(db).set([ctx.clientId], sum))
  const ticks = interval(ctx.option('period', 700))
  while (open) {
    yield* choose(
      when(incoming, (next) => {
        if (next.done) open = false
        else sum += next.value
      }),
      when(asked.recv(), function* (reply) {
        yield* write()
        reply.send(sum)
      }),
      when(ticks.tick(), function* () {
        yield* write()
      }),
    )
  }
  yield* write()
  return sum
}
