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
import type { Codec, Memory } from './codec.ts'
import { BridgeClosedError, BridgeError } from './errors.ts'

/** The words of a ring's head, each on a cache line of its own. */
const LINE = 16
const HEAD = 0
const TAIL = LINE
const CONSUMER_WAITS = 2 * LINE
const CONSUMER_SIGNAL = 3 * LINE
const PRODUCER_WAITS = 4 * LINE
const PRODUCER_SIGNAL = 5 * LINE
const PRODUCER_CLOSED = 6 * LINE
const CONSUMER_CLOSED = 7 * LINE
const HEAD_WORDS = 8 * LINE

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

function slotBytes(maxBytes: number): number {
  return LENGTH_BYTES + Math.ceil(maxBytes / 8) * 8
}

/** Bytes of shared memory that a ring takes. */
export function ringBytes(capacity: number, maxBytes: number): number {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`the capacity of a ring must be an integer from 1 on, not ${capacity}`)
  }
  const size = HEAD_WORDS * 4 + capacity * slotBytes(maxBytes)
  if (size > MOST_BYTES) throw new RangeError(`a ring of ${size} bytes is too large: at most 2 GiB`)
  return size
}

class Side {
  protected readonly words: Int32Array
  protected readonly memory: Memory
  readonly capacity: number
  protected readonly round: number
  readonly #slotBytes: number

  constructor(place: RingPlace) {
    const { buffer, byteOffset, capacity, maxBytes } = place
    const data = byteOffset + HEAD_WORDS * 4
    this.words = new Int32Array(buffer, byteOffset, HEAD_WORDS)
    this.#slotBytes = slotBytes(maxBytes)
    const size = capacity * this.#slotBytes
    this.memory = {
      bytes: new Uint8Array(buffer, data, size),
      view: new DataView(buffer, data, size),
    }
    this.capacity = capacity
    this.round = 2 * capacity
  }

  protected slotAt(counter: number): number {
    const slot = counter < this.capacity ? counter : counter - this.capacity
    return slot * this.#slotBytes
  }

  protected next(counter: number): number {
    return counter + 1 === this.round ? 0 : counter + 1
  }

  protected distance(head: number, tail: number): number {
    return tail >= head ? tail - head : tail - head + this.round
  }

  /** Messages in the ring now. */
  get size(): number {
    return this.distance(Atomics.load(this.words, HEAD), Atomics.load(this.words, TAIL))
  }

  /** 0 to 1. */
  get utilization(): number {
    return this.size / this.capacity
  }

  protected signalIfWaiting(waits: number, signal: number): void {
    if (Atomics.load(this.words, waits) === 0) return
    if (Atomics.exchange(this.words, waits, 0) === 1) this.signal(signal)
  }

  protected signal(index: number): void {
    Atomics.add(this.words, index, 1)
    Atomics.notify(this.words, index)
  }

  /** Says that this side waits. What came before is seen by a look after this; what comes later signals. */
  protected beginWait(waits: number, index: number): Signal {
    const seen = Atomics.load(this.words, index)
    Atomics.store(this.words, waits, 1)
    return { words: this.words, index, seen }
  }
}

export class Producer<T> extends Side {
  readonly #codec: Codec<T>
  #writing = false
  #tail: number
  #head: number

  constructor(place: RingPlace, codec: Codec<T>) {
    super(place)
    this.#codec = codec
    this.#tail = Atomics.load(this.words, TAIL)
    this.#head = Atomics.load(this.words, HEAD)
  }

  /** Writes a message and wakes the consumer if it waits. False: the ring is full, nothing was written. */
  tryPush(value: T): boolean {
    if (this.distance(this.#head, this.#tail) === this.capacity) {
      this.#head = Atomics.load(this.words, HEAD)
      if (this.distance(this.#head, this.#tail) === this.capacity) {
        this.#assertOpen()
        return false
      }
    }
    this.#assertOpen()
    const at = this.slotAt(this.#tail)
    this.memory.view.setUint32(at, this.#write(value, at + LENGTH_BYTES), true)
    this.#tail = this.next(this.#tail)
    Atomics.store(this.words, TAIL, this.#tail)
    this.signalIfWaiting(CONSUMER_WAITS, CONSUMER_SIGNAL)
    return true
  }

  /** The codec is somebody's code: while it writes into the slot, another message must not go there too. */
  #write(value: T, at: number): number {
    if (this.#writing) throw new BridgeError(`a codec's write must not send on its own bridge`)
    this.#writing = true
    try {
      return this.#codec.write(value, this.memory, at)
    } finally {
      this.#writing = false
    }
  }

  #assertOpen(): void {
    if (Atomics.load(this.words, CONSUMER_CLOSED) !== 0) {
      throw new BridgeClosedError('the other side of the bridge is closed: nobody reads')
    }
    if (Atomics.load(this.words, PRODUCER_CLOSED) !== 0) {
      throw new BridgeClosedError('this side of the bridge is closed')
    }
  }

  /** What to wait for when the ring was full. Look again after this, and before waiting. */
  beginWaitForRoom(): Signal {
    return this.beginWait(PRODUCER_WAITS, PRODUCER_SIGNAL)
  }

  /** No more messages. Ends the waits of both sides. */
  close(): void {
    Atomics.store(this.words, PRODUCER_CLOSED, 1)
    this.signal(CONSUMER_SIGNAL)
    this.signal(PRODUCER_SIGNAL)
  }
}

export class Consumer<T> extends Side {
  readonly #codec: Codec<T>
  #reading = false
  #tail: number
  #head: number

  constructor(place: RingPlace, codec: Codec<T>) {
    super(place)
    this.#codec = codec
    this.#tail = Atomics.load(this.words, TAIL)
    this.#head = Atomics.load(this.words, HEAD)
  }

  /** Reads up to `max` messages into the array, gives their slots back at once, and returns how many. */
  drainInto(target: T[], max: number): number {
    // The codec is somebody's code: while it reads a slot, nobody else may take that message, or give its slot back.
    if (this.#reading) throw new BridgeError(`a codec's read must not receive from its own bridge`)
    this.#reading = true
    let count = 0
    try {
      this.#tail = Atomics.load(this.words, TAIL)
      while (count < max && this.#head !== this.#tail) {
        const at = this.slotAt(this.#head)
        const length = this.memory.view.getUint32(at, true)
        target.push(this.#codec.read(this.memory, at + LENGTH_BYTES, length))
        this.#head = this.next(this.#head)
        count++
      }
    } finally {
      this.#reading = false
    }
    if (count > 0) {
      Atomics.store(this.words, HEAD, this.#head)
      this.signalIfWaiting(PRODUCER_WAITS, PRODUCER_SIGNAL)
    }
    return count
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
    const closed =
      Atomics.load(this.words, PRODUCER_CLOSED) !== 0 ||
      Atomics.load(this.words, CONSUMER_CLOSED) !== 0
    // What was pushed before closing counts: look after the flag.
    if (closed && this.size === 0) {
      throw new BridgeClosedError(
        'the other side of the bridge is closed, and nothing is left to read',
      )
    }
  }

  /** What to wait for when the ring was empty. Look again after this, and before waiting. */
  beginWaitForMessage(): Signal {
    return this.beginWait(CONSUMER_WAITS, CONSUMER_SIGNAL)
  }

  /** Reads no more: pushes fail from now on. Ends the waits of both sides. */
  close(): void {
    Atomics.store(this.words, CONSUMER_CLOSED, 1)
    this.signal(CONSUMER_SIGNAL)
    this.signal(PRODUCER_SIGNAL)
  }
}
