// A cluster that is down answers nothing. Whatever a program has under way there ends with its database, its signal, its
// runtime or its transaction, who waits is told, and nothing is left: a model over random programs.
import { describe, expect, test } from 'vitest'
import { RunAbortedError } from '../../src/client/attempt/errors.ts'
import { DatabaseContext } from '../../src/client/connection/database-context.ts'
import { Database } from '../../src/client/database/database.ts'
import { root } from '../../src/client/keys/subspace.ts'
import { longScan } from '../../src/client/scans/long-scan.ts'
import type { Transaction } from '../../src/client/transaction/transaction.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { census } from '../../src/future/owners/census.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import { LeaderElection, Lock, Topic } from '../../src/recipes/index.ts'
import { byRef, choose, Runtime, when } from '../../src/task/index.ts'
import { CancelledError } from '../../src/task/core/errors.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { Draw } from '../task/helpers.ts'
import { useFakeDatabase } from './fake-database.ts'

const made = useFakeDatabase()
const { fake } = made
/** Within so many answers of the network thread who waits is told: a recipe ends one wait after the other. */
const ROUNDS = 50
const API_VERSION = 740
const reason = new Error('aborted')
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The network thread has done all that it was asked before this. */
async function round(): Promise<void> {
  await nextTurn()
  ringOfWorker().flush()
  fake.beSilent(false)
  const answer = made.get('qround').then()
  ringOfWorker().flush()
  fake.beSilent(true)
  await answer
}

/** What can end what is under way. */
interface Ender {
  readonly what: string
  ended: boolean
  end(): void
}

interface Operation {
  readonly what: string
  /** The first of them that ends ends the operation. */
  readonly enders: readonly Ender[]
  outcome: { readonly value?: unknown; readonly error?: unknown } | undefined
}

class Program {
  readonly draw: Draw
  readonly steps: string[] = []
  readonly operations: Operation[] = []
  readonly enders: Ender[] = []
  readonly transactions: Transaction[] = []
  readonly #databases = [this.#openDatabase('db 0'), this.#openDatabase('db 1')]

  constructor(seed: number) {
    this.draw = new Draw(seed)
  }

  #openDatabase(what: string): Ender & { readonly db: Database } {
    const context = new DatabaseContext(DatabaseHandle.open(), API_VERSION, hostEnvironment)
    const db = new Database(context, root)
    return this.#ender({ what, ended: false, db, end: () => db.close() })
  }

  #ender<E extends Ender>(ender: E): E {
    this.enders.push(ender)
    return ender
  }

  /** A new signal, which is among what may abort. */
  signal(): Ender & { readonly signal: AbortSignal } {
    const controller = new AbortController()
    const { signal } = controller
    const end = (): void => controller.abort(reason)
    return this.#ender({ what: 'signal', ended: false, signal, end })
  }

  runtime(): Ender & { readonly runtime: Runtime } {
    const runtime = new Runtime({ waking: this.draw.chance(0.5) ? 'in place' : 'queued' })
    return this.#ender({ what: 'runtime', ended: false, runtime, end: () => runtime.dispose() })
  }

  /** One of the databases that are open, if one is. */
  database(): (Ender & { readonly db: Database }) | undefined {
    const open = this.#databases.filter(({ ended }) => !ended)
    return open.length === 0 ? undefined : this.draw.pick(open)
  }

  transaction(db: Database): Ender & { readonly tn: Transaction } {
    const tn = db.createTransaction()
    this.transactions.push(tn)
    const how = this.draw.pick(['close', 'cancel', 'reset'] as const)
    // Of a closed database it is refused, and there is nothing left to end.
    const end = (): void => (how === 'reset' && db.closed ? undefined : tn[how]())
    return this.#ender({ what: `tn.${how}`, ended: false, tn, end })
  }

  begin(what: string, enders: readonly Ender[], work: PromiseLike<unknown>): void {
    const operation: Operation = { what, enders, outcome: undefined }
    this.operations.push(operation)
    work.then(
      (value) => (operation.outcome = { value }),
      (error: unknown) => (operation.outcome = { error }),
    )
  }

  async run(): Promise<void> {
    for (let step = 3 + this.draw.below(20); step > 0; step--) {
      if (this.draw.chance(0.3)) await this.end(this.draw.pick(this.enders))
      else this.operate()
      if (this.draw.chance(0.5)) await this.check()
    }
    await this.check()
    for (const database of this.#databases) await this.end(database)
    for (const ender of this.enders) await this.end(ender)
    for (const tn of this.transactions) tn.close()
  }

  operate(): void {
    const database = this.database()
    if (database === undefined) return
    const what = this.draw.pick(Object.keys(OPERATIONS))
    this.steps.push(what)
    OPERATIONS[what]?.(this, database.db, (enders, work) =>
      this.begin(what, [database, ...enders], work),
    )
  }

  async end(ender: Ender): Promise<void> {
    if (ender.ended) return
    this.steps.push(`end ${ender.what}`)
    ender.ended = true
    ender.end()
    await this.check()
  }

  /** Those whose ender has ended have settled, as what they are; nothing else has. */
  async check(): Promise<void> {
    const due = this.operations.filter(({ enders }) => enders.some(({ ended }) => ended))
    const isTold = (): boolean => due.every(({ outcome }) => outcome !== undefined)
    for (let rounds = 0; rounds < ROUNDS && !isTold(); rounds++) await round()
    const late = due.filter(({ outcome }) => outcome === undefined).map(({ what }) => what)
    expect(late, 'wait for ever').toEqual([])
    for (const { what, outcome, enders } of this.operations) {
      if (!enders.some(({ ended }) => ended)) expect(outcome, what).toBeUndefined()
      else if (outcome !== undefined && 'error' in outcome) expectTyped(what, outcome.error)
      else expect(outcome?.value, what).toSatisfy(isNothing)
    }
  }
}

/** A watch gives false, and a subscription ends. */
function isNothing(value: unknown): boolean {
  return value === false || (value as { done?: boolean } | undefined)?.done === true
}

const TYPED = [FDBStateError, CancelledError, RunAbortedError]

function expectTyped(what: string, error: unknown): void {
  if (error === reason || TYPED.some((type) => error instanceof type)) return
  expect(error, what).toBeInstanceOf(FDBError)
  expect([1025, 1101], what).toContain((error as FDBError).code)
}

type Begin = (enders: readonly Ender[], work: PromiseLike<unknown>) => void
type Begins = (program: Program, db: Database, begin: Begin) => void

const OPERATIONS: Readonly<Record<string, Begins>> = {
  get: (_, db, begin) => begin([], db.get('a')),
  getRangeAll: (_, db, begin) => begin([], db.getRangeAll('a', 'b')),
  set: (_, db, begin) => begin([], db.set('a', 'b')),
  getAndWatch: (_, db, begin) => begin([], db.getAndWatch('a')),
  getServerProtocol: (_, db, begin) => begin([], db.admin.getServerProtocol()),
  longScan: (_, db, begin) => begin([], longScan(db, 'a', 'b').next()),
  lock: (_, db, begin) => begin([], new Lock(db).acquire()),
  doTransaction: (program, db, begin) => {
    const aborting = program.signal()
    const body = program.draw.pick(BODIES)
    begin([aborting], db.doTransaction(body, { signal: aborting.signal }))
  },
  generator: (program, db, begin) => {
    const aborting = program.signal()
    begin(
      [aborting],
      db.doTransaction(
        function* (tn) {
          return yield* tn.get('a')
        },
        { signal: aborting.signal },
      ),
    )
  },
  abortableLock: (program, db, begin) => {
    const aborting = program.signal()
    const { signal } = aborting
    const [lock, election] = [new Lock(db), new LeaderElection(db, 'me')]
    begin(
      [aborting],
      program.draw.chance(0.5) ? lock.acquire({ signal }) : election.campaign({ signal }),
    )
  },
  abortableTopic: (program, db, begin) => {
    const aborting = program.signal()
    const from = program.draw.pick(['start', 'now'] as const)
    begin([aborting], new Topic(db).subscribe({ from, signal: aborting.signal }).next())
  },
  reads: (program, db, begin) => {
    const ending = program.transaction(db)
    const { tn } = ending
    begin([ending], tn.get('a'))
    begin([ending], program.draw.chance(0.5) ? tn.getRangeAll('a', 'b') : tn.getKey('a'))
    if (program.draw.chance(0.5)) begin([ending], tn.commit())
  },
  watch: (program, db, begin) => {
    const tn = db.createTransaction()
    const aborting = program.signal()
    const keepAlive = program.draw.pick([true, false])
    begin([aborting], tn.watch('a', { signal: aborting.signal, keepAlive }).promise)
    // It outlives its transaction.
    tn.close()
  },
  task: (program, db, begin) => {
    const ending = program.runtime()
    const transaction = program.transaction(db)
    const read = transaction.tn.get('a')
    const wait = program.draw.pick([
      () =>
        ending.runtime.spawn(function* () {
          return yield* read
        }),
      () => ending.runtime.spawn(async () => await read),
      () => ending.runtime.spawn(() => choose(when(byRef(read)))),
    ])
    begin([ending, transaction], wait())
  },
  ownedByRuntime: (program, db, begin) => {
    const ending = program.runtime()
    let read: PromiseLike<unknown> | undefined
    let promise: Promise<boolean> | undefined
    const handle = ending.runtime.fdbSpawn(function* () {
      const tn = db.createTransaction()
      read = tn.get('a').then((value) => value)
      promise = tn.watch('a', { keepAlive: true }).promise
    })
    begin([ending], read as PromiseLike<unknown>)
    begin([ending], promise as Promise<boolean>)
    handle.result()
  },
}

const BODIES: readonly ((tn: Transaction) => unknown)[] = [
  (tn) => tn.get('a'),
  (tn) => tn.getRangeAll('a', 'b'),
  (tn) => tn.set('a', 'b'),
  async (tn) => {
    tn.set('a', 'b')
    await tn.get('a')
  },
]

describe('on a cluster that does not answer', () => {
  test('all that is under way ends by whoever ends it, and nothing is left', async () => {
    fake.beSilent(true)
    try {
      await forSeedsAsync(async (seed) => {
        const before = census()
        const program = new Program(seed)
        try {
          await program.run()
          for (let rounds = 0; rounds < ROUNDS && fake.futuresAlive() > 0; rounds++) await round()
          await nextTurn()
          ringOfWorker().flush()
          expect(fake.futuresAlive()).toBe(0)
          // That of the rounds.
          expect(fake.transactionsAlive()).toBe(1)
          expect(census()).toEqual(before)
          expect(ringOfWorker().holding).toBe(0)
          expect(ringOfWorker().liveSlots).toBe(0)
        } catch (error) {
          if (error instanceof Error) error.message += `\nafter ${program.steps.join(', ')}`
          throw error
        }
      })
    } finally {
      fake.beSilent(false)
    }
  })
})
