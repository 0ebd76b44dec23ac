/**
 * Writes commands for the native ring into memory that it shares. A row of commands costs one foreign
 * call, whenever it is carried out: nothing is kept back, nothing overtakes.
 */
import { FDBStateError } from '../../native/errors/errors.ts'
import { copyBytes } from '../port/copy-bytes.ts'
import type { RingMemory } from './ring-memory.ts'

export class CommandWriter {
  readonly #memory: RingMemory
  /** Where commands are written now: shared memory, or a piece of its own for one that is too long. */
  #words: Int32Array
  #bytes: Uint8Array
  #at = 0
  #releases = 0
  #generation = 1
  #closed = false

  constructor(memory: RingMemory) {
    this.#memory = memory
    this.#words = memory.commandWords
    this.#bytes = memory.commandBytes
  }

  /** Changes with each row: commands written before the change are carried out. */
  get generation(): number {
    return this.#generation
  }

  get isEmpty(): boolean {
    return this.#at === 0 && this.#releases === 0
  }

  /**
   * Begins a command of so many words, its head among them, and so many bytes, each run of bytes padded
   * to a whole word. Returns the index of its first word.
   */
  begin(words: number, byteWords: number): number {
    const need = words + byteWords
    if (this.#at + need > this.#words.length) this.#makeRoom(need)
    const at = this.#at
    this.#at = at + need
    return at
  }

  word(at: number, value: number): void {
    this.#words[at] = value
  }

  /** Sets flags in a command of this row. */
  addFlags(at: number, flags: number): void {
    this.#words[at] = (this.#words[at] as number) | flags
  }

  /** Copies so many bytes to a word, as many as were measured; returns the word behind them. */
  bytes(at: number, source: Uint8Array, length: number): number {
    return copyBytes(this.#bytes, at, source, length)
  }

  /** The slot is given back before the next row is carried out. */
  release(slot: number): void {
    if (this.#releases === this.#memory.releaseCapacity) this.flush(false)
    this.#memory.releases[this.#releases++] = slot
  }

  /** Refuses every command from now on: the shared memory is gone. */
  close(): void {
    this.#closed = true
    this.#words = new Int32Array(0)
    this.#bytes = new Uint8Array(0)
  }

  /** Carries the row out. The answer of its last command, if that one has an answer: an error code. */
  flush(sleep: boolean): number {
    if (this.#closed) throw new FDBStateError('The completion ring of this worker is closed.')
    const memory = this.#memory
    const count = this.#at
    const long = this.#words === memory.commandWords ? undefined : this.#words
    const releases = this.#releases
    this.#at = 0
    this.#releases = 0
    this.#generation++
    this.#words = memory.commandWords
    this.#bytes = memory.commandBytes
    const { library, id } = memory
    if (long === undefined) return checked(library.flush(id, count, releases, sleep ? 1 : 0))
    checked(library.flush(id, 0, releases, 0))
    const answer = checked(library.execute(id, long, count))
    if (sleep) library.flush(id, 0, 0, 1)
    return answer
  }

  #makeRoom(need: number): void {
    this.flush(false)
    if (need <= this.#words.length) return
    this.#words = new Int32Array(need)
    this.#bytes = new Uint8Array(this.#words.buffer)
  }
}

function checked(answer: number): number {
  if (answer < 0) throw new Error('the ring refused a command row: please report this')
  return answer
}
