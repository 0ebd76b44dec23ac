// Each end of a channel, a stream or a promise has an owner. Whoever makes, sends, waits, hands on, gives up or fails:
// who has what, and what the other end learns, agrees with a model.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AtomicWaker } from '../../src/future/wakers/atomic-waker.ts'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import {
  bounded,
  broadcast,
  byRef,
  CancelledError,
  choose,
  type DeterministicEnvironment,
  fwdToStreamResult,
  type JoinHandle,
  oneshot,
  type Pollable,
  PromiseFuture,
  PromiseStream,
  pushPipeResult,
  race,
  type Runtime,
  type TaskGenerator,
  unbounded,
  Wait,
  when,
} from '../../src/task/index.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { deterministic, Draw } from './helpers.ts'

interface Droppable {
  drop(): void
}

/** Both ends of one kind, as the model sees them. */
interface Ends {
  readonly sender: Droppable
  /** Undefined: it is never given up. */
  readonly receiver: Droppable | undefined
  /** Values that may wait in it. */
  readonly capacity: number
  /** Sends now. */
  send(value: unknown): void
  /** Sends when there is room. */
  sendWait?(value: unknown): Wait<void>
  /** The next value, or 'end', or throws at the end. */
  recv(): Wait<unknown>
  readonly isWanted: boolean
  /** One value, and it is used up. */
  readonly once?: boolean
  /** Who waits for it has it, too. */
  readonly isShared?: boolean
}

/** What comes out, with the end of a stream as a word. */
class Next extends Wait<unknown> {
  readonly #next: Wait<unknown>

  constructor(next: Wait<unknown>) {
    super()
    this.#next = next
  }

  poll(waker: Waker): unknown {
    const next = this.#next.poll(waker)
    if (next === PENDING || typeof next !== 'object' || next === null) return next
    const { done, value, ok, error } = next as Record<string, unknown>
    if (ok !== undefined) return ok === true ? value : (error as Error).name
    if (done === undefined) return next
    return done === true ? 'end' : plain(value)
  }

  unregister(): void {
    this.#next.unregister()
  }
}

function plain(value: unknown): unknown {
  const { ok, value: inner } = (value ?? {}) as Record<string, unknown>
  return ok === undefined ? value : ok === true ? inner : 'end'
}

const KINDS: Record<string, (draw: Draw) => Ends> = {
  bounded: (draw) => {
    const capacity = 1 + draw.below(2)
    const [sender, receiver] = bounded<unknown>(capacity)
    return {
      ...{ sender, receiver, capacity },
      send: (value) => sender.trySend(value),
      sendWait: (value) => sender.send(value),
      recv: () => new Next(receiver.next()),
      get isWanted() {
        return !sender.isClosed
      },
    }
  },
  unbounded: () => {
    const [sender, receiver] = unbounded<unknown>({ limit: 3 })
    return {
      ...{ sender, receiver, capacity: 3 },
      send: (value) => sender.send(value),
      recv: () => new Next(receiver.next()),
      get isWanted() {
        return !sender.isClosed
      },
    }
  },
  broadcast: () => {
    const sender = broadcast<unknown>(100)
    const receiver = sender.subscribe()
    return {
      ...{ sender, receiver, capacity: 100 },
      send: (value) => void sender.send(value),
      recv: () => new Next(receiver.next()),
      get isWanted() {
        return sender.receivers > 0
      },
    }
  },
  stream: () => {
    const sender = new PromiseStream<unknown>({ limit: 3 })
    const receiver = sender.getFuture()
    return {
      ...{ sender, receiver, capacity: 3 },
      send: (value) => sender.send(value),
      recv: () => new Next(receiver.wait()),
      get isWanted() {
        return sender.isWanted
      },
    }
  },
  fwd: () => {
    const { fwd, stream } = fwdToStreamResult<unknown>({ limit: 3 })
    return {
      ...{ sender: fwd, receiver: stream, capacity: 3 },
      send: (value) => fwd.fwd({ value }),
      recv: () => new Next(stream.next()),
      get isWanted() {
        return fwd.isWanted
      },
    }
  },
  oneshot: () => {
    const [sender, receiver] = oneshot<unknown>()
    return {
      ...{ sender, receiver, capacity: 1, once: true },
      send: (value) => sender.send(value),
      recv: () => new Next(receiver.wait()),
      get isWanted() {
        return !sender.isClosed
      },
    }
  },
  promise: () => {
    const { promise, future } = new PromiseFuture<unknown>()
    return {
      ...{ sender: promise, receiver: future, capacity: 1, once: true, isShared: true },
      send: (value) => promise.send(value),
      recv: () => new Next(future.wait()),
      get isWanted() {
        return promise.isWanted
      },
    }
  },
  ret: () => {
    const { ret, future } = pushPipeResult<unknown>()
    return {
      ...{ sender: ret, receiver: undefined, capacity: 1, once: true },
      send: (value) => ret.ret(value),
      recv: () => new Next(future),
      isWanted: true,
    }
  },
}
/** Who receives from them has it: what others share is nobody's. */
const GIVES = new Set(['bounded', 'unbounded', 'stream', 'fwd', 'oneshot', 'ret'])
/** How a wait comes out when the sender has gone. */
const ENDS: Record<string, string> = {
  ...{ bounded: 'end', unbounded: 'end', broadcast: 'end', stream: 'BrokenPromiseError' },
  ...{ fwd: 'end', oneshot: 'ChannelClosedError', promise: 'BrokenPromiseError' },
  ret: 'ActorFailError',
}
/** How a wait comes out when the receiver that it goes through was dropped: by hand, or with its task. */
const CLOSED: Record<string, readonly [string, string]> = {
  ...{ bounded: ['end', 'end'], unbounded: ['end', 'end'], broadcast: ['end', 'end'] },
  ...{ fwd: ['end', 'end'], stream: ['TaskError', 'CancelledError'] },
  ...{ oneshot: ['TaskError', 'CancelledError'], promise: ['TaskError', 'CancelledError'] },
}

/** What a task waits for, and what lets that lose. */
interface Awaited {
  readonly wait: Wait<unknown>
  readonly gate: Gate | undefined
}
type Action = () => Awaited | 'return' | undefined

/** Where a task of the program waits to be told what to do. It carries nothing that could have an owner. */
class Inbox extends Wait<Action> {
  readonly #waker = new AtomicWaker()
  #action: Action | undefined

  post(action: Action): void {
    this.#action = action
    this.#waker.wake('Inbox::post')
  }

  poll(waker: Waker): Action | typeof PENDING {
    const action = this.#action
    this.#action = undefined
    if (action !== undefined) return action
    this.#waker.register(waker, 'Inbox::poll')
    return PENDING
  }

  unregister(): void {
    this.#waker.clear('Inbox::unregister')
  }
}

/** What lets the other arm of a choose lose. */
class Gate extends Wait<string> {
  readonly #waker = new AtomicWaker()
  #isOpen = false

  open(): void {
    this.#isOpen = true
    this.#waker.wake('Gate::open')
  }

  poll(waker: Waker): string | typeof PENDING {
    if (this.#isOpen) return 'lost'
    this.#waker.register(waker, 'Gate::poll')
    return PENDING
  }

  unregister(): void {
    this.#waker.clear('Gate::unregister')
  }
}

/** An end, as the model has it: live until it is dropped or used up. */
interface End {
  readonly pair: Pair
  readonly side: 'sender' | 'receiver'
  owner: Actor | undefined
  isLive: boolean
}

interface Waiting {
  readonly pair: Pair
  readonly side: 'send' | 'receive'
  readonly value: unknown
  readonly gate: Gate | undefined
  /** Undefined: its async function goes on though its task was cancelled. */
  by: Actor | undefined
  outcome: unknown
  expected: unknown
}

class Pair {
  readonly kind: string
  readonly ends: Ends
  readonly sender: End
  readonly receiver: End
  readonly values: unknown[] = []
  readonly sends: Waiting[] = []
  reader: Waiting | undefined
  /** The receiver went with its task: why. */
  cause: unknown
  isTaken = false
  /** Of one value: it was received. */
  isOver = false

  constructor(kind: string, ends: Ends, owner: Actor) {
    this.kind = kind
    this.ends = ends
    this.sender = { pair: this, side: 'sender', owner, isLive: true }
    this.receiver = { pair: this, side: 'receiver', owner, isLive: true }
  }
}

/** A task of the program. */
class Actor {
  readonly inbox = new Inbox()
  readonly isAsync: boolean
  readonly handle: JoinHandle<void>
  /** What it has, in the order it came. */
  readonly has = new Set<End>()
  waiting: Waiting | undefined
  isOver = false

  constructor(runtime: Runtime, isAsync: boolean, owns: Droppable[]) {
    this.isAsync = isAsync
    const { inbox } = this
    const note = (outcome: unknown): void => {
      if (this.waiting !== undefined) this.waiting.outcome = outcome
    }
    const problem = (error: unknown): unknown => error
    const generator = function* (): TaskGenerator<void> {
      for (;;) {
        const next: ReturnType<Action> = (yield* inbox)()
        if (next === 'return') return
        if (next === undefined) continue
        const { wait, gate } = next
        let outcome: unknown
        try {
          outcome = gate === undefined ? yield* wait : yield* choose(when(wait), when(gate))
        } catch (error) {
          outcome = error
        }
        note(outcome)
      }
    }
    const asynchronous = async (): Promise<void> => {
      for (;;) {
        const next = (await inbox)()
        if (next === 'return') return
        if (next === undefined) continue
        const { wait, gate } = next
        const first = gate === undefined ? wait : race<Pollable<unknown>>([wait, gate])
        const outcome = await first.then(undefined, problem)
        const { index, value } = (outcome ?? {}) as { index?: number; value?: unknown }
        note(index === undefined ? outcome : value)
      }
    }
    this.handle = isAsync
      ? runtime.spawn(asynchronous, { owns })
      : runtime.spawn(generator, { owns })
    void this.handle.then(undefined, () => undefined)
  }
}

class Program {
  readonly draw: Draw
  readonly environment: DeterministicEnvironment
  readonly runtime: Runtime
  readonly actors: Actor[] = []
  readonly pairs: Pair[] = []
  readonly steps: string[] = []
  values = 0
  problem: Error | undefined

  constructor(seed: number) {
    this.draw = new Draw(seed)
    const { environment, runtime } = deterministic(seed, { onUnjoinedError: () => undefined })
    this.environment = environment
    this.runtime = runtime
    for (let i = 0; i < 3; i++) this.spawn([])
  }

  spawn(owns: Droppable[]): Actor {
    const actor = new Actor(this.runtime, this.draw.chance(0.3), owns)
    this.actors.push(actor)
    return actor
  }

  /** Until nothing is left to run. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      while (this.environment.step()) quiet = 0
      await turn()
    }
  }

  async run(): Promise<void> {
    await this.settle()
    for (let step = 20 + this.draw.below(80); step > 0; step--) {
      const alive = this.actors.filter(({ isOver }) => !isOver)
      const actor = alive.length < 3 ? this.spawn([]) : this.draw.pick(alive)
      const kind = this.draw.pick(STEPS)
      this.steps.push(`${kind} by ${this.actors.indexOf(actor)}`)
      this[kind](actor)
      await this.settle()
      this.check()
    }
    await this.finish()
  }

  idle(actor: Actor): boolean {
    return !actor.isOver && actor.waiting === undefined
  }

  /** Runs in the task. */
  do(actor: Actor, action: () => Awaited | void): void {
    actor.inbox.post(() => {
      try {
        return action() ?? undefined
      } catch (error) {
        this.problem ??= error instanceof Error ? error : new Error(String(error))
        return undefined
      }
    })
  }

  note(text: string): void {
    this.steps.push(text)
  }

  name(end: End): string {
    return `${end.side} of ${end.pair.kind} ${this.pairs.indexOf(end.pair)}`
  }

  ends(side?: End['side']): End[] {
    const all = this.pairs.flatMap(({ sender, receiver }) => [sender, receiver])
    return all.filter((end) => end.isLive && (side === undefined || end.side === side))
  }

  make(actor: Actor): void {
    if (!this.idle(actor) || this.pairs.length > 20) return
    const kind = this.draw.pick(Object.keys(KINDS))
    this.do(actor, () => {
      const pair = new Pair(kind, (KINDS[kind] as (draw: Draw) => Ends)(this.draw), actor)
      this.pairs.push(pair)
      actor.has.add(pair.sender)
      if (pair.ends.receiver === undefined) pair.receiver.owner = undefined
      else actor.has.add(pair.receiver)
      this.note(`made ${this.name(pair.sender)}`)
    })
  }

  /** A number, or an end that is handed on with it. */
  value(pair: Pair): unknown {
    const others = this.ends().filter(
      (end) =>
        end.pair !== pair &&
        objectOf(end) !== undefined &&
        !(end.side === 'receiver' && end.pair.ends.isShared),
    )
    if (others.length > 0 && this.draw.chance(0.6)) return this.draw.pick(others)
    return ++this.values
  }

  send(actor: Actor): void {
    const senders = this.ends('sender')
    if (!this.idle(actor) || senders.length === 0) return
    const end = this.draw.pick(senders)
    const { pair } = end
    const value = this.value(pair)
    this.note(`${this.name(end)}: ${isEnd(value) ? this.name(value) : String(value)}`)
    this.do(actor, () => {
      let problem: unknown
      try {
        pair.ends.send(sent(value))
      } catch (error) {
        problem = error
      }
      if (!pair.receiver.isLive && pair.ends.isShared !== true) {
        expect(problem).toMatchObject({ name: 'ChannelClosedError' })
        same(unsentOf(problem), sent(value))
        const { cause } = problem as Error
        if (pair.cause === 'cancelled') expect(cause).toBeInstanceOf(CancelledError)
        else expect(cause).toBe(pair.cause)
      } else if (pair.values.length === pair.ends.capacity) {
        expect(problem).toMatchObject({ name: 'ChannelFullError' })
      } else {
        expect(problem).toBeUndefined()
        this.pushed(pair, value)
      }
      if (pair.ends.once === true) this.lose(end)
    })
  }

  /** It waits in there until somebody receives it. */
  pushed(pair: Pair, value: unknown): void {
    if (isEnd(value)) this.own(value, undefined)
    pair.values.push(value)
  }

  own(end: End, owner: Actor | undefined): void {
    if (!end.isLive) return
    end.owner?.has.delete(end)
    end.owner = owner
    owner?.has.add(end)
  }

  lose(end: End): void {
    end.owner?.has.delete(end)
    end.owner = undefined
    end.isLive = false
  }

  wait(actor: Actor): void {
    if (!this.idle(actor)) return
    const isSend = this.draw.chance(0.4)
    const candidates = this.ends(isSend ? 'sender' : 'receiver').filter(({ pair }) =>
      isSend ? pair.ends.sendWait !== undefined : pair.reader === undefined && !pair.isOver,
    )
    if (candidates.length === 0) return
    const end = this.draw.pick(candidates)
    const { pair } = end
    const style = this.draw.pick(['plain', 'choose', 'byRef', 'chooseByRef'])
    const gate = style.startsWith('choose') ? new Gate() : undefined
    const value = isSend ? this.value(pair) : undefined
    this.note(`${style} wait at ${this.name(end)}`)
    this.do(actor, () => {
      const side = isSend ? 'send' : 'receive'
      if (isSend && !pair.receiver.isLive) {
        expect(() => pair.ends.sendWait?.(sent(value))).toThrow(/receiver of the channel is gone/)
        return undefined
      }
      const wait = isSend ? pair.ends.sendWait!(sent(value)) : pair.ends.recv()
      const lent = style.toLowerCase().includes('byref') ? byRef(wait) : wait
      const waiting: Waiting = {
        ...{ pair, side, value, gate, by: actor, outcome: undefined, expected: undefined },
      }
      actor.waiting = waiting
      if (isSend) pair.sends.push(waiting)
      else pair.reader = waiting
      return { wait: lent, gate }
    })
  }

  gate(actor: Actor): void {
    const { waiting } = actor
    if (waiting?.gate === undefined) return
    this.withdraw(waiting)
    waiting.expected = 'lost'
    waiting.gate.open()
  }

  withdraw(waiting: Waiting): void {
    const { pair } = waiting
    if (waiting.side === 'send') pair.sends.splice(pair.sends.indexOf(waiting), 1)
    else {
      pair.reader = undefined
      if (pair.receiver.owner === undefined && pair.isTaken) this.dropped(pair.receiver)
    }
  }

  handOn(actor: Actor): void {
    const ends = this.ends().filter((end) => objectOf(end) !== undefined)
    if (!this.idle(actor) || ends.length === 0 || this.actors.length > 30) return
    const end = this.draw.pick(ends)
    this.note(this.name(end))
    this.do(actor, () => this.own(end, this.spawn([objectOf(end) as Droppable])))
  }

  drop(actor: Actor): void {
    const ends = this.ends().filter((end) => objectOf(end) !== undefined)
    if (!this.idle(actor) || ends.length === 0) return
    const end = this.draw.pick(ends)
    this.note(this.name(end))
    this.do(actor, () => {
      objectOf(end)?.drop()
      this.dropped(end)
    })
  }

  /** Both sides learn it. */
  dropped(end: End, cause?: unknown, withTask = cause !== undefined): void {
    if (!end.isLive || objectOf(end) === undefined) return
    this.lose(end)
    const { pair } = end
    if (end.side === 'sender') return
    pair.cause = cause
    for (const value of pair.ends.isShared === true ? [] : pair.values.splice(0)) {
      if (GIVES.has(pair.kind) && isEnd(value) && value.owner === undefined) {
        this.dropped(value, cause, false)
      }
    }
    for (const waiting of pair.sends.splice(0)) waiting.expected = 'ChannelClosedError'
    const { reader } = pair
    pair.reader = undefined
    if (reader !== undefined) {
      reader.expected = (CLOSED[pair.kind] as readonly string[])[withTask || pair.isTaken ? 1 : 0]
    }
  }

  cancel(actor: Actor): void {
    this.fail(actor, () => actor.handle.cancel(), 'cancelled')
  }

  throw(actor: Actor): void {
    if (!this.idle(actor)) return
    const error = new Error('of the task')
    this.fail(
      actor,
      () =>
        actor.inbox.post(() => {
          throw error
        }),
      error,
    )
  }

  fail(actor: Actor, end: () => void, cause: unknown): void {
    const { waiting } = actor
    actor.isOver = true
    if (waiting !== undefined && actor.isAsync) waiting.by = undefined
    else if (waiting !== undefined) this.withdraw(waiting)
    actor.waiting = actor.isAsync ? waiting : undefined
    for (const one of [...actor.has]) {
      const { pair } = one
      const isHad = one.side === 'receiver' && pair.ends.isShared === true
      if (isHad && (pair.reader !== undefined || isReady(pair))) {
        // Those who wait have it now, or nobody needs it any more.
        pair.isTaken = true
        this.own(one, undefined)
        if (pair.reader === undefined) one.isLive = !isReady(pair)
      } else this.dropped(one, cause)
    }
    end()
  }

  return(actor: Actor): void {
    if (!this.idle(actor)) return
    actor.isOver = true
    for (const end of [...actor.has]) this.own(end, undefined)
    actor.inbox.post(() => 'return')
  }

  /** What can go on goes on: then who has what, and who is wanted, is as the model says. */
  check(): void {
    if (this.problem !== undefined) throw this.problem
    for (let isStill = false; !isStill;) {
      isStill = true
      for (const pair of this.pairs) while (this.moves(pair)) isStill = false
    }
    for (const { waiting } of this.waits()) this.checkWait(waiting)
    for (const pair of this.pairs) {
      if (pair.ends.receiver === undefined || pair.isOver || !pair.sender.isLive) continue
      expect(pair.ends.isWanted, this.name(pair.receiver)).toBe(pair.receiver.isLive)
    }
  }

  waits(): { waiting: Waiting; actor: Actor }[] {
    return this.actors.flatMap((actor) =>
      actor.waiting === undefined ? [] : [{ waiting: actor.waiting, actor }],
    )
  }

  /** One value goes in or comes out, or the end is seen. */
  moves(pair: Pair): boolean {
    const { reader, values } = pair
    if (this.accepts(pair)) return true
    if (reader === undefined) return false
    if (values.length > 0) {
      pair.reader = undefined
      const value = values.shift()
      reader.expected = sent(value)
      // Before it is received: both may carry the same end.
      this.accepts(pair)
      if (isEnd(value) && GIVES.has(pair.kind)) this.own(value, reader.by)
      if (pair.ends.once === true) pair.isOver = true
      return true
    }
    if (pair.sender.isLive) return false
    pair.reader = undefined
    reader.expected = ENDS[pair.kind]
    if (pair.ends.once === true) pair.isOver = true
    return true
  }

  /** The send that waits longest goes in. */
  accepts(pair: Pair): boolean {
    const [send] = pair.sends
    if (send === undefined || pair.values.length === pair.ends.capacity) return false
    pair.sends.shift()
    send.expected = 'sent'
    this.pushed(pair, send.value)
    return true
  }

  checkWait(waiting: Waiting): void {
    const { outcome, expected, value } = waiting
    if (expected === undefined) {
      expect(outcome).toBeUndefined()
      return
    }
    if (expected === 'ChannelClosedError' && waiting.side === 'send') {
      expect(outcome).toMatchObject({ name: expected })
      same(unsentOf(outcome), sent(value))
    } else if (expected === 'sent') expect(outcome).toBeUndefined()
    else same(outcome instanceof Error ? outcome.name : outcome, expected)
    for (const actor of this.actors) if (actor.waiting === waiting) actor.waiting = undefined
  }

  async finish(): Promise<void> {
    this.steps.push('finish')
    for (const end of this.ends()) {
      objectOf(end)?.drop()
      this.dropped(end)
      await this.settle()
      this.check()
    }
    expect(this.waits().filter(({ waiting }) => waiting.expected === undefined)).toEqual([])
    this.runtime.dispose()
    // An async function cannot be stopped: it is told.
    for (const { inbox } of this.actors) inbox.post(() => 'return')
    await this.settle()
    expect(this.runtime.size).toBe(0)
  }
}

const STEPS = [
  ...(['make', 'make', 'make', 'send', 'send', 'send', 'wait', 'wait', 'wait', 'gate'] as const),
  ...(['handOn', 'handOn', 'drop', 'cancel', 'throw', 'return'] as const),
]

function isEnd(value: unknown): value is End {
  return typeof value === 'object' && value !== null && 'side' in value
}

/** What is sent for it. What can be awaited goes in an object: an `await` would await it, too. */
function sent(value: unknown): unknown {
  if (!isEnd(value)) return value
  const object = objectOf(value) as object
  if (!('then' in object)) return object
  const message = messages.get(object) ?? { end: object }
  messages.set(object, message)
  return message
}
const messages = new WeakMap<object, object>()

function objectOf(end: End): Droppable | undefined {
  return end.pair.ends[end.side]
}

function unsentOf(problem: unknown): unknown {
  const { unsent } = problem as { unsent: unknown }
  const { value } = (unsent ?? {}) as { value?: unknown }
  return value ?? unsent
}

/** An end cannot be shown as others are: it is pinned. */
function same(actual: unknown, expected: unknown): void {
  const shown = (value: unknown): string =>
    value instanceof Object ? value.constructor.name : String(value)
  if (!Object.is(actual, expected)) expect(shown(actual)).toBe(`this ${shown(expected)}`)
}

function isReady(pair: Pair): boolean {
  return pair.values.length > 0 || pair.isOver || !pair.sender.isLive
}

describe('the ends of channels, streams and promises', () => {
  it('agree with a model of their owners, whoever makes, sends, waits, hands on, gives up or fails', async () => {
    await forSeedsAsync(async (seed) => {
      const program = new Program(seed)
      try {
        await program.run()
      } catch (error) {
        if (error instanceof Error) error.message += `\nafter ${program.steps.join('; ')}`
        throw error
      }
    })
  })
})
