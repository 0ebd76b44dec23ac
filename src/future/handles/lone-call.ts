/**
 * A transaction of one call: made and asked by one row of commands, and destroyed with the answer, without a handle, a
 * future or an attempt of its own. Most calls of a database are that, and succeed.
 *
 * One that fails becomes a handle like any other, by `adopt`: its owner decides whether there is another attempt. So the
 * native transaction is destroyed once: with the answer, or by that handle.
 */
import { NOWHERE } from '../owners/bag.ts'
import { born, gone } from '../owners/census.ts'
import { Code, Flag } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { readNothing, readValue, type PayloadReader } from '../port/payload.ts'
import { UNREADABLE, type Port, type SlotOwner } from '../port/port.ts'
import { checkBytes } from '../port/checks.ts'
import { lostAnswer } from '../port/lost-answer.ts'
import { TransactionHandle } from './transaction-handle.ts'
import type { NativeTransaction, TransactionPlace, UnderWay } from './under-way.ts'
import { writeClear, writeOpen, writeSet } from './writes.ts'

/** Who asked. It is told once. */
export interface LoneOwner<T> {
  succeeded(value: T): void
  /** The C API answered with this error. The transaction is there still: the owner adopts it, now. */
  refused(code: number, call: LoneCall<T>): void
  /** There is no answer, and no transaction. */
  failed(error: unknown): void
}

export class LoneCall<T> implements SlotOwner, NativeTransaction {
  readonly ring: Port
  readonly family: UnderWay
  readonly object: number
  readonly read: PayloadReader
  place = NOWHERE
  readonly #code: number
  readonly #owner: LoneOwner<T>

  /** Reads a key, without a read conflict. Throws what the port throws when it is full or closed: nothing is begun then. */
  static get(place: TransactionPlace, key: Uint8Array, owner: LoneOwner<Buffer | undefined>): void {
    const length = checkBytes('key', key)
    const call = new LoneCall(place, Code.get | Flag.snapshot, readValue, owner)
    const slot = call.#begin(place)
    const at = call.#submit(slot, 4, wordsOf(length))
    const { writer } = place.port
    writer.word(at + 3, length)
    writer.bytes(at + 4, key, length)
  }

  /** Sets a key, or clears it when there is no value, and commits. Throws as `get`. */
  static write(
    place: TransactionPlace,
    key: Uint8Array,
    value: Uint8Array | undefined,
    owner: LoneOwner<void>,
  ): void {
    const keyBytes = checkBytes('key', key)
    const valueBytes = value === undefined ? 0 : checkBytes('value', value)
    const call = new LoneCall(place, Code.commit, readNothing, owner)
    const slot = call.#begin(place)
    if (value === undefined) writeClear(place.port, call.object, key, keyBytes)
    else writeSet(place.port, call.object, key, keyBytes, value, valueBytes)
    call.#submit(slot, 3, 0)
  }

  private constructor(
    { port, family }: TransactionPlace,
    code: number,
    read: PayloadReader,
    owner: LoneOwner<T>,
  ) {
    family.assertOpen()
    this.ring = port
    this.family = family
    this.#code = code
    this.read = read
    this.#owner = owner
    this.object = port.takeObject()
  }

  /** Writes the command that makes the transaction; returns the slot of its answer. */
  #begin(place: TransactionPlace): number {
    const { port } = place
    let slot: number
    try {
      slot = port.takeSlot(this)
    } catch (full) {
      port.freeObject(this.object)
      throw full
    }
    writeOpen(place, this.object)
    born('handle', this, 'FDBTransaction')
    this.family.join(this)
    port.hold()
    return slot
  }

  #submit(slot: number, words: number, byteWords: number): number {
    return this.ring.submit(this.#code | Flag.arm, slot, this.object, words, byteWords)
  }

  /** For another attempt: from now on the transaction is the handle's. */
  adopt(): TransactionHandle {
    return TransactionHandle.adopt(this.ring, this.object, this.family)
  }

  complete(error: number, value: unknown): void {
    this.#leave()
    if (error > 0) return this.#owner.refused(error, this)
    this.ring.destroyObject(this.object)
    if (error === UNREADABLE) this.#owner.failed(value)
    else this.#owner.succeeded(value as T)
  }

  lost(tell: boolean): void {
    this.#leave()
    if (tell) this.#owner.failed(lostAnswer(this.#code))
  }

  #leave(): void {
    this.ring.unhold()
    this.family.leave(this)
    gone('handle', this)
  }
}
