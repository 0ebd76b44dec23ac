/**
 * The completion ring of this worker, seen from JavaScript: it numbers futures and handles, has commands
 * carried out in rows, and settles what has completed, a batch at a time.
 *
 * Rows. Commands are written as calls are made and carried out two microtasks later, so that what is
 * awaited in one tick is submitted and armed by one foreign call; earlier when a row is full or when a
 * call needs its answer at once. The order of calls is kept.
 *
 * Batches. Completions are taken, all results of a batch copied out, before the first owner is told: who is told may
 * run any code, and that code may ask for completions itself. While a batch is taken, only this file's code runs.
 *
 * Sleep. Completions ring the wake-up descriptor only while the worker sleeps: it goes to sleep with the
 * first row behind a batch, after the batch's own follow-ups are written.
 *
 * Limits. So many slots and objects as its sizes say; then a call throws FDBBusyError and nothing is
 * started. Completions are never refused: what does not fit the ring waits in its slots.
 */
import { Buffer } from 'node:buffer'
import { isMainThread } from 'node:worker_threads'
import { requireFunction } from '../../native/library/api-table.ts'
import { runInEmpty } from '../../native/environment/context.ts'
import { FDBBusyError, FDBStateError } from '../../native/errors/errors.ts'
import { shared } from '../../native/values/shared.ts'
import { CommandWriter, Rest } from './command-writer.ts'
import { Patience } from './patience.ts'
import { Code } from '../port/commands.ts'
import { LARGE } from '../port/payload.ts'
import { UNREADABLE, type Port, type SlotOwner } from '../port/port.ts'
import { PressureGauge, THROTTLED_FROM, type Pressure } from '../port/pressure.ts'
import { reportThrown } from '../wakers/report-thrown.ts'
import {
  DATA_HEAD,
  DEFAULT_SIZES,
  HEAD,
  OVERFLOW,
  RingMemory,
  TAIL,
  WORDS_PER_ENTRY,
  type RingSizes,
} from './ring-memory.ts'
import { onNetworkEnd } from './network-end.ts'
import { listen, type WakeSource } from './wake-source.ts'

const NO_OWNER: SlotOwner = {
  read: () => undefined,
  complete: () => undefined,
  lost: () => undefined,
}

/** Completions taken before their places are given back to the producer, and their owners are told. */
const BATCH = 1024

/** Completions that are taken: what their owners are told lies here, and nothing of it in shared memory. */
class Taken {
  readonly slots: Int32Array
  readonly errors: Int32Array
  readonly owners: SlotOwner[]
  readonly values: unknown[]
  count = 0
  /** How many of them are told, or being told. */
  told = 0

  constructor(most: number) {
    this.slots = new Int32Array(most)
    this.errors = new Int32Array(most)
    this.owners = new Array<SlotOwner>(most).fill(NO_OWNER)
    this.values = new Array<unknown>(most).fill(undefined)
  }
}

export class Ring implements Port {
  readonly #memory: RingMemory
  readonly #writer: CommandWriter
  readonly #wakes: WakeSource
  readonly #stopListening: () => void
  readonly #gauge = new PressureGauge()
  readonly #patience = new Patience()
  readonly #throttledSlots: number

  readonly #owners: SlotOwner[] = []
  readonly #freeSlots: number[] = []
  #liveSlots = 0
  readonly #freeObjects: number[] = []
  #objects = 0
  #liveObjects = 0

  #head = 0
  #dataHead = 0
  #flushScheduled = false
  #drainScheduled = false
  #draining = false
  /** A batch is being taken: its part of shared memory is read, and nothing else may write there or run. */
  #taking = false
  /** Of the drain; it is not entered again before all of it is told. */
  readonly #taken = new Taken(BATCH)
  /** Of a future that was asked about: its owner may ask about another one, when it is told. */
  readonly #collected = new Taken(1)
  #sleepDue = true
  #holding = 0
  #held = false
  #closed = false

  constructor(sizes: Partial<RingSizes> = {}) {
    this.#memory = new RingMemory({ ...DEFAULT_SIZES, ...sizes })
    this.#writer = new CommandWriter(this.#memory)
    this.#throttledSlots = this.#memory.sizes.slots * THROTTLED_FROM
    // It outlives whoever opens the ring, and must not keep their stores.
    this.#wakes = runInEmpty((fd) => listen(fd, () => this.#wake()), this.#memory.wakeFd)
    this.#stopListening = runInEmpty(onNetworkEnd, () => this.close())
  }

  /** Operations in flight: native futures that slots hold. */
  get liveSlots(): number {
    return this.#liveSlots
  }

  /** Databases, tenants and transactions that are open. */
  get liveObjects(): number {
    return this.#liveObjects
  }

  /** Pending operations that keep the process from exiting. */
  get holding(): number {
    return this.#holding
  }

  get pressure(): Pressure {
    return this.#gauge.update(this.utilization)
  }

  /** The fuller of slots and ring: 1 is full, more is in the overflow list. */
  get utilization(): number {
    if (this.#closed) return 0
    const { control, sizes } = this.#memory
    const waiting = ((Atomics.load(control, TAIL) - this.#head) >>> 0) + this.overflow
    return Math.max(this.#liveSlots / sizes.slots, waiting / sizes.entries)
  }

  /** Completions that found the ring full, or came from another thread than its producer. */
  get overflow(): number {
    return this.#closed ? 0 : Atomics.load(this.#memory.control, OVERFLOW)
  }

  // --- Writing commands.

  requireFunction(name: string): void {
    requireFunction(name)
  }

  get writer(): CommandWriter {
    return this.#writer
  }

  /** Begins a command without a future; its first operand is the object. Returns the index of its head. */
  command(code: number, object: number, words: number, byteWords: number): number {
    const at = this.#writer.begin(words, byteWords)
    this.#writer.word(at, code)
    this.#writer.word(at + 1, object)
    if (!this.#flushScheduled) this.#scheduleFlush()
    return at
  }

  /** Begins a command with a future. Throws FDBBusyError when every slot is taken. */
  submit(code: number, slot: number, object: number, words: number, byteWords: number): number {
    const at = this.#writer.begin(words, byteWords)
    this.#writer.word(at, code)
    this.#writer.word(at + 1, slot)
    this.#writer.word(at + 2, object)
    if (!this.#flushScheduled) this.#scheduleFlush()
    return at
  }

  /** Carries out what is written. Returns the error code of the last command, if it answers at once. */
  flush(): number {
    return this.#flush(Rest.sleep)
  }

  #flush(rest: Rest): number {
    this.#assertNothingIsTaken()
    const isDue = this.#sleepDue
    this.#sleepDue = false
    const answer = this.#writer.flush(isDue ? rest : Rest.none)
    // What completed inside the row has rung nothing.
    if (!this.#draining && this.overflow !== 0) this.#scheduleDrain()
    return answer
  }

  /** The 64-bit answer of the last command that had one. */
  get answer(): DataView {
    return this.#memory.answer
  }

  // --- Slots.

  readonly takesMany = true

  occupy(operations: number): void {
    const { slots } = this.#memory.sizes
    if (this.#liveSlots + operations > slots || this.#closed) this.#refuse('operations', slots)
    this.#liveSlots += operations
  }

  vacate(operations: number): void {
    this.#liveSlots -= operations
  }

  takeSlot(owner: SlotOwner): number {
    const { slots } = this.#memory.sizes
    if (this.#liveSlots >= slots || this.#closed) this.#refuse('operations', slots)
    const slot = this.#freeSlots.pop() ?? this.#owners.length
    this.#owners[slot] = owner
    this.#liveSlots++
    if (this.#liveSlots >= this.#throttledSlots) this.#gauge.update(this.utilization)
    return slot
  }

  returnSlot(slot: number): void {
    if (this.#closed) return
    this.#owners[slot] = NO_OWNER
    this.#freeSlot(slot)
  }

  /** Arms a future whose command was carried out; one that was not takes the flag in its command. */
  arm(slot: number): void {
    this.#slotCommand(Code.arm, slot)
  }

  cancel(slot: number): void {
    this.#slotCommand(Code.cancel, slot)
  }

  /** Destroys a future that was never armed. */
  releaseUnarmed(slot: number): void {
    this.#slotCommand(Code.release, slot)
    this.returnSlot(slot)
  }

  /** The owner is not interested any more; the slot comes back with its completion. */
  abandon(slot: number): void {
    if (!this.#closed) this.#owners[slot] = NO_OWNER
  }

  /** Asks about a future that is submitted and not armed. If it is ready, its owner is completed now. */
  collect(slot: number): boolean {
    this.flush()
    const { library, id, window, windowData } = this.#memory
    if (library.collect(id, slot) !== 1) return false
    this.#take(this.#collected, 0, window, 0, windowData)
    this.#tellTaken(this.#collected, 1)
    return true
  }

  /** One more pending operation keeps the process from exiting. */
  hold(): void {
    this.#holding++
    if (this.#held) return
    this.#held = true
    this.#wakes.ref()
  }

  unhold(): void {
    this.#holding--
    if (this.#holding === 0) this.#scheduleFlush()
  }

  // --- Objects.

  takeObject(): number {
    const { objects } = this.#memory.sizes
    if (this.#liveObjects >= objects || this.#closed) this.#refuse('handles', objects)
    this.#liveObjects++
    return this.#freeObjects.pop() ?? this.#objects++
  }

  /** The close of the ring has ended all: then there is nothing to do. */
  cancelTransaction(object: number): void {
    if (!this.#closed) this.command(Code.cancelTransaction, object, 2, 0)
  }

  /** Destroys the handle, in its turn. The close of the ring has destroyed all: then there is nothing to do. */
  destroyObject(object: number): void {
    if (!this.#closed) this.command(Code.destroy, object, 2, 0)
    this.freeObject(object)
  }

  /** The number of an object that was not made, or is destroyed. */
  freeObject(object: number): void {
    this.#liveObjects--
    this.#freeObjects.push(object)
  }

  /** The pointer behind an object, for a call of the raw table. What is written is carried out first. */
  pointer(object: number): bigint {
    this.flush()
    return BigInt(this.#memory.library.handle(this.#memory.id, object))
  }

  // --- Completions.

  /** The bell rang. */
  #wake(): void {
    this.#patience.turned()
    this.drain()
  }

  /** Settles what has completed. Runs on the event loop only, never inside a poll. */
  drain(): void {
    if (this.#draining || this.#closed) return
    // Not in the context of whoever asked for it: each callback runs in its own.
    runInEmpty(() => this.#drain(), undefined)
  }

  #drain(): void {
    this.#draining = true
    try {
      this.#drainRing()
      this.#drainOverflow()
    } finally {
      this.#draining = false
      // Behind the batch's own follow-ups: what they submit is carried out by the same foreign call.
      this.#sleepDue = true
      if (!this.#flushScheduled) this.#scheduleFlush()
    }
  }

  /**
   * Gives everything back. Operations in flight are cancelled, and fail with FDBStateError: who waits for them learns
   * it in a microtask, so no code of theirs runs in here. When the worker exits nobody is told: an awaited watch that
   * did not hold the worker would otherwise end it with a rejection that nobody handles.
   */
  close(exiting = false): void {
    if (this.#closed) return
    this.#assertNothingIsTaken()
    this.#writer.flush(Rest.none)
    this.#closed = true
    this.#wakes.close()
    this.#stopListening()
    this.#writer.close()
    this.#memory.library.close(this.#memory.id)
    // Called by an owner that was told: the others of its batch have their results, and are told after it.
    const { slots, count, told } = this.#taken
    for (let i = told; i < count; i++) this.#owners[slots[i] as number] = NO_OWNER
    for (const owner of this.#owners.splice(0)) owner.lost(!exiting)
  }

  #drainRing(): void {
    const { control, entries, data, sizes } = this.#memory
    const mask = sizes.entries - 1
    // What completes meanwhile waits for the next turn: other events have theirs first.
    const tail = Atomics.load(control, TAIL)
    let left = (tail - this.#head) >>> 0
    if (left + this.overflow > mask >> 1) this.#gauge.update(this.utilization)
    while (left > 0 && !this.#closed) {
      const count = Math.min(left, BATCH)
      this.#taking = true
      for (let i = 0; i < count; i++) {
        const at = ((this.#head + i) & mask) * WORDS_PER_ENTRY
        this.#take(this.#taken, i, entries, at, data)
        const length = entries[at + 2] as number
        if (length > 0) this.#dataHead = ((entries[at + 3] as number) + length + 7) & ~7
      }
      left -= count
      this.#head = (this.#head + count) | 0
      Atomics.store(control, DATA_HEAD, this.#dataHead)
      Atomics.store(control, HEAD, this.#head)
      this.#tellTaken(this.#taken, count)
    }
  }

  #drainOverflow(): void {
    const { library, id, window, windowData } = this.#memory
    let left = this.overflow
    while (left > 0 && !this.#closed) {
      const count = library.takeOverflow(id)
      if (count === 0) return
      this.#taking = true
      for (let i = 0; i < count; i++) {
        this.#take(this.#taken, i, window, i * WORDS_PER_ENTRY, windowData)
      }
      left -= count
      this.#tellTaken(this.#taken, count)
    }
  }

  /** Takes one completion of a batch: from here on its result is in JavaScript. */
  #take(taken: Taken, i: number, entries: Int32Array, at: number, data: Uint8Array): void {
    const slot = entries[at] as number
    const error = entries[at + 1] as number
    const owner = this.#owners[slot] as SlotOwner
    taken.slots[i] = slot
    taken.owners[i] = owner
    taken.errors[i] = error
    if (error !== 0) {
      taken.values[i] = entries[at + 3]
      return
    }
    const length = entries[at + 2] as number
    // The data area's size is a power of two, and its places are counted on since the ring began.
    const begin = (entries[at + 3] as number) & (data.length - 1)
    try {
      taken.values[i] =
        length === LARGE ? this.#readLarge(slot, owner) : owner.read(data, begin, length)
    } catch (problem) {
      taken.values[i] = problem
      taken.errors[i] = UNREADABLE
    }
  }

  /** Tells the owners of a batch, in order. Any code may run in here; it finds the ring between two batches. */
  #tellTaken(taken: Taken, count: number): void {
    taken.count = count
    this.#taking = false
    for (let i = 0; i < count; i++) {
      taken.told = i + 1
      const owner = taken.owners[i] as SlotOwner
      const value = taken.values[i]
      taken.owners[i] = NO_OWNER
      taken.values[i] = undefined
      this.#tell(taken.slots[i] as number, owner, taken.errors[i] as number, value)
    }
    taken.count = 0
    taken.told = 0
  }

  /** Gives the slot back and completes its owner. */
  #tell(slot: number, owner: SlotOwner, error: number, value: unknown): void {
    if (!this.#closed) {
      this.#owners[slot] = NO_OWNER
      this.#writer.release(slot)
      this.#freeSlot(slot)
    }
    try {
      owner.complete(error, value)
    } catch (problem) {
      reportThrown(problem)
    }
  }

  /** Who holds this up writes where the drain still reads. */
  #assertNothingIsTaken(): void {
    if (!this.#taking) return
    throw new Error('code ran inside of a batch that is being taken: please report this')
  }

  #slotCommand(code: number, slot: number): void {
    // The close has cancelled and destroyed all; what was taken before it is told.
    if (this.#closed) return
    const at = this.#writer.begin(2, 0)
    this.#writer.word(at, code)
    this.#writer.word(at + 1, slot)
    if (!this.#flushScheduled) this.#scheduleFlush()
  }

  #readLarge(slot: number, owner: SlotOwner): unknown {
    const { library, id } = this.#memory
    const size = library.payloadSize(id, slot)
    const bytes = Buffer.allocUnsafeSlow(size)
    library.payloadCopy(id, slot, bytes, size)
    return owner.read(bytes, 0, size)
  }

  #freeSlot(slot: number): void {
    this.#liveSlots--
    this.#freeSlots.push(slot)
  }

  #scheduleFlush(): void {
    this.#flushScheduled = true
    queueMicrotask(this.#afterThens)
  }

  // `await` calls `then` a microtask after the call that made the future: let it add its flag.
  #afterThens = (): void => {
    queueMicrotask(this.#endOfTick)
  }

  #endOfTick = (): void => {
    this.#flushScheduled = false
    if (this.#closed) return
    if (this.#sleepDue && this.#patience.looks(this.#liveSlots)) this.#look()
    else if (!this.#writer.isEmpty || this.#sleepDue) this.flush()
    if (this.#closed) return
    // Who waits until there is room is told, however the room came: no drain need follow.
    if (this.#gauge.pressure !== 'normal') this.#gauge.update(this.utilization)
    if (this.#holding === 0 && this.#held) {
      this.#held = false
      this.#wakes.unref()
    }
  }

  /** Carries out what is written, and looks for what comes of it at once. */
  #look(): void {
    this.#flush(Rest.look)
    const found = Atomics.load(this.#memory.control, TAIL) !== this.#head
    this.#patience.looked(found)
    if (!found) return
    // Nobody rings: the worker is awake.
    if (this.#patience.tellsAtOnce()) this.drain()
    else this.#scheduleDrain()
  }

  #scheduleDrain(): void {
    if (this.#drainScheduled) return
    this.#drainScheduled = true
    setImmediate(() => {
      this.#drainScheduled = false
      this.#patience.turned()
      this.drain()
    })
  }

  #refuse(what: string, limit: number): never {
    if (this.#closed) throw new FDBStateError('The completion ring of this worker is closed.')
    throw new FDBBusyError(
      `This worker has ${limit} ${what} open, which is its limit. Await or destroy some first.`,
    )
  }
}

/** One for a worker, also when there is more than one copy of the package. */
const worker = shared<{ ring?: Ring }>('ring of the worker', () => ({}))

/** The ring of this worker, when something has opened it. */
export function openedRing(): Ring | undefined {
  return worker.ring
}

/**
 * The ring of this worker, opened on first use. The network must run. Sizes can be chosen by the call that
 * opens it; later ones that name sizes throw FDBStateError.
 */
export function ringOfWorker(sizes?: Partial<RingSizes>): Ring {
  if (worker.ring !== undefined) {
    if (sizes === undefined) return worker.ring
    throw new FDBStateError('The completion ring of this worker is open: choose its sizes before.')
  }
  const ring = new Ring(sizes)
  worker.ring = ring
  // When the main thread exits the network has stopped, and the process takes everything with it.
  if (!isMainThread) process.once('exit', () => ring.close(true))
  return ring
}
