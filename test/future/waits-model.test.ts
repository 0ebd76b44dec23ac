// Futures and watches are shared: whoever waits, gives up, keeps or cancels, agrees with a model of who has what.
import { describe, expect, test } from 'vitest'
import { Watch } from '../../src/client/transaction/watch.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { FDBStateError } from '../../src/native/errors/errors.ts'
import {
  byRef,
  choose,
  fdbSpawn,
  type JoinHandle,
  oneshot,
  type OneshotSender,
  type Pollable,
  race,
  Runtime,
  wait,
  when,
} from '../../src/task/index.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { Draw } from '../task/helpers.ts'
import { useFakeDatabase } from './fake-database.ts'
import { TestWaker } from './test-waker.ts'

const made = useFakeDatabase()
/** Turns of the event loop that a cancelled future may take to come back. */
const TURNS = 5000

interface Waiter {
  /** The task, or what an `await` gives. */
  readonly outcome: Promise<unknown>
  readonly shares: boolean
  readonly giveUp: (() => void) | undefined
}

/** One future or watch, and what the model knows of it. */
abstract class Shared {
  readonly waiters: Waiter[] = []
  readonly answers: { readonly outcome: Promise<unknown>; readonly expected: unknown }[] = []
  awaits = 0
  polled = false
  /** The share of who made it. */
  maker = true
  /** Who made it has released it: newcomers are refused, unless somebody retained it. */
  released = false
  retained = 0
  /** Its promise was asked for. */
  asked = false
  state: 'pending' | 'settled' | 'gone' = 'pending'
  abstract readonly future: FdbFuture<unknown>
  abstract readonly pollable: Pollable<unknown>
  abstract promise(): Promise<unknown>
  abstract readonly value: unknown

  get had(): boolean {
    return this.maker || this.asked || this.retained > 0 || this.isWaitedFor
  }

  /** Then it keeps the process, and never otherwise. */
  get isWaitedFor(): boolean {
    return this.polled || this.waiters.length > 0 || this.awaits > 0
  }

  get refuses(): boolean {
    return this.state === 'gone' || (this.released && this.retained === 0)
  }

  giveUp(which: number): void {
    const [waiter] = this.waiters.splice(which, 1)
    if (waiter === undefined) return
    waiter.giveUp?.()
    if (waiter.shares) this.maker = false
    this.look()
  }

  look(): void {
    if (this.state === 'pending' && !this.had) this.state = 'gone'
  }

  settle(expected: unknown): void {
    if (this.state !== 'pending') return
    this.state = 'settled'
    for (const { outcome } of this.waiters.splice(0)) this.answers.push({ outcome, expected })
  }
}

class SharedRead extends Shared {
  readonly value = 'hvalue'
  readonly future = made.get('hvalue')
  readonly pollable = this.future
  promise = (): Promise<unknown> => this.future.then(undefined, (error: unknown) => error)
}

class SharedWatch extends Shared {
  readonly value = true
  readonly future = made.transaction.watch(Buffer.from('hvalue'))
  readonly pollable = new Watch(this.future, {})
  promise = (): Promise<unknown> => this.pollable.promise.then((changed) => changed)
}

/** The ways to wait: each gives what ends it early, if anything does. */
type Way = (shared: Shared, runtime: Runtime) => Waiter

const outcomeOf = (handle: JoinHandle<unknown>): Promise<unknown> =>
  handle.then(undefined, (error: unknown) => error)

const task = (shared: Shared, runtime: Runtime, pollable: Pollable<unknown>): Waiter => {
  const handle = runtime.fdbSpawn(function* () {
    return yield* wait(pollable)
  })
  return { outcome: outcomeOf(handle), shares: true, giveUp: () => handle.cancel() }
}

/** It loses to another arm, and its task goes on. */
const loses = (
  runtime: Runtime,
  arm: (other: Pollable<unknown>) => Pollable<unknown> | Generator<Pollable<unknown>>,
): Waiter => {
  const [sender, receiver] = oneshot<string>()
  const handle = runtime.fdbSpawn(function* () {
    return yield* arm(receiver) as Generator<Pollable<unknown>, unknown>
  })
  return { outcome: outcomeOf(handle), shares: true, giveUp: () => end(sender) }
}

const end = (sender: OneshotSender<string>): void => {
  if (!sender.isClosed) sender.send('the other')
}

const WAYS: Record<string, Way> = {
  task: (shared, runtime) => task(shared, runtime, shared.pollable),
  spawned: (shared, runtime) => {
    const handle = fdbSpawn(shared.pollable, { executor: runtime.executor })
    return { outcome: outcomeOf(handle), shares: true, giveUp: () => handle.cancel() }
  },
  yielded: (shared, runtime) => {
    const handle = runtime.fdbSpawn(function* () {
      return yield* shared.pollable as unknown as Generator<Pollable<unknown>, unknown>
    })
    return { outcome: outcomeOf(handle), shares: true, giveUp: () => handle.cancel() }
  },
  lent: (shared, runtime) => ({
    ...task(shared, runtime, byRef(shared.pollable)),
    shares: false,
  }),
  choose: (shared, runtime) =>
    loses(runtime, (other) => choose(when(other), when(shared.pollable))),
  race: (shared, runtime) => loses(runtime, (other) => race([shared.pollable, other])),
  lentToChoose: (shared, runtime) => ({
    ...loses(runtime, (other) => choose(when(byRef(shared.pollable)), when(other))),
    shares: false,
  }),
}

class Program {
  readonly draw: Draw
  readonly runtime = new Runtime({ waking: 'in place' })
  readonly shared: Shared[]
  readonly steps: string[] = []
  readonly wakers: string[] = []
  freed = false

  constructor(seed: number) {
    this.draw = new Draw(seed)
    this.shared = Array.from({ length: 1 + this.draw.below(4) }, () =>
      this.draw.chance(0.6) ? new SharedRead() : new SharedWatch(),
    )
  }

  async run(): Promise<void> {
    for (let step = 4 + this.draw.below(40); step > 0; step--) {
      const shared = this.draw.pick(this.shared)
      const kind = this.draw.pick(KINDS)
      this.steps.push(`${kind} ${this.shared.indexOf(shared)}`)
      await STEPS[kind](this, shared)
      await this.check()
    }
    await this.finish()
  }

  /** Each native future is there exactly as long as somebody has it, and the process is held open by nothing else. */
  async check(): Promise<void> {
    const pending = this.shared.filter(({ state }) => state === 'pending')
    const unasked = this.shared.filter((shared) => shared.state === 'gone' && !isAsked(shared))
    // The fake client keeps what it holds until then, unless it is cancelled: only what was asked about is.
    const expected = pending.length + (this.freed ? 0 : unasked.length)
    const alive = (): number => made.fake.futuresAlive()
    ringOfWorker().flush()
    for (let turn = 0; turn < TURNS && alive() !== expected; turn++) await nextTurn()
    await nextTurn()
    await nextTurn()
    expect(alive()).toBe(expected)
    for (const { future, state, value, refuses } of this.shared) {
      if (refuses) expect(() => future.then()).toThrow(FDBStateError)
      if (state !== 'settled' && state !== 'gone') expect(future.settled, String(value)).toBe(false)
    }
    await nextTurn()
    const holding = pending.filter((shared) => shared.isWaitedFor)
    expect(ringOfWorker().holding).toBe(holding.length)
  }

  async finish(): Promise<void> {
    if (this.draw.chance(0.5)) {
      this.steps.push('dispose')
      this.runtime.dispose()
      for (const shared of this.shared) {
        for (const { shares } of shared.waiters.splice(0)) if (shares) shared.maker = false
        shared.look()
      }
      await this.check()
    }
    await STEPS.free(this)
    this.runtime.dispose()
    for (const shared of this.shared) {
      if (!shared.future.released && !shared.future.settled) shared.future.release()
      for (const { outcome, expected } of shared.answers) {
        expect(plain(await outcome)).toEqual(expected)
      }
    }
    const count = (what: string): number => this.wakers.filter((entry) => entry === what).length
    expect(count('clone')).toBe(count('wake') + count('drop'))
    ringOfWorker().flush()
    for (let turn = 0; turn < TURNS && made.fake.futuresAlive() > 0; turn++) await nextTurn()
    expect(made.fake.futuresAlive()).toBe(0)
    expect(ringOfWorker().liveSlots).toBe(0)
    expect(made.fake.mistakes()).toBe(0)
  }
}

const asked = new WeakSet<Shared>()
const isAsked = (shared: Shared): boolean => shared instanceof SharedWatch || asked.has(shared)
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function plain(outcome: unknown): unknown {
  if (Buffer.isBuffer(outcome)) return String(outcome)
  if (outcome instanceof Error) return (outcome as { code?: number }).code ?? outcome.name
  const { index, value } = (outcome ?? {}) as { index?: number; value?: unknown }
  return index === undefined ? outcome : plain(value)
}

const STEPS = {
  wait(program: Program, shared: Shared): void {
    const way = program.draw.pick(Object.keys(WAYS))
    program.steps.push(way)
    if (shared.refuses) return
    const waiter = (WAYS[way] as Way)(shared, program.runtime)
    asked.add(shared)
    if (shared.state === 'pending') shared.waiters.push(waiter)
    else shared.answers.push({ outcome: waiter.outcome, expected: settledValue.get(shared) })
  },
  await(_: Program, shared: Shared): void {
    if (shared.refuses) return
    asked.add(shared)
    const outcome = shared.promise()
    if (shared.state === 'pending') {
      shared.awaits++
      awaited.set(shared, [...(awaited.get(shared) ?? []), outcome])
    } else shared.answers.push({ outcome, expected: settledValue.get(shared) })
  },
  /** The promise of a watch is had by who asked for it, who waits for nothing yet. */
  ask(_: Program, shared: Shared): void {
    if (!(shared instanceof SharedWatch) || shared.refuses || shared.state !== 'pending') return
    void shared.pollable.promise
    shared.asked = true
  },
  giveUp(program: Program, shared: Shared): void {
    if (shared.waiters.length > 0) shared.giveUp(program.draw.below(shared.waiters.length))
  },
  retain(_: Program, shared: Shared): void {
    if (shared.state !== 'pending' || shared.refuses) return
    void shared.future.retain()
    shared.retained++
  },
  /** By one who retained it, or by its maker. */
  release(_: Program, shared: Shared): void {
    if (shared.state !== 'pending') return
    if (shared.retained > 0) shared.retained--
    else if (shared.maker) {
      shared.maker = false
      shared.released = true
      shared.polled = false
    } else return
    shared.future.release()
    shared.look()
  },
  poll(program: Program, shared: Shared): void {
    if (shared.state !== 'pending' || shared.refuses) return
    asked.add(shared)
    shared.future.poll(new TestWaker(program.wakers))
    shared.polled = true
  },
  unregister(_: Program, shared: Shared): void {
    if (shared.state !== 'pending' || !shared.polled) return
    shared.polled = false
    shared.future.unregister()
    shared.look()
  },
  async cancel(_: Program, shared: Shared): Promise<void> {
    if (shared.state !== 'pending' || shared.future.released || !isAsked(shared)) return
    shared.future.cancel()
    await settled([shared], 1101)
  },
  async free(program: Program): Promise<void> {
    const pending = program.shared.filter((shared) => shared.state === 'pending' && isAsked(shared))
    for (const shared of program.shared.filter((one) => one.state === 'pending')) {
      if (pending.includes(shared)) continue
      shared.state = 'gone'
      shared.future[Symbol.dispose]()
      while (!shared.future.released) shared.future.release()
    }
    ringOfWorker().flush()
    made.fake.releaseHeld()
    program.freed = true
    await settled(pending, undefined)
  },
}
const KINDS = [
  ...(['wait', 'wait', 'wait', 'wait', 'await', 'ask', 'giveUp', 'giveUp', 'giveUp'] as const),
  ...(['retain', 'release', 'poll', 'unregister', 'cancel', 'free'] as const),
]

const settledValue = new WeakMap<Shared, unknown>()
const awaited = new WeakMap<Shared, Promise<unknown>[]>()

async function settled(all: Shared[], code: number | undefined): Promise<void> {
  const isOver = (): boolean => all.every(({ future }) => future.settled || future.released)
  for (let turn = 0; turn < TURNS && !isOver(); turn++) await nextTurn()
  expect(isOver()).toBe(true)
  for (const { waiters } of all) for (const { outcome } of waiters) await outcome
  for (const shared of all) {
    const value = code ?? shared.value
    // A watch that is cancelled is false to who waits.
    const expected = code !== undefined && shared instanceof SharedWatch ? false : value
    settledValue.set(shared, expected)
    shared.settle(expected)
    shared.polled = false
    for (const outcome of awaited.get(shared) ?? []) {
      shared.answers.push({ outcome, expected })
    }
    awaited.delete(shared)
    shared.awaits = 0
  }
}

describe('waiting for what is shared', () => {
  test('agrees with a model of who has what, whoever waits, gives up, keeps, cancels or disposes', async () => {
    await forSeedsAsync(async (seed) => {
      const program = new Program(seed)
      try {
        await program.run()
      } catch (error) {
        if (error instanceof Error) error.message += `\nafter ${program.steps.join(', ')}`
        throw error
      }
    })
  })
})
