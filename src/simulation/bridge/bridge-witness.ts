/** Who looks on while commands and completions pass the bridge, and may add commands of its own. */

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

/** Of all clients, which share a batch. */
export interface BatchWitness {
  /** All commands in there are whole, and are carried out now. */
  goesOut(words: Int32Array, bytes: Uint8Array): void
  /** The last command was carried out, with this error. */
  answered(error: number): void
}
