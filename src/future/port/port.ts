/**
 * What the handles and futures need of whoever carries their commands out: the ring of this worker, or
 * the bridge of a simulation.
 *
 * A command is a row of 32-bit words, then bytes; see commands.ts. Slots name futures and objects name
 * handles, by numbers that the port gives out.
 */
import type { CommandArea } from './command-area.ts'
import type { PayloadReader } from './payload.ts'

/** In place of an error code: the result could not be copied out, and the value is what was thrown. */
export const UNREADABLE = -1

/** What a slot belongs to. */
export interface SlotOwner {
  readonly read: PayloadReader
  /**
   * Called once, when the completion is taken: its bytes are copied out and the slot is given back. So it may run any
   * code. What it throws, the port reports; it has told all who wait by then. With the code of an error, the value is which
   * one of several reads failed, or 0.
   */
  complete(error: number, value: unknown): void
  /** The port was closed first: the native future is gone, and no completion comes. `tell`: who waits for it. */
  lost(tell: boolean): void
}

export interface Port {
  /** Where commands are written. */
  readonly writer: CommandArea
  /** Throws FDBMissingFunctionError unless the client library has the function. */
  requireFunction(name: string): void

  /** Begins a command without a future; its first operand is the object. Returns the index of its head. */
  command(code: number, object: number, words: number, byteWords: number): number
  /** Begins a command with a future. */
  submit(code: number, slot: number, object: number, words: number, byteWords: number): number
  /** Carries out what is written. Returns the error code of the last command, if it answers at once. */
  flush(): number
  /** The 64-bit answer of the last command that had one. */
  readonly answer: DataView

  /** Whether several reads may go as one command. Who looks at each call does not see them then. */
  readonly takesMany: boolean
  /** So many more operations are under way behind one slot. Throws FDBBusyError when there is no room for them. */
  occupy(operations: number): void
  vacate(operations: number): void
  /** Throws FDBBusyError when every slot is taken. */
  takeSlot(owner: SlotOwner): number
  /** Gives a slot back whose command was not written. */
  returnSlot(slot: number): void
  /** Arms a future whose command was carried out; one that was not takes the flag in its command. */
  arm(slot: number): void
  cancel(slot: number): void
  /** Destroys a future that was never armed. */
  releaseUnarmed(slot: number): void
  /** The owner is not interested any more; the slot comes back with its completion. */
  abandon(slot: number): void
  /** Asks about a future that is submitted and not armed. If it is ready, its owner is completed now. */
  collect(slot: number): boolean
  /** One more pending operation keeps the process from exiting. */
  hold(): void
  unhold(): void

  /** Throws FDBBusyError when every object is taken. */
  takeObject(): number
  /** What is in flight of a transaction fails with 1025. Nothing is left to do when all were destroyed. */
  cancelTransaction(object: number): void
  /** Destroys the handle, in its turn. */
  destroyObject(object: number): void
  /** The number of an object that was not made, or is destroyed. */
  freeObject(object: number): void
  /** The pointer behind an object, for a call of the raw table. */
  pointer(object: number): bigint
}
