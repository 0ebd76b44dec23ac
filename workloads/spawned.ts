/**
 * Tasks by `fdbSpawn` itself, polled in place by the futures that wake them: supervisors start children and join or cancel
 * them at a moment that is drawn, and each child marks its number in transactions of its own. What must hold: whom a
 * supervisor joined has left its mark, a mark is of a child that was started, who is over is woken no more, and in the end no task
 * is alive.
 *
 * A wake-up that is lost leaves a task that waits for ever; one that comes too late polls what is over; a transaction that its
 * task has left still holds its commit.
 */
import {
  encoders,
  FDBError,
  Workload,
  type Database,
  type WorkloadContext,
} from 'fdbkit/simulation'
import {
  CancelledError,
  fdbSpawn,
  inPlaceExecutor,
  sleep,
  timeout,
  type JoinHandle,
  type TaskGenerator,
} from 'fdbkit/task'

/** More simulated time than any fault takes. */
const PATIENCE = 1_000_000
const marks = (db: Database) => db.at('spawned/', encoders.tuple, encoders.json)

export default class Spawned extends Workload {
  /** Children are numbered in the order in which they are started. */
  #started = 0
  readonly #joined = new Set<number>()
  #cancelled = 0
  readonly #over = new Set<number>()

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const supervisors = Array.from({ length: ctx.option('supervisors', 3) }, (_, i) =>
      fdbSpawn(() => this.#supervise(db, ctx), { name: `supervisor ${i}` }),
    )
    for (const supervisor of supervisors) await supervisor
    const counts = { Started: this.#started, Joined: this.#joined.size, Cancelled: this.#cancelled }
    ctx.trace('info', 'SpawnedDone', counts)
    if (this.#joined.size + this.#cancelled !== this.#started) throw new Error('a child is missing')
    if (ctx.clientCount === 1 && inPlaceExecutor.size !== 0) {
      throw new Error(`${inPlaceExecutor.size} tasks are left`)
    }
  }

  /** One child after the other, up to three at a time. */
  *#supervise(db: Database, ctx: WorkloadContext): TaskGenerator<void> {
    for (let round = 0; round < ctx.option('rounds', 3); round++) {
      const children = Array.from({ length: ctx.randomInteger(1, 3) }, () => this.#begin(db, ctx))
      for (const child of children) {
        if (ctx.random() < 0.3) {
          yield* sleep(ctx.random() * 300)
          child.handle.cancel()
        }
        yield* this.#join(child)
      }
    }
  }

  #begin(db: Database, ctx: WorkloadContext): Child {
    const number = this.#started++
    const handle = fdbSpawn(() => this.#mark(db, ctx, number), { name: `child ${number}` })
    return { number, handle }
  }

  *#join({ number, handle }: Child): TaskGenerator<void> {
    try {
      yield* timeout(PATIENCE, handle)
      this.#joined.add(number)
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error
      this.#cancelled++
    }
    this.#over.add(number)
  }

  /** Waits for futures alone: each wakes the task where it is. */
  *#mark(db: Database, ctx: WorkloadContext, number: number): TaskGenerator<void> {
    yield* sleep(ctx.random() * 200)
    for (let step = 0; step < 2; step++) {
      const tn = marks(db).createTransaction()
      try {
        yield* this.#commit(tn, [ctx.clientId, number, step])
      } finally {
        tn.close()
      }
      if (this.#over.has(number)) throw new Error(`child ${number} goes on although it is over`)
    }
  }

  /** A mark is the same however often it is written: an unknown commit may be tried again. */
  *#commit(
    tn: ReturnType<ReturnType<typeof marks>['createTransaction']>,
    key: [number, number, number],
  ): TaskGenerator<void> {
    for (;;) {
      try {
        if ((yield* tn.get(key)) === undefined) tn.set(key, true)
        return yield* tn.commit()
      } catch (error) {
        if (!(error instanceof FDBError)) throw error
        yield* tn.onError(error.code)
      }
    }
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    const found = await marks(db).getRangeAll([ctx.clientId])
    const steps = new Map<number, number>()
    for (const [[, number]] of found as [[number, number, number], unknown][]) {
      steps.set(number, (steps.get(number) ?? 0) + 1)
    }
    const unknown = [...steps.keys()].filter((number) => number >= this.#started)
    const lost = [...this.#joined].filter((number) => steps.get(number) !== 2)
    if (unknown.length + lost.length === 0) return true
    ctx.trace('error', 'SpawnedWrong', { Unknown: unknown.join(), Lost: lost.join() })
    return false
  }
}

interface Child {
  readonly number: number
  readonly handle: JoinHandle<void>
}
