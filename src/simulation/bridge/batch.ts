// The way to the simulator: shared memory, the commands that go out, the completions and the time that come in.
/**
 * Writes the commands of a step, in the order of the calls, into memory that the plugin reads. Commands of a
 * client's handles come in rows: a row goes on as long as the same client writes.
 */
import { CommandArea } from '../../future/port/command-area.ts'
import { wordsOf } from '../../future/port/copy-bytes.ts'
import type { BatchWitness, CallWitness, Operand } from './bridge-witness.ts'
import { Reply, type BridgeMemory } from './bridge-memory.ts'

/** The numbers of what a batch holds. As in native-callbacks/plugin/node/layout.h. */
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

/** The same as it is written: a text as its bytes. */
type Part = number | { readonly double: number } | Uint8Array

export class Batch extends CommandArea {
  readonly #memory: BridgeMemory
  readonly #double = new Float64Array(1)
  readonly #halves = new Int32Array(this.#double.buffer)
  /** The row that is open: where its head is, whose it is, and how many words it has. */
  #row = -1
  #rowClient = -1
  #rowWords = 0
  /** Set when somebody looks on. */
  witness: BatchWitness | undefined
  /** Set when all that passes is kept. */
  calls: CallWitness | undefined

  constructor(memory: BridgeMemory) {
    super(memory.commandWords, memory.commandBytes)
    this.#memory = memory
  }

  /** Begins a command of a client's handles; returns the index of its first word. */
  beginInRow(client: number, words: number, byteWords: number): number {
    const need = words + byteWords
    this.#makeRoom(need + HEAD_WORDS)
    if (this.#row < 0 || this.#rowClient !== client) {
      this.#row = this.#head(Op.row, client, 0)
      this.#rowClient = client
      this.#rowWords = 0
    }
    this.#rowWords += need
    this.word(this.#row + 2, this.#rowWords)
    const at = this.take(need)
    this.calls?.begunInRow(client, at, words, byteWords)
    return at
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
    let words = 0
    for (const part of parts) words += wordsOfPart(part)
    if (early) this.#makeRoom(HEAD_WORDS + words)
    else if (!this.fits(HEAD_WORDS + words)) return false
    this.#row = -1
    this.#head(op, client, words)
    let at = this.take(words)
    this.calls?.begun(op, client, operands)
    for (const part of parts) at = this.#part(at, part)
    return true
  }

  /** Hands the batch over; the step is over. */
  finish(reply: number): void {
    this.#memory.post(reply, this.#handOver())
  }

  /** Has the batch carried out now. Returns the error of its last command. */
  call(): number {
    this.#memory.post(Reply.call, this.#handOver())
    this.#memory.wait()
    this.calls?.came(this.#memory)
    this.witness?.answered(this.#memory.a)
    return this.#memory.a
  }

  /** The text of the last call's answer. */
  answeredText(): string {
    const { eventData, length } = this.#memory
    return Buffer.from(eventData.subarray(8, length)).toString()
  }

  #handOver(): number {
    this.#row = -1
    this.calls?.goesOut(this.#memory.commandWords, this.#memory.commandBytes)
    this.witness?.goesOut(this.#memory.commandWords, this.#memory.commandBytes)
    return this.handOver()
  }

  #head(op: number, client: number, words: number): number {
    const at = this.take(HEAD_WORDS)
    this.word(at, op)
    this.word(at + 1, client)
    this.word(at + 2, words)
    return at
  }

  /** Returns the word behind it. */
  #part(at: number, part: Part): number {
    if (typeof part === 'number') {
      this.word(at, part)
      return at + 1
    }
    if (part instanceof Uint8Array) {
      this.word(at, part.length)
      return this.bytes(at + 1, part, part.length)
    }
    this.#double[0] = part.double
    this.word(at, this.#halves[0] as number)
    this.word(at + 1, this.#halves[1] as number)
    return at + 2
  }

  /** What is written is carried out early when the area is full. */
  #makeRoom(words: number): void {
    if (this.fits(words)) return
    if (words > this.capacity) {
      throw new RangeError(`a command has at most ${4 * this.capacity} bytes in a simulation`)
    }
    this.call()
  }
}

function wordsOfPart(part: Part): number {
  if (typeof part === 'number') return 1
  return part instanceof Uint8Array ? 1 + wordsOf(part.length) : 2
}
