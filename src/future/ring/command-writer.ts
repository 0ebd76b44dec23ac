// The ring: the port of a worker. Commands go out in rows, completions come back in batches: see docs/ring.md.

/**
 * Writes commands for the native ring into memory that it shares. A row of commands costs one foreign
 * call, whenever it is carried out: nothing is kept back, nothing overtakes.
 */
import { FDBStateError } from '../../native/errors/errors.ts'
import { CommandArea } from '../port/command-area.ts'
import type { RingMemory } from './ring-memory.ts'

/** What the worker does behind a row. */
export const Rest = {
  /** It stays awake. */
  none: 0,
  /** It sleeps: completions ring. */
  sleep: 1,
  /** It looks for completions for some microseconds, and sleeps if none come. */
  look: 2,
} as const
export type Rest = (typeof Rest)[keyof typeof Rest]

export class CommandWriter extends CommandArea {
  readonly #memory: RingMemory
  /** The memory of a command that is too long for the shared one, while it is written. */
  #long: Int32Array | undefined
  #releases = 0
  #closed = false

  constructor(memory: RingMemory) {
    super(memory.commandWords, memory.commandBytes)
    this.#memory = memory
  }

  get isEmpty(): boolean {
    return this.written === 0 && this.#releases === 0
  }

  /**
   * Begins a command of so many words, its head among them, and so many bytes, each run of bytes padded
   * to a whole word. Returns the index of its first word.
   */
  begin(words: number, byteWords: number): number {
    const need = words + byteWords
    if (!this.fits(need)) this.#makeRoom(need)
    return this.take(need)
  }

  /** The slot is given back before the next row is carried out. */
  release(slot: number): void {
    if (this.#releases === this.#memory.releaseCapacity) this.flush(Rest.none)
    this.#memory.releases[this.#releases++] = slot
  }

  /** Refuses every command from now on: the shared memory is gone. */
  close(): void {
    this.#closed = true
    this.moveTo(new Int32Array(0), new Uint8Array(0))
  }

  /** Carries the row out. The answer of its last command, if that one has an answer: an error code. */
  flush(rest: Rest): number {
    if (this.#closed) throw new FDBStateError('The completion ring of this worker is closed.')
    const { library, id } = this.#memory
    const long = this.#long
    const releases = this.#releases
    this.#releases = 0
    const count = this.handOver()
    if (long === undefined) return checked(library.flush(id, count, releases, rest))
    this.#useSharedMemory()
    checked(library.flush(id, 0, releases, 0))
    const answer = checked(library.execute(id, long, count))
    if (rest !== Rest.none) library.flush(id, 0, 0, rest)
    return answer
  }

  #makeRoom(need: number): void {
    this.flush(Rest.none)
    if (this.fits(need)) return
    this.#long = new Int32Array(need)
    this.moveTo(this.#long, new Uint8Array(this.#long.buffer))
  }

  #useSharedMemory(): void {
    this.#long = undefined
    this.moveTo(this.#memory.commandWords, this.#memory.commandBytes)
  }
}

function checked(answer: number): number {
  if (answer < 0) throw new Error('the ring refused a command row: please report this')
  return answer
}
