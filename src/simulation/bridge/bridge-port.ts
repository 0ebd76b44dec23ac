/**
 * What carries out the commands of one simulated client: the counterpart of the ring, in the workload
 * process. Commands go out with the step, or at once when a call needs its answer; a completion is an event.
 *
 * Handles belong to a phase: none can be made between phases, and what is left when one ends is destroyed
 * with it, in the order it was made.
 */
import type { CommandArea } from '../../future/port/command-area.ts'
import { Code } from '../../future/port/commands.ts'
import { ABSENT } from '../../future/port/payload.ts'
import { UNREADABLE, type Port, type SlotOwner } from '../../future/port/port.ts'
import { FDBBusyError, FDBStateError } from '../../native/errors/errors.ts'
import { Op, type Batch } from './batch.ts'
import type { BridgeMemory } from './bridge-memory.ts'
import type { PortWitness } from './bridge-witness.ts'
import type { TransactionTrace } from '../trace/transaction-trace.ts'

/** As the plugin's: see kRingSizes in native-callbacks/plugin/bridge.cc. */
const SLOTS = 1 << 16
const OBJECTS = 1 << 14

const NOBODY: SlotOwner = {
  read: () => undefined,
  complete: () => undefined,
  lost: () => undefined,
}

export class BridgePort implements Port {
  readonly #client: number
  readonly #batch: Batch
  readonly #memory: BridgeMemory
  readonly #owners = new Map<number, SlotOwner>()
  readonly #freeSlots: number[] = []
  #slots = 0
  /** Slots of database operations, which end with their phase; delays go on. */
  readonly #operations = new Set<number>()
  readonly #objects = new Set<number>()
  readonly #freeObjects: number[] = []
  #objectCount = 0
  /** Destroyed with their phase; their handles don't know yet. */
  readonly #reaped = new Set<number>()
  #open = false
  /** Set when the attempts of transactions are traced. */
  transactions: TransactionTrace | undefined
  /** Set when somebody looks on. */
  witness: PortWitness | undefined

  constructor(client: number, batch: Batch, memory: BridgeMemory) {
    this.#client = client
    this.#batch = batch
    this.#memory = memory
  }

  get writer(): CommandArea {
    return this.#batch
  }

  get answer(): DataView {
    return this.#memory.answer
  }

  /** The plugin takes only a client library that has them all. */
  requireFunction(): void {}

  /** A phase begins: the answer is the object of its database. */
  beginPhase(): number {
    this.#open = true
    const object = this.takeObject()
    this.#batch.put(Op.adopt, this.#client, object)
    return object
  }

  /** Everything of the phase is destroyed, and what is in flight is cancelled. */
  endPhase(): void {
    this.#open = false
    for (const object of this.#objects) {
      this.#write(Code.destroy, object)
      this.#reaped.add(object)
    }
    this.#objects.clear()
    for (const slot of this.#operations) this.cancel(slot)
    this.witness?.ended()
  }

  command(code: number, object: number, words: number, byteWords: number): number {
    this.#assertLiving(object)
    this.witness?.before(code & 0xff, object)
    const at = this.#batch.beginInRow(this.#client, words, byteWords)
    this.#batch.word(at, code)
    this.#batch.word(at + 1, object)
    this.witness?.written(code & 0xff, object, -1, at)
    return at
  }

  submit(code: number, slot: number, object: number, words: number, byteWords: number): number {
    this.witness?.before(code & 0xff, object)
    this.#operations.add(slot)
    const at = this.#batch.beginInRow(this.#client, words, byteWords)
    this.#batch.word(at, code)
    this.#batch.word(at + 1, slot)
    this.#batch.word(at + 2, object)
    this.transactions?.submitted(code & 0xff, slot, object)
    this.witness?.written(code & 0xff, object, slot, at)
    return at
  }

  flush(): number {
    return this.#batch.call()
  }

  /** Each read is recorded and traced, so each is a command. */
  readonly takesMany = false

  occupy(): void {}

  vacate(): void {}

  takeSlot(owner: SlotOwner): number {
    if (this.#owners.size >= SLOTS) refuse('operations', SLOTS)
    const slot = this.#freeSlots.pop() ?? this.#slots++
    this.#owners.set(slot, owner)
    return slot
  }

  returnSlot(slot: number): void {
    this.#freeSlot(slot)
  }

  arm(slot: number): void {
    this.#write(Code.arm, slot)
  }

  cancel(slot: number): void {
    this.#write(Code.cancel, slot)
  }

  releaseUnarmed(slot: number): void {
    this.witness?.released(slot)
    this.#write(Code.release, slot)
    this.#freeSlot(slot)
  }

  abandon(slot: number): void {
    this.#owners.set(slot, NOBODY)
  }

  /** Asks the simulator, which stands still meanwhile: the answer hangs on nothing but the seed. */
  collect(slot: number): boolean {
    this.#batch.put(Op.collect, this.#client, slot)
    this.#batch.call()
    const { a: error, b: ready, length } = this.#memory
    if (ready === 0) return false
    this.settle(slot, error, length)
    return true
  }

  hold(): void {}

  unhold(): void {}

  takeObject(): number {
    if (!this.#open) {
      throw new FDBStateError(
        'There is no database between the phases of a simulation: what setup, start or check begins must ' +
          'end before its promise settles.',
      )
    }
    if (this.#objects.size >= OBJECTS) refuse('handles', OBJECTS)
    const object = this.#freeObjects.pop() ?? this.#objectCount++
    this.#objects.add(object)
    return object
  }

  cancelTransaction(object: number): void {
    if (!this.#reaped.has(object)) this.#write(Code.cancelTransaction, object)
  }

  destroyObject(object: number): void {
    if (!this.#reaped.has(object)) this.#write(Code.destroy, object)
    this.freeObject(object)
  }

  freeObject(object: number): void {
    this.transactions?.destroyed(object)
    this.witness?.destroyed(object)
    this.#reaped.delete(object)
    this.#objects.delete(object)
    this.#freeObjects.push(object)
  }

  pointer(): bigint {
    throw new FDBStateError('Native pointers are fdbserver’s in a simulation: use the handles.')
  }

  /** A future of the simulator that is ready after so many seconds. */
  delay(owner: SlotOwner, seconds: number): number {
    const slot = this.takeSlot(owner)
    this.#batch.put(Op.delay, this.#client, slot, { double: seconds })
    return slot
  }

  /**
   * A completion: the plugin has given the slot back already. Its bytes are copied out before its owner is told, since
   * the next call of whoever is told is answered in the same place.
   */
  settle(slot: number, error: number, length: number): void {
    const owner = this.#owners.get(slot)
    if (owner === undefined) throw new Error(`slot ${slot} completes, and nobody has it`)
    const { eventData } = this.#memory
    let outcome = error
    let value: unknown
    try {
      if (error === 0) value = owner.read(eventData, 0, Math.max(length, ABSENT))
    } catch (problem) {
      outcome = UNREADABLE
      value = problem
    }
    this.#freeSlot(slot)
    this.transactions?.settled(slot, error)
    this.witness?.settled(slot, error, eventData, length)
    owner.complete(outcome, value)
  }

  #assertLiving(object: number): void {
    if (this.#reaped.size === 0 || !this.#reaped.has(object)) return
    throw new FDBStateError('This handle was made in an earlier phase, and was destroyed with it.')
  }

  #write(code: number, operand: number): void {
    const at = this.#batch.beginInRow(this.#client, 2, 0)
    this.#batch.word(at, code)
    this.#batch.word(at + 1, operand)
  }

  #freeSlot(slot: number): void {
    this.#owners.delete(slot)
    this.#operations.delete(slot)
    this.#freeSlots.push(slot)
  }
}

function refuse(what: string, limit: number): never {
  throw new FDBBusyError(
    `This client has ${limit} ${what} open, which is its limit. Await or destroy some first.`,
  )
}
