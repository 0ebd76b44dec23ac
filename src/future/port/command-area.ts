// The port: what handles and futures say to whoever carries their commands out, and how answers are read. The ring
// is one; the bridge of a simulation is another.

/**
 * Memory into which commands are written, as 32-bit words and runs of bytes that begin at a word. Who fills it says
 * where a command begins and when the area is carried out: the ring's writer, or the batch of a simulation.
 */
import { copyBytes } from './copy-bytes.ts'

export abstract class CommandArea {
  #words: Int32Array
  #bytes: Uint8Array
  #at = 0
  #generation = 1

  constructor(words: Int32Array, bytes: Uint8Array) {
    this.#words = words
    this.#bytes = bytes
  }

  /** Changes when what is written is carried out. */
  get generation(): number {
    return this.#generation
  }

  word(at: number, value: number): void {
    this.#words[at] = value
  }

  /** A signed 64-bit integer, in two words: the lower half first. */
  wide(at: number, value: bigint): void {
    this.#words[at] = Number(BigInt.asIntN(32, value))
    this.#words[at + 1] = Number(BigInt.asIntN(32, value >> 32n))
  }

  /** Sets flags in a command that is not carried out. */
  addFlags(at: number, flags: number): void {
    this.#words[at] = (this.#words[at] as number) | flags
  }

  /** Copies so many bytes to a word, as many as were measured; returns the word behind them. */
  bytes(at: number, source: Uint8Array, length: number): number {
    return copyBytes(this.#bytes, at, source, length)
  }

  /** How many words are written. */
  protected get written(): number {
    return this.#at
  }

  /** How many words it holds. */
  protected get capacity(): number {
    return this.#words.length
  }

  protected fits(words: number): boolean {
    return this.#at + words <= this.#words.length
  }

  /** The next so many words, which must fit, are the caller's to write. Returns the index of the first. */
  protected take(words: number): number {
    const at = this.#at
    this.#at = at + words
    return at
  }

  /** What was written is carried out; writing goes on at the beginning. Returns how many words it was. */
  protected handOver(): number {
    const words = this.#at
    this.#at = 0
    this.#generation++
    return words
  }

  /** Goes on in other memory. Only when nothing is written. */
  protected moveTo(words: Int32Array, bytes: Uint8Array): void {
    this.#words = words
    this.#bytes = bytes
  }
}
