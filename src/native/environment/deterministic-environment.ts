/**
 * Virtual time and seeded chance. Nothing happens unless it is stepped: each step takes the next event in the
 * order of its time (then of its making), sets the clock to that time, and calls back. The same program with the
 * same seed does the same, step for step.
 */
import { captureContext, runIn, type Context } from './context.ts'
import { checkOptions, knownOptions } from '../values/known-options.ts'
import { checkDelay, type Environment, type TimerHandle } from './environment.ts'
import { kind } from '../values/kinds.ts'
import { shown } from '../values/describe.ts'
import { checkFunction, checkNumber } from '../values/arguments.ts'
import { checkIsObject } from '../values/known-options.ts'

interface Entry {
  readonly time: number
  readonly order: number
  /** That of who set the timer. */
  readonly context: Context
  callback: (() => void) | undefined
}

/** More events waiting than this is a program that runs away. */
const EVENT_LIMIT = 4_000_000

/** How a {@link DeterministicEnvironment} begins. */
export interface DeterministicOptions {
  /** What the numbers are drawn from; any integer. */
  seed: number
  /** The clock at the start, in milliseconds. Default: 0. */
  start?: number
}

const KNOWN = knownOptions<DeterministicOptions>('a DeterministicEnvironment', {
  seed: true,
  start: true,
})

/**
 * Virtual time and chance from a seed, for tests and simulations. Its clock stands still until it is stepped.
 *
 * @example
 * const environment = new DeterministicEnvironment({ seed: 1 })
 * environment.setTimer(1000, () => console.log(environment.now())) // 1000
 * while (environment.step()) continue
 */
export class DeterministicEnvironment implements Environment {
  /** What its numbers are drawn from. */
  readonly seed: number
  readonly #heap: Entry[] = []
  readonly #random: () => number
  #now: number
  #order = 0
  #onEvent: (() => void) | undefined

  /** @throws TypeError when the seed is not a safe integer. */
  constructor(options: DeterministicOptions) {
    checkIsObject(KNOWN.whose, options)
    checkOptions(KNOWN, options)
    if (!Number.isSafeInteger(options.seed)) {
      throw new TypeError(`seed must be an integer, not ${shown(options.seed)}`)
    }
    this.seed = options.seed
    this.#random = seededRandom(options.seed)
    this.#now = options.start ?? 0
  }

  now(): number {
    return this.#now
  }

  random(): number {
    return this.#random()
  }

  setTimer(delay: number, callback: () => void): TimerHandle {
    checkFunction('callback', callback)
    const time = this.#now + checkDelay(delay)
    const entry: Entry = { time, order: ++this.#order, context: captureContext(), callback }
    if (this.#heap.length >= EVENT_LIMIT) {
      throw new RangeError(`more than ${EVENT_LIMIT} events wait: something schedules without end`)
    }
    push(this.#heap, entry)
    const onEvent = this.#onEvent
    this.#onEvent = undefined
    onEvent?.()
    return entry
  }

  clearTimer(timer: TimerHandle): void {
    // The entry stays in the heap, empty, until its time comes.
    const isEntry = typeof timer === 'object' && timer !== null && 'order' in timer
    if (isEntry) (timer as Entry).callback = undefined
  }

  defer(callback: () => void): void {
    this.setTimer(0, callback)
  }

  /** Is there an event to come? */
  get isIdle(): boolean {
    return this.nextTime === undefined
  }

  /** When the next event is due, in milliseconds of its clock. Undefined: there is none. */
  get nextTime(): number | undefined {
    this.#skipCleared()
    return this.#heap[0]?.time
  }

  /** Moves the clock on to a time, if it is later. Does nothing else: events that are due by then wait for `step`. */
  moveTo(time: number): void {
    checkNumber('time', time)
    this.#now = Math.max(this.#now, time)
  }

  /** Calls the next event back. False: there is none. */
  step(): boolean {
    this.#skipCleared()
    const entry = pop(this.#heap)
    if (entry === undefined) return false
    this.#now = Math.max(this.#now, entry.time)
    const callback = entry.callback as () => void
    entry.callback = undefined
    runIn(entry.context, callback, undefined)
    return true
  }

  /** Calls back once, when the next event is made. */
  onNextEvent(callback: () => void): void {
    checkFunction('callback', callback)
    const context = captureContext()
    this.#onEvent = () => runIn(context, callback, undefined)
  }

  #skipCleared(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.callback === undefined) pop(this.#heap)
  }
}

kind(DeterministicEnvironment, 'DeterministicEnvironment')

/**
 * Numbers in [0, 1) from a seed: sfc32, mixed until the seed shows in all of its state.
 * Good for simulation, not for secrets.
 */
export function seededRandom(seed: number): () => number {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 15; round++) next()
  return next
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length
  heap.push(entry)
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent] as Entry
    if (!before(entry, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = entry
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++
    const below = heap[child] as Entry
    if (!before(below, last)) break
    heap[at] = below
    at = child
  }
  heap[at] = last
  return top
}
