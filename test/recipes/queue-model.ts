/** Random programs on a queue, one step after another, against a list in memory. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { LeaseLostError, Once, Queue } from '../../src/recipes/index.ts'
import type { QueueMessage } from '../../src/recipes/index.ts'
import { allKeys, encoders } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import type { ClusterClock } from './cluster-clock.ts'

const HOUR = 3_600_000
/** How often each step comes. */
const STEPS = {
  push: 4,
  'push later': 2,
  'push within': 1,
  pop: 2,
  'pop within': 1,
  receive: 5,
  ack: 2,
  'ack within': 2,
  nack: 2,
  extend: 2,
  pass: 4,
  look: 1,
  'pop dead': 1,
} as const
type Name = keyof typeof STEPS

const anyName = fc.oneof(
  ...Object.entries(STEPS).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(name as Name),
  })),
)

/** All times are hours: what passes of itself while a program runs changes nothing. */
const anyStep = fc.record({
  name: anyName,
  count: fc.integer({ min: 0, max: 3 }),
  hours: fc.integer({ min: 0, max: 3 }),
  /** The last one, or one before: it may be settled or lost. */
  which: fc.oneof(fc.constant(0), fc.nat(5)),
})
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
export const anyProgram = fc.record({
  maxTries: fc.constantFrom(1, 2, 2, Infinity),
  steps: fc.array(anyStep, { maxLength: 40, size: 'max' }),
})
type Program = typeof anyProgram extends fc.Arbitrary<infer T> ? T : never

interface Entry {
  readonly value: string
  /** Of its push. */
  readonly place: number
  tries: number
}

interface Hidden extends Entry {
  readonly until: number
  /** The order in which they were hidden. */
  readonly since: number
  readonly lease: number | undefined
}

const byPlace = (a: Entry, b: Entry) => a.place - b.place

/** What a queue should be. */
class Model {
  readonly #maxTries: number
  now = 0
  #count = 0
  ready: Entry[] = []
  hidden: Hidden[] = []
  dead: string[] = []

  constructor(maxTries: number) {
    this.#maxTries = maxTries
  }

  push(value: string, delay: number): void {
    const entry = { value, place: this.#count++, tries: 0 }
    if (delay === 0) this.ready.push(entry)
    else this.#hide(entry, delay, undefined)
  }

  #hide({ value, place, tries }: Entry, delay: number, lease: number | undefined): void {
    this.hidden.push({ value, place, tries, until: this.now + delay, since: this.#count++, lease })
    this.hidden.sort((a, b) => a.until - b.until || a.since - b.since)
  }

  #isDead({ lease, tries }: Hidden): boolean {
    return lease !== undefined && tries >= this.#maxTries
  }

  get due(): Hidden[] {
    return this.hidden.filter(({ until }) => until <= this.now)
  }

  get takeable(): Entry[] {
    return [...this.ready, ...this.due.filter((entry) => !this.#isDead(entry))].sort(byPlace)
  }

  get length(): number {
    const waiting = this.hidden.filter(
      (entry) => entry.lease === undefined || (entry.until <= this.now && !this.#isDead(entry)),
    )
    return this.ready.length + waiting.length
  }

  /** What a call that takes does first. */
  bringBack(): void {
    const { due } = this
    this.hidden = this.hidden.filter((entry) => !due.includes(entry))
    for (const entry of due) {
      if (this.#isDead(entry)) this.dead.push(entry.value)
      else this.ready.push(entry)
    }
    this.ready.sort(byPlace)
  }

  take(at: number): Entry | undefined {
    return this.ready.splice(at, 1)[0]
  }

  lease(entry: Entry, delay: number, lease: number): void {
    this.#hide({ ...entry, tries: entry.tries + 1 }, delay, lease)
  }

  /** Undefined when the lease is lost. */
  settle(lease: number): Hidden | undefined {
    const at = this.hidden.findIndex((entry) => entry.lease === lease)
    return at < 0 ? undefined : this.hidden.splice(at, 1)[0]
  }

  giveBack(entry: Hidden, delay: number): void {
    if (this.#isDead(entry)) this.dead.push(entry.value)
    else if (delay > 0) this.#hide(entry, delay, undefined)
    else {
      this.ready.push(entry)
      this.ready.sort(byPlace)
    }
  }

  extend(entry: Hidden, delay: number): void {
    this.#hide(entry, delay, entry.lease)
  }
}

/** One program, with the queue and its model side by side. */
export class QueueProgram {
  readonly #db: Database
  readonly #queue: Queue<string>
  readonly #steps: readonly Step[]
  readonly #once: Once
  readonly #clock: ClusterClock
  /** Injected conflicts let a consumer take another of the first few. */
  readonly #isExact: boolean
  readonly #model: Model
  readonly #messages: QueueMessage<string>[] = []
  #pushed = 0

  constructor(db: Database, clock: ClusterClock, program: Program, isExact: boolean) {
    const { maxTries, steps } = program
    this.#steps = steps
    this.#model = new Model(maxTries)
    this.#db = db.at('queue/')
    this.#once = new Once(db.at('once/'))
    this.#clock = clock
    this.#isExact = isExact
    const scope = this.#db.withValueEncoding(encoders.string)
    this.#queue = new Queue(scope, { maxTries })
  }

  async run(): Promise<void> {
    for (const step of this.#steps) await this.#step(step)
    await this.#drain()
  }

  async #step({ name, count, hours, which }: Step): Promise<void> {
    const model = this.#model
    switch (name) {
      case 'push':
        return this.#push(count, 0)
      case 'push later':
        return this.#push(count, hours)
      case 'push within':
        return this.#pushWithin(hours)
      case 'pop':
        return this.#popped(await this.#queue.pop())
      case 'pop within':
        return this.#popped(await this.#once.run((tn) => this.#queue.popIn(tn)))
      case 'receive':
        return this.#receive(Math.max(1, hours))
      case 'pass':
        this.#clock.advance(hours * HOUR)
        model.now += hours
        return
      case 'look':
        return this.#look()
      case 'pop dead':
        return expect(await this.#queue.deadLetters.pop()).toBe(model.dead.shift())
      default:
        return this.#settle(name, which, hours)
    }
  }

  async #push(count: number, delay: number): Promise<void> {
    const values = Array.from({ length: count }, () => `item ${this.#pushed++}`)
    if (count === 1) await this.#queue.push(values[0]!, { delay: delay * HOUR })
    else await this.#queue.pushAll(values, { delay: delay * HOUR })
    for (const value of values) this.#model.push(value, delay)
  }

  async #pushWithin(delay: number): Promise<void> {
    const values = [`item ${this.#pushed++}`, `item ${this.#pushed++}`] as const
    await this.#once.run(async (tn) => {
      this.#queue.pushIn(tn, values[0])
      await this.#queue.pushIn(tn, values[1], { delay: delay * HOUR })
    })
    this.#model.push(values[0], 0)
    this.#model.push(values[1], delay)
  }

  #popped(value: string | undefined): void {
    this.#model.bringBack()
    expect(value, 'a pop').toBe(this.#model.take(0)?.value)
  }

  async #receive(lease: number): Promise<void> {
    const message = await this.#queue.receive({ leaseMilliseconds: lease * HOUR })
    const model = this.#model
    model.bringBack()
    const at = model.ready.findIndex(({ value }) => value === message?.value)
    if (this.#isExact) expect(at).toBe(model.ready.length > 0 ? 0 : -1)
    expect(message === undefined).toBe(model.ready.length === 0)
    if (message === undefined) return
    const entry = model.take(at)!
    expect(message.tries).toBe(entry.tries + 1)
    model.lease(entry, lease, this.#messages.push(message) - 1)
  }

  async #settle(name: Name, which: number, hours: number): Promise<void> {
    if (this.#messages.length === 0) return
    const lease = this.#messages.length - 1 - (which % this.#messages.length)
    const message = this.#messages[lease]!
    const entry = this.#model.settle(lease)
    const call = this.#settling(name, message, hours)
    if (entry === undefined) return void (await expect(call).rejects.toBeInstanceOf(LeaseLostError))
    await call
    if (name === 'nack') this.#model.giveBack(entry, hours)
    if (name === 'extend') this.#model.extend(entry, Math.max(1, hours))
  }

  #settling(name: Name, message: QueueMessage<string>, hours: number): Promise<void> {
    if (name === 'ack') return message.ack()
    if (name === 'ack within') return this.#once.run((tn) => message.ackIn(tn))
    if (name === 'nack') return message.nack({ delay: hours * HOUR })
    return message.extend(Math.max(1, hours) * HOUR)
  }

  async #look(): Promise<void> {
    const model = this.#model
    expect(await this.#queue.length(), 'length').toBe(model.length)
    expect(await this.#queue.peek(), 'peek').toBe(model.takeable[0]?.value)
    expect(await this.#queue.isEmpty(), 'isEmpty').toBe(model.takeable.length === 0)
    expect(await this.#queue.deadLetters.length(), 'dead letters').toBe(model.dead.length)
  }

  /** In the end all comes out, and only the bells are left. */
  async #drain(): Promise<void> {
    await this.#look()
    this.#clock.advance(10 * HOUR)
    this.#model.now += 10
    for (;;) {
      const value = await this.#queue.pop()
      this.#popped(value)
      if (value === undefined) break
    }
    for (const value of [...this.#model.dead, undefined]) {
      expect(await this.#queue.deadLetters.pop()).toBe(value)
    }
    await this.#queue.sweep()
    await this.#queue.deadLetters.sweep()
    const left = await this.#db.withKeyEncoding(encoders.tuple).getRangeAll(allKeys)
    for (const [key] of left) expect(key.at(-1), 'what is left behind').toBe('bell')
  }
}
