/** Who looks on while commands and completions pass the bridge, and may add commands of its own. */

import type { BridgeMemory } from './bridge-memory.ts'

/** Of one client. */
export interface PortWitness {
  /** A command is about to be written: what the witness wants carried out before it, it writes now. */
  before(code: number, object: number): void
  /** A command begins at this word. Its operands are there when the batch goes out. `slot`: -1 without a future. */
  written(code: number, object: number, slot: number, at: number): void
  /** A future has completed, before its owner is told. */
  settled(slot: number, error: number, data: Uint8Array, length: number): void
  /** Nobody waits for it any more. */
  released(slot: number): void
  /** The number of a handle that is destroyed, or was not made. */
  destroyed(object: number): void
  /** All handles of the client are destroyed. */
  ended(): void
}

/** An operand: a whole number is a word, a double two, a text its length and its bytes. */
export type Operand = number | { readonly double: number } | string

/** Of all that passes, either way, as numbers and bytes. */
export interface CallWitness {
  /** A command of a client's handles begins at this word: so many words of numbers, then of bytes. */
  begunInRow(client: number, at: number, words: number, byteWords: number): void
  /** A command of its own. */
  begun(op: number, client: number, operands: readonly Operand[]): void
  /** All commands in there are whole, and are carried out now. */
  goesOut(words: Int32Array, bytes: Uint8Array): void
  /** An event, or an answer: it is in the memory now. */
  came(memory: BridgeMemory): void
}

/** Of all clients, which share a batch. */
export interface BatchWitness {
  /** All commands in there are whole, and are carried out now. */
  goesOut(words: Int32Array, bytes: Uint8Array): void
  /** The last command was carried out, with this error. */
  answered(error: number): void
}
