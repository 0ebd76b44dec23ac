/**
 * Every interleaving of a few threads that share memory. A thread here is ordinary code: what it does to the memory
 * goes through `Atomics`, which is replaced while it runs.
 *
 * A thread is taken one step further by running it again from its beginning: its operations get the answers that they
 * got before, and the first one without an answer stops it. So what is explored is the code in src, not a copy of its
 * idea. Equal states are visited once. A step that no other thread can notice is taken before any other: which words
 * are one thread's own is found out by trying, see `Sharing`.
 */

/** What a thread asks for; one step each. */
type Operation =
  | { readonly kind: 'load'; readonly at: number }
  | { readonly kind: 'store' | 'exchange' | 'add'; readonly at: number; readonly value: number }
  | { readonly kind: 'wait' | 'waitAsync'; readonly at: number; readonly value: number }
  | { readonly kind: 'notify'; readonly at: number }
  | { readonly kind: 'choose'; readonly count: number }
  | { readonly kind: 'event' }

/** What a thread may do besides `Atomics`. */
export interface World {
  /** A number below `count`: each is tried. */
  choose(count: number): number
  /** Waits for the event loop: runs the callback of a wait that was notified. */
  event(): void
  /** A word of memory beside the ring: each access is a step of its own. */
  peek(at: number): number
  poke(at: number, value: number): void
}

export type Thread = (world: World) => unknown

export interface Exploration {
  readonly states: number
  /** How many states there are in which every thread has ended. */
  readonly ends: number
  /** How often a thread fell asleep, blocked or in its event loop. */
  readonly sleeps: number
}

export interface Faults {
  /** Stores are seen by others later, as plain ones are on x86: Atomics.store must not be so. */
  readonly lateStores?: boolean
  /** An `add` changes nothing: who is notified does not find the signal changed. */
  readonly lostAdds?: boolean
}

const NOT_EQUAL = 0
const WAITS = 1
/** A word beside the ring has an address of its own. */
const BESIDE = 1_000_000

/** Where a thread is: what its operations were answered, as a way from the root. */
class Place {
  readonly id: number
  readonly before: Place | undefined
  readonly answer: number
  readonly #next = new Map<number, Place>()
  /** What it asks for here; undefined: it has ended. */
  operation: Operation | undefined
  outcome: unknown

  constructor(id: number, before: Place | undefined, answer: number) {
    this.id = id
    this.before = before
    this.answer = answer
  }

  answers(): number[] {
    return this.before === undefined ? [] : [...this.before.answers(), this.answer]
  }

  next(answer: number, make: () => Place): Place {
    let place = this.#next.get(answer)
    if (place === undefined) this.#next.set(answer, (place = make()))
    return place
  }
}

/** One thread's part of a state. Never changed, only replaced. */
interface Part {
  readonly place: Place
  /** Where it is blocked; undefined: nowhere. */
  readonly asleep: { readonly at: number; readonly notified: boolean } | undefined
  /** Its asynchronous waits whose callbacks have not run. */
  readonly waits: readonly { readonly number: number; readonly at: number; readonly due: boolean }[]
  readonly waitCount: number
  /** Stores that the others do not see yet. */
  readonly late: readonly { readonly at: number; readonly value: number }[]
}

interface State {
  readonly memory: readonly number[]
  readonly parts: readonly Part[]
  readonly way: Way | undefined
}

/** How a state was reached, for the message. */
interface Way {
  readonly before: Way | undefined
  readonly step: string
}

/** Stops a thread at an operation that has no answer yet. */
class Stop {
  readonly operation: Operation
  constructor(operation: Operation) {
    this.operation = operation
  }
}

/**
 * Runs a thread with the answers there are; returns where it stopped. Each asynchronous wait has one callback, by its
 * promise or, when the value differed, by a microtask.
 */
class Rerun implements World {
  readonly #answers: readonly number[]
  #at = 0
  readonly #callbacks: (() => void)[] = []
  #stop: Stop | undefined

  constructor(answers: readonly number[]) {
    this.#answers = answers
  }

  run(thread: Thread): { operation: Operation | undefined; outcome: unknown } {
    const global = globalThis as Record<string, unknown>
    const before = { ...pick(global) }
    Object.assign(global, {
      Atomics: this.#atomics(),
      setInterval: () => ({ ref: () => undefined, unref: () => undefined }),
      clearInterval: () => undefined,
      queueMicrotask: (callback: () => void) => this.#callbacks.push(callback),
    })
    try {
      const outcome = thread(this)
      if (this.#stop === undefined) return { operation: undefined, outcome }
    } catch (error) {
      if (this.#stop === undefined) throw error
    } finally {
      Object.assign(global, before)
    }
    return { operation: this.#stop.operation, outcome: undefined }
  }

  #ask(operation: Operation): number {
    if (this.#at < this.#answers.length) return this.#answers[this.#at++] as number
    // A thread may catch what is thrown: what it does then is not done.
    this.#stop ??= new Stop(operation)
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- no error: the thread stops here
    throw this.#stop
  }

  #atomics(): unknown {
    const address = (words: Int32Array, index: number): number => words.byteOffset / 4 + index
    return {
      load: (words: Int32Array, index: number) =>
        this.#ask({ kind: 'load', at: address(words, index) }),
      store: (words: Int32Array, index: number, value: number) =>
        this.#ask({ kind: 'store', at: address(words, index), value }),
      exchange: (words: Int32Array, index: number, value: number) =>
        this.#ask({ kind: 'exchange', at: address(words, index), value }),
      add: (words: Int32Array, index: number, value: number) =>
        this.#ask({ kind: 'add', at: address(words, index), value }),
      notify: (words: Int32Array, index: number) =>
        this.#ask({ kind: 'notify', at: address(words, index) }),
      wait: (words: Int32Array, index: number, value: number) =>
        this.#ask({ kind: 'wait', at: address(words, index), value }) === WAITS
          ? 'ok'
          : 'not-equal',
      waitAsync: (words: Int32Array, index: number, value: number) => {
        const answer = this.#ask({ kind: 'waitAsync', at: address(words, index), value })
        if (answer === NOT_EQUAL) return { async: false, value: 'not-equal' }
        const then = (callback: () => void): void => void this.#callbacks.push(callback)
        return { async: true, value: { then } }
      },
    }
  }

  choose(count: number): number {
    return this.#ask({ kind: 'choose', count })
  }

  event(): void {
    const number = this.#ask({ kind: 'event' })
    const callback = this.#callbacks[number] as () => void
    callback()
  }

  peek(at: number): number {
    return this.#ask({ kind: 'load', at: BESIDE + at })
  }

  poke(at: number, value: number): void {
    this.#ask({ kind: 'store', at: BESIDE + at, value })
  }
}

function pick({ Atomics, setInterval, clearInterval, queueMicrotask }: Record<string, unknown>) {
  return { Atomics, setInterval, clearInterval, queueMicrotask }
}

/**
 * Tries every interleaving. Throws when the threads can come to rest without having ended, or when `check` throws for
 * what they returned; the message has the steps that led there. Throws when there are more than `limit` states.
 */
export function explore(
  threads: readonly Thread[],
  check: (outcomes: readonly unknown[]) => void,
  faults: Faults = {},
  limit = 5_000_000,
): Exploration {
  const sharing = new Sharing()
  for (;;) {
    try {
      return new Explorer(threads, check, faults, limit, sharing).run()
    } catch (error) {
      if (!(error instanceof NowShared)) throw error
    }
  }
}

/**
 * Which words more than one thread uses, one of them writing. A word counts as one thread's own until it is met
 * otherwise: then the exploration begins again, so that in the one that ends nothing was taken for granted wrongly.
 */
class Sharing {
  readonly #users = new Map<number, { readonly threads: Set<number>; written: boolean }>()

  isShared(at: number): boolean {
    const users = this.#users.get(at)
    return users !== undefined && users.written && users.threads.size > 1
  }

  use(at: number, thread: number, writes: boolean): void {
    let users = this.#users.get(at)
    if (users === undefined) this.#users.set(at, (users = { threads: new Set(), written: false }))
    const before = this.isShared(at)
    users.threads.add(thread)
    users.written ||= writes
    if (!before && this.isShared(at)) throw new NowShared()
  }
}

class NowShared extends Error {}

class Explorer {
  readonly #threads: readonly Thread[]
  readonly #check: (outcomes: readonly unknown[]) => void
  readonly #faults: Faults
  readonly #limit: number
  readonly #sharing: Sharing
  readonly #seen = new Set<string>()
  /** Addresses in the order in which they were first met: memory is an array of them. */
  readonly #slots = new Map<number, number>()
  #places = 0
  #ends = 0
  #sleeps = 0

  constructor(
    threads: readonly Thread[],
    check: (outcomes: readonly unknown[]) => void,
    faults: Faults,
    limit: number,
    sharing: Sharing,
  ) {
    this.#sharing = sharing
    this.#threads = threads
    this.#check = check
    this.#faults = faults
    this.#limit = limit
  }

  run(): Exploration {
    const parts = this.#threads.map((_, index) => ({
      place: this.#place(index, undefined, 0),
      asleep: undefined,
      waits: [],
      waitCount: 0,
      late: [],
    }))
    const open: State[] = [{ memory: [], parts, way: undefined }]
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const following = this.#following(state)
      if (following.length === 0) this.#end(state)
      for (const next of following) if (this.#isNew(next)) open.push(next)
    }
    return { states: this.#seen.size, ends: this.#ends, sleeps: this.#sleeps }
  }

  #isNew(state: State): boolean {
    let key = state.memory.join()
    for (const { place, asleep, waits, late } of state.parts) {
      key += `;${place.id}`
      if (asleep !== undefined) key += `s${asleep.notified}`
      for (const { number, due } of waits) key += `w${number}${due}`
      for (const { at, value } of late) key += `l${at},${value}`
    }
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    if (this.#seen.size > this.#limit) throw new Error(`more than ${this.#limit} states`)
    return true
  }

  #end(state: State): void {
    const stuck = state.parts.flatMap(({ place }, thread) =>
      place.operation === undefined ? [] : [`thread ${thread} at ${describe(place.operation)}`],
    )
    if (stuck.length > 0) throw new Error(`at rest: ${stuck.join(', ')}\n${wayTo(state)}`)
    this.#ends++
    try {
      this.#check(state.parts.map(({ place }) => place.outcome))
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${wayTo(state)}`, { cause: error })
    }
  }

  /** Every state that one step leads to. */
  #following(state: State): State[] {
    for (const [thread, part] of state.parts.entries()) {
      if (!this.#isUnseen(part, thread)) continue
      const states = this.#steps(state, part, thread)
      if (states.length > 0) return states
    }
    return state.parts.flatMap((part, thread) => {
      const states = this.#steps(state, part, thread)
      const [first] = part.late
      if (first === undefined) return states
      const late = part.late.slice(1)
      const memory = this.#written(state.memory, first.at, first.value)
      const step = `thread ${thread}: the store at ${name(first.at)} is seen`
      return [...states, this.#with(state, thread, { ...part, late }, step, memory)]
    })
  }

  /** No other thread can notice this thread's next step, nor does any step of theirs change it. */
  #isUnseen({ place: { operation } }: Part, thread: number): boolean {
    if (operation === undefined || operation.kind === 'event') return false
    if (operation.kind === 'choose') return true
    // To wait asks for a change by others, as a write makes one.
    this.#sharing.use(operation.at, thread, operation.kind !== 'load')
    return !this.#sharing.isShared(operation.at)
  }

  #steps(state: State, part: Part, thread: number): State[] {
    const { operation } = part.place
    if (operation === undefined) return []
    const step = `thread ${thread}: ${describe(operation)}`
    const go = (answer: number, memory = state.memory, rest: Partial<Part> = {}): State => {
      const place = part.place.next(answer, () => this.#place(thread, part.place, answer))
      return this.#with(state, thread, { ...part, ...rest, place }, `${step} -> ${answer}`, memory)
    }
    switch (operation.kind) {
      case 'choose':
        return Array.from({ length: operation.count }, (_, answer) => go(answer))
      case 'event':
        return part.waits
          .filter((wait) => wait.due)
          .map(({ number }) =>
            go(number, state.memory, { waits: part.waits.filter((w) => w.number !== number) }),
          )
      case 'load': {
        const mine = part.late.findLast(({ at }) => at === operation.at)
        return [go(mine?.value ?? this.#read(state.memory, operation.at))]
      }
      case 'store': {
        if (this.#faults.lateStores !== true) {
          return [go(0, this.#written(state.memory, operation.at, operation.value))]
        }
        return [go(0, state.memory, { late: [...part.late, operation] })]
      }
      default:
        // These wait until the thread's own stores are seen.
        return part.late.length > 0 ? [] : this.#synchronized(state, part, thread, operation, go)
    }
  }

  #synchronized(
    state: State,
    part: Part,
    thread: number,
    operation: Extract<Operation, { at: number }>,
    go: (answer: number, memory?: readonly number[], rest?: Partial<Part>) => State,
  ): State[] {
    const now = this.#read(state.memory, operation.at)
    switch (operation.kind) {
      case 'exchange':
        return [go(now, this.#written(state.memory, operation.at, operation.value))]
      case 'add': {
        const sum = this.#faults.lostAdds === true ? now : now + operation.value
        return [go(now, this.#written(state.memory, operation.at, sum))]
      }
      case 'notify': {
        const next = go(0)
        return [{ ...next, parts: next.parts.map((other) => notified(other, operation.at)) }]
      }
      case 'wait': {
        if (part.asleep?.notified === false) return []
        if (part.asleep !== undefined) return [go(WAITS, state.memory, { asleep: undefined })]
        if (now !== operation.value) return [go(NOT_EQUAL)]
        this.#sleeps++
        const asleep = { at: operation.at, notified: false }
        const step = `thread ${thread}: sleeps at ${name(operation.at)}`
        return [this.#with(state, thread, { ...part, asleep }, step, state.memory)]
      }
      case 'waitAsync': {
        const equal = now === operation.value
        if (equal) this.#sleeps++
        const wait = { number: part.waitCount, at: operation.at, due: !equal }
        const rest = { waits: [...part.waits, wait], waitCount: part.waitCount + 1 }
        return [go(equal ? WAITS : NOT_EQUAL, state.memory, rest)]
      }
      default:
        throw new Error(`not an operation: ${operation.kind}`)
    }
  }

  #with(state: State, thread: number, part: Part, step: string, memory: readonly number[]): State {
    const parts = state.parts.with(thread, part)
    return { memory, parts, way: { before: state.way, step } }
  }

  #place(thread: number, before: Place | undefined, answer: number): Place {
    const place = new Place(this.#places++, before, answer)
    const stopped = new Rerun(place.answers()).run(this.#threads[thread] as Thread)
    place.operation = stopped.operation
    place.outcome = stopped.outcome
    return place
  }

  #slot(at: number): number {
    let slot = this.#slots.get(at)
    if (slot === undefined) this.#slots.set(at, (slot = this.#slots.size))
    return slot
  }

  #read(memory: readonly number[], at: number): number {
    return memory[this.#slot(at)] ?? 0
  }

  #written(memory: readonly number[], at: number, value: number): number[] {
    const slot = this.#slot(at)
    const copy = memory.slice()
    while (copy.length <= slot) copy.push(0)
    copy[slot] = value
    return copy
  }
}

function notified(part: Part, at: number): Part {
  const asleep = part.asleep?.at === at ? { at, notified: true } : part.asleep
  const waits = part.waits.map((wait) => (wait.at === at ? { ...wait, due: true } : wait))
  return { ...part, asleep, waits }
}

function name(at: number): string {
  return at >= BESIDE ? `slot ${at - BESIDE}` : `word ${at}`
}

function describe(operation: Operation): string {
  if (operation.kind === 'event') return 'event'
  if (operation.kind === 'choose') return `choose of ${operation.count}`
  const value = 'value' in operation ? ` (${operation.value})` : ''
  return `${operation.kind} ${name(operation.at)}${value}`
}

function wayTo(state: State): string {
  const steps: string[] = []
  for (let way = state.way; way !== undefined; way = way.before) steps.push(way.step)
  return steps.reverse().join('\n')
}
