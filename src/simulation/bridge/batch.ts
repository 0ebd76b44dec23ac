// The way to the simulator: shared memory, the commands that go out, the completions and the time that come in.
/**
 * Writes the commands of a step, in the order of the calls, into memory that the plugin reads. Commands of a
 * client's handles come in rows: a row goes on as long as the same client writes.
 */
import { copyBytes, wordsOf } from '../../future/port/copy-bytes.ts'
import type { CommandRow } from '../../future/port/port.ts'
import { Reply, type BridgeMemory } from './bridge-memory.ts'

/** The numbers of what a batch holds. As in native-callbacks/plugin/layout.h. */
export const Op = {
  row: 1,
  adopt: 2,
  delay: 3,
  trace: 4,
  promise: 5,
  metric: 6,
  checkTimeout: 7,
  fatal: 8,
  getOption: 9,
  random: 10,
  collect: 11,
} as const

const HEAD_WORDS = 3
const utf8 = new TextEncoder()

/** An operand: a whole number is a word, a double two, a text its length and its bytes. */
export type Operand = number | { readonly double: number } | string

export class Batch implements CommandRow {
  readonly #memory: BridgeMemory
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #double = new Float64Array(1)
  readonly #halves = new Int32Array(this.#double.buffer)
  #at = 0
  #generation = 1
  /** The row that is open: where its head is, and whose it is. */
  #row = -1
  #rowClient = -1

  constructor(memory: BridgeMemory) {
    this.#memory = memory
    this.#words = memory.commandWords
    this.#bytes = memory.commandBytes
  }

  get generation(): number {
    return this.#generation
  }

  /** Begins a command of a client's handles; returns the index of its first word. */
  beginInRow(client: number, words: number, byteWords: number): number {
    const need = words + byteWords
    this.#makeRoom(need + HEAD_WORDS)
    if (this.#row < 0 || this.#rowClient !== client) {
      this.#row = this.#head(Op.row, client, 0)
      this.#rowClient = client
    }
    const at = this.#at
    this.#at += need
    this.#words[this.#row + 2] = (this.#words[this.#row + 2] as number) + need
    return at
  }

  word(at: number, value: number): void {
    this.#words[at] = value
  }

  addFlags(at: number, flags: number): void {
    this.#words[at] = (this.#words[at] as number) | flags
  }

  bytes(at: number, source: Uint8Array, length: number): number {
    return copyBytes(this.#bytes, at, source, length)
  }

  /** A command of its own. */
  put(op: number, client: number, ...operands: Operand[]): void {
    this.#put(op, client, operands, true)
  }

  /**
   * The same while another command may be half written: nothing is carried out early. False: there was no
   * room.
   */
  putAside(op: number, client: number, ...operands: Operand[]): boolean {
    return this.#put(op, client, operands, false)
  }

  #put(op: number, client: number, operands: readonly Operand[], early: boolean): boolean {
    const parts = operands.map((part) => (typeof part === 'string' ? utf8.encode(part) : part))
    let words = HEAD_WORDS
    for (const part of parts) words += wordsOfOperand(part)
    if (early) this.#makeRoom(words)
    else if (this.#at + words > this.#words.length) return false
    this.#row = -1
    this.#head(op, client, words - HEAD_WORDS)
    for (const part of parts) this.#operand(part)
    return true
  }

  /** Hands the batch over; the step is over. */
  finish(reply: number): void {
    this.#memory.post(reply, this.#take())
  }

  /** Has the batch carried out now. Returns the error of its last command. */
  call(): number {
    this.#memory.post(Reply.call, this.#take())
    this.#memory.wait()
    return this.#memory.a
  }

  /** The text of the last call's answer. */
  answeredText(): string {
    const { eventData, length } = this.#memory
    return Buffer.from(eventData.subarray(8, length)).toString()
  }

  #take(): number {
    const words = this.#at
    this.#at = 0
    this.#row = -1
    this.#generation++
    return words
  }

  #head(op: number, client: number, words: number): number {
    const at = this.#at
    this.#words[at] = op
    this.#words[at + 1] = client
    this.#words[at + 2] = words
    this.#at = at + HEAD_WORDS
    return at
  }

  #operand(part: number | { readonly double: number } | Uint8Array): void {
    if (typeof part === 'number') {
      this.#words[this.#at++] = part
    } else if (part instanceof Uint8Array) {
      this.#words[this.#at++] = part.length
      this.#at = this.bytes(this.#at, part, part.length)
    } else {
      this.#double[0] = part.double
      this.#words[this.#at++] = this.#halves[0] as number
      this.#words[this.#at++] = this.#halves[1] as number
    }
  }

  /** What is written is carried out early when the area is full. */
  #makeRoom(words: number): void {
    if (this.#at + words <= this.#words.length) return
    if (words > this.#words.length) {
      throw new RangeError(`a command has at most ${this.#bytes.length} bytes in a simulation`)
    }
    this.call()
  }
}

function wordsOfOperand(part: number | { readonly double: number } | Uint8Array): number {
  if (typeof part === 'number') return 1
  return part instanceof Uint8Array ? 1 + wordsOf(part.length) : 2
}
