/**
 * A ring of slots in shared memory, from one producer to one consumer, each in its own worker or both in one.
 *
 * Each side owns one counter: the consumer `head`, the producer `tail`, both in [0, 2 * capacity), so that a full ring
 * and an empty one differ. A side publishes its counter with a sequentially consistent store, after it is done with
 * the slots. It remembers the other's counter and looks again only when the ring seems full or empty.
 *
 * Sleeping: a side that finds nothing to do reads its signal, says that it waits, looks once more, and then waits for
 * the signal to change. The other side looks at "waits" after it publishes. So a wake is not lost, and costs nothing
 * while nobody waits.
 */
import { isCareful, tooLarge } from './codec.ts'
import type { Codec, Memory } from './codec.ts'
import { BridgeClosedError, BridgeCodecError, BridgeError } from './errors.ts'
import type { BridgeWay } from './errors.ts'
import { describe, shown } from '../../native/values/describe.ts'

/** Each word of a ring's head is on a cache line of its own. */
const LINE = 16
const HEAD_WORDS = 8 * LINE

/** Where the words of one side are. */
interface SideWords {
  /** How far it is: it alone changes this. */
  readonly counter: number
  /** Does it wait? */
  readonly waits: number
  /** What it waits for to change. */
  readonly signal: number
  readonly closed: number
}

/** Its counter is the ring's head. */
const CONSUMER: SideWords = { counter: 0, waits: 2 * LINE, signal: 3 * LINE, closed: 7 * LINE }
/** Its counter is the ring's tail. */
const PRODUCER: SideWords = {
  counter: LINE,
  waits: 4 * LINE,
  signal: 5 * LINE,
  closed: 6 * LINE,
}

/** A window takes some hundred bytes, and less than a microsecond to make: slots above these have none that is kept. */
const KEPT_WINDOWS = 4096
const LENGTH_BYTES = 8
const MOST_BYTES = 2 ** 31 - 1

/** Where a ring is in shared memory, and its sizes. */
export interface RingPlace {
  /** The memory. */
  readonly buffer: SharedArrayBuffer
  /** Where it begins in it. */
  readonly byteOffset: number
  /** How many messages it holds. */
  readonly capacity: number
  /** Bytes that a message takes at most. */
  readonly maxBytes: number
}

/** Which signal to wait for, and the value that it must differ from. */
export interface Signal {
  readonly words: Int32Array
  readonly index: number
  readonly seen: number
}

/** How many messages at most: Infinity is all that are there. */
export function checkMost(max: unknown): void {
  if (typeof max === 'number' && max >= 0) return
  throw new TypeError(`max must be a number from 0 on, not ${shown(max)}`)
}

function slotBytes(maxBytes: number): number {
  return LENGTH_BYTES + Math.ceil(maxBytes / 8) * 8
}

/** Bytes of shared memory that a ring takes. */
export function ringBytes(capacity: number, maxBytes: number): number {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(
      `the capacity of a ring must be an integer from 1 on, not ${shown(capacity)}`,
    )
  }
  const size = HEAD_WORDS * 4 + capacity * slotBytes(maxBytes)
  if (size > MOST_BYTES) throw new RangeError(`a ring of ${size} bytes is too large: at most 2 GiB`)
  return size
}

/** What producer and consumer do alike: each goes from slot to slot, tells the other how far it is, waits, and closes. */
abstract class Side<T> {
  readonly capacity: number
  protected readonly codec: Codec<T>
  protected readonly memory: Memory
  /** How far this side is. */
  protected own: number
  /** How far the other side was when this one looked. */
  protected seen: number
  readonly #words: Int32Array
  readonly #mine: SideWords
  readonly #other: SideWords
  readonly #round: number
  readonly #slotBytes: number
  #inCodec = false

  protected constructor(place: RingPlace, codec: Codec<T>, mine: SideWords, other: SideWords) {
    const { buffer, byteOffset, capacity, maxBytes } = place
    const data = byteOffset + HEAD_WORDS * 4
    this.#words = new Int32Array(buffer, byteOffset, HEAD_WORDS)
    this.#slotBytes = slotBytes(maxBytes)
    const size = capacity * this.#slotBytes
    this.memory = {
      bytes: new Uint8Array(buffer, data, size),
      view: new DataView(buffer, data, size),
    }
    this.capacity = capacity
    this.codec = codec
    this.#round = 2 * capacity
    this.#mine = mine
    this.#other = other
    this.own = Atomics.load(this.#words, mine.counter)
    this.seen = Atomics.load(this.#words, other.counter)
  }

  /** Messages in the ring now. */
  get size(): number {
    const head = Atomics.load(this.#words, CONSUMER.counter)
    return this.distance(head, Atomics.load(this.#words, PRODUCER.counter))
  }

  /** 0 to 1. */
  get utilization(): number {
    return this.size / this.capacity
  }

  protected distance(head: number, tail: number): number {
    return tail >= head ? tail - head : tail - head + this.#round
  }

  /** Where the slot begins that this side is at. */
  protected get slot(): number {
    return this.slotNumber * this.#slotBytes
  }

  protected get slotNumber(): number {
    return this.own < this.capacity ? this.own : this.own - this.capacity
  }

  /** Looks how far the other side is. */
  protected look(): void {
    this.seen = Atomics.load(this.#words, this.#other.counter)
  }

  /** Is done with a slot; the other side learns it when this is published. */
  protected advance(): void {
    this.own = this.own + 1 === this.#round ? 0 : this.own + 1
  }

  /** Tells the other side how far this one is, and wakes it if it waits. */
  protected publish(): void {
    Atomics.store(this.#words, this.#mine.counter, this.own)
    const { waits, signal } = this.#other
    if (Atomics.load(this.#words, waits) === 0) return
    if (Atomics.exchange(this.#words, waits, 0) === 1) this.#signal(signal)
  }

  /** The codec is somebody's code: while it works on a slot, nobody else may. `refusal` is for who tries. */
  protected enterCodec(refusal: string): void {
    if (this.#inCodec) throw new BridgeError(refusal)
    this.#inCodec = true
  }

  protected leaveCodec(): void {
    this.#inCodec = false
  }

  protected get isClosed(): boolean {
    return Atomics.load(this.#words, this.#mine.closed) !== 0
  }

  protected get isOtherClosed(): boolean {
    return Atomics.load(this.#words, this.#other.closed) !== 0
  }

  /**
   * Says that this side waits, and for which signal. What came before is seen by a look after this; what comes later
   * signals. So look again after this, and before waiting.
   */
  beginWait(): Signal {
    const { waits, signal } = this.#mine
    const seen = Atomics.load(this.#words, signal)
    Atomics.store(this.#words, waits, 1)
    return { words: this.#words, index: signal, seen }
  }

  /** This side is done: no more messages, or none that is read. Ends the waits of both sides. */
  close(): void {
    Atomics.store(this.#words, this.#mine.closed, 1)
    this.#signal(CONSUMER.signal)
    this.#signal(PRODUCER.signal)
  }

  #signal(index: number): void {
    Atomics.add(this.#words, index, 1)
    Atomics.notify(this.#words, index)
  }
}

export class Producer<T> extends Side<T> {
  /** For a codec that might write too much: the ring up to the end of each slot, so that it can't reach the next. */
  readonly #windows: (Memory | undefined)[] | undefined

  constructor(place: RingPlace, codec: Codec<T>) {
    super(place, codec, PRODUCER, CONSUMER)
    if (!isCareful(codec)) this.#windows = []
  }

  /** Writes a message and wakes the consumer if it waits. False: the ring is full, nothing was written. */
  tryPush(value: T): boolean {
    if (this.#isFull()) {
      this.look()
      if (this.#isFull()) {
        this.#assertOpen()
        return false
      }
    }
    this.#assertOpen()
    const at = this.slot
    this.memory.view.setUint32(at, this.#write(value, at + LENGTH_BYTES), true)
    this.advance()
    this.publish()
    return true
  }

  #isFull(): boolean {
    return this.distance(this.seen, this.own) === this.capacity
  }

  #write(value: T, at: number): number {
    this.enterCodec(`a codec's write must not send on its own bridge`)
    try {
      return this.#checkLength(this.codec.write(value, this.#windowAt(at), at))
    } finally {
      this.leaveCodec()
    }
  }

  /** What the codec gets to see when it writes at this place. */
  #windowAt(at: number): Memory {
    const windows = this.#windows
    if (windows === undefined) return this.memory
    const slot = this.slotNumber
    const known = windows[slot]
    if (known !== undefined) return known
    const { buffer, byteOffset } = this.memory.bytes
    const end = at + this.codec.maxBytes
    const window = {
      bytes: new Uint8Array(buffer, byteOffset, end),
      view: new DataView(buffer, byteOffset, end),
    }
    if (slot < KEPT_WINDOWS) windows[slot] = window
    return window
  }

  /** Nothing of the message is in the ring yet. */
  #checkLength(length: number): number {
    const { maxBytes } = this.codec
    if (length > maxBytes) throw tooLarge(length, maxBytes)
    if (Number.isInteger(length) && length >= 0) return length
    throw new TypeError(`write of a codec returns how many bytes it wrote, not ${shown(length)}`)
  }

  #assertOpen(): void {
    if (this.isOtherClosed) {
      throw new BridgeClosedError('the other side of the bridge is closed: nobody reads')
    }
    if (this.isClosed) throw new BridgeClosedError('this side of the bridge is closed')
  }
}

/** What a ring is called that belongs to no bridge, in tests. */
const NO_BRIDGE: BridgeWay = { bridge: 'a ring', direction: 'requests' }

export class Consumer<T> extends Side<T> {
  readonly #way: BridgeWay
  /** How many messages were taken out. */
  #taken = 0
  /** The codec threw behind messages that could be read: the next call is told. */
  #failure: BridgeCodecError | undefined

  constructor(place: RingPlace, codec: Codec<T>, way = NO_BRIDGE) {
    super(place, codec, CONSUMER, PRODUCER)
    this.#way = way
  }

  /**
   * Reads up to `max` messages into the array, gives their slots back at once, and returns how many. A message whose
   * codec throws is left out, and ends the batch: those before it are returned first, then a BridgeCodecError comes.
   */
  drainInto(target: T[], max: number): number {
    if (!Array.isArray(target))
      throw new TypeError(`target must be an array, not ${describe(target)}`)
    checkMost(max)
    this.enterCodec(`a codec's read must not receive from its own bridge`)
    const before = this.#taken
    let count = 0
    try {
      this.look()
      while (count < max && this.own !== this.seen && this.#failure === undefined) {
        if (this.#readInto(target)) count++
      }
    } finally {
      this.leaveCodec()
    }
    if (this.#taken > before) this.publish()
    if (count === 0 && max > 0) this.#throwFailure()
    return count
  }

  /** Takes the next message out. False: its codec threw. */
  #readInto(target: T[]): boolean {
    const at = this.slot
    const sequence = ++this.#taken
    try {
      const length = this.memory.view.getUint32(at, true)
      target.push(this.codec.read(this.memory, at + LENGTH_BYTES, length))
      return true
    } catch (problem) {
      this.#failure = new BridgeCodecError(this.#way, sequence, problem)
      return false
    } finally {
      this.advance()
    }
  }

  #throwFailure(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }

  /** The next message; undefined: there is none now. Throws BridgeClosedError when there will be none. */
  tryPop(): { readonly value: T } | undefined {
    const one: T[] = []
    if (this.drainInto(one, 1) === 1) return { value: one[0] as T }
    this.assertMore()
    return undefined
  }

  /** Throws BridgeClosedError when the ring is empty and stays so. */
  assertMore(): void {
    const closed = this.isOtherClosed || this.isClosed
    // What was pushed before closing counts: look after the flag.
    if (closed && this.size === 0) {
      throw new BridgeClosedError(
        'the other side of the bridge is closed, and nothing is left to read',
      )
    }
  }
}
