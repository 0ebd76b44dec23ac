/**
 * A read whose answer goes to one owner, without a future of its own: several of them settle as one promise. It is armed
 * when it is asked, and its slot comes back with the completion. docs/ring.md, "Many reads at once".
 */
import { FDBError } from '../../native/errors/errors.ts'
import { born, gone } from '../owners/census.ts'
import { Code, Flag, operationOf } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { lostAnswer } from '../port/lost-answer.ts'
import { readKeyValues, readValues, type PayloadReader, type RangeResult } from '../port/payload.ts'
import { UNREADABLE, type Port, type SlotOwner } from '../port/port.ts'
import { checkBytes } from '../port/checks.ts'
import type { FdbFuture, Parent } from './fdb-future.ts'
import type { RangeCommand } from './range-command.ts'

/** Who asked. It is told once, unless it has dropped the read. */
export interface ReadOwner<T> {
  answered(value: T): void
  failed(error: unknown): void
}

/** A read that was asked. */
export interface AskedRead {
  /** The owner is told nothing any more, and what is in flight is cancelled. A second time it does nothing. */
  drop(): void
}

/** Keys of one command, at most: as in native-callbacks/ring/completions/many_gets.h. */
export const MOST_KEYS = 256

/** What a read is of. */
export interface Question<T> {
  readonly read: PayloadReader
  /** As in the API, for errors. */
  readonly operation: number
  /** By the number that an error comes with. */
  readonly keys: readonly Uint8Array[]
  readonly owner: ReadOwner<T>
}

export class OwnedRead<T> implements SlotOwner, AskedRead {
  readonly read: PayloadReader
  readonly #port: Port
  readonly #slot: number
  readonly #question: Question<T>
  /** The index of its command's first operand behind slot and object. Valid right after construction. */
  readonly operands: number
  /** It lives as long as this is pending: a forgotten one would be destroyed. */
  #parent: Parent | undefined

  /** Submits a command; the caller writes its operands. Throws FDBBusyError when there is no room. */
  constructor(
    port: Port,
    parent: Parent,
    object: number,
    code: number,
    words: number,
    byteWords: number,
    question: Question<T>,
  ) {
    this.read = question.read
    this.#port = port
    this.#parent = parent
    this.#question = question
    port.occupy(this.#others)
    try {
      this.#slot = port.takeSlot(this)
    } catch (full) {
      port.vacate(this.#others)
      throw full
    }
    born('handle', this, 'FDBFuture')
    port.hold()
    try {
      this.operands = port.submit(code | Flag.arm, this.#slot, object, words, byteWords) + 3
    } catch (problem) {
      this.#leave()
      port.returnSlot(this.#slot)
      throw problem
    }
  }

  complete(error: number, value: unknown): void {
    if (this.#parent === undefined) return
    this.#leave()
    const { owner, operation, keys } = this.#question
    if (error === 0) return owner.answered(value as T)
    if (error === UNREADABLE) return owner.failed(value)
    const context = { operation: operationOf(operation), key: keys[value as number] }
    owner.failed(new FDBError(error, undefined, context))
  }

  lost(tell: boolean): void {
    if (this.#parent === undefined) return
    this.#leave()
    if (tell) this.#question.owner.failed(lostAnswer(this.#question.operation))
  }

  drop(): void {
    if (this.#parent === undefined) return
    this.#leave()
    this.#port.cancel(this.#slot)
    this.#port.abandon(this.#slot)
  }

  /** Operations that it is, besides one. */
  get #others(): number {
    return this.#question.keys.length - 1
  }

  #leave(): void {
    this.#parent = undefined
    this.#port.unhold()
    this.#port.vacate(this.#others)
    gone('handle', this)
  }
}

/** Up to {@link MOST_KEYS} gets as one command. Throws for what is no key before anything is written. */
export function askMany(
  port: Port,
  parent: Parent,
  object: number,
  keys: readonly Uint8Array[],
  snapshot: boolean,
  owner: ReadOwner<(Buffer | undefined)[]>,
): AskedRead {
  const lengths = keys.map((key) => checkBytes('key', key))
  const byteWords = lengths.reduce((words, length) => words + wordsOf(length), 0)
  const code = snapshot ? Code.getMany | Flag.snapshot : Code.getMany
  const question = { read: readValues, operation: Code.get, keys, owner }
  const words = 4 + keys.length
  const asked = new OwnedRead(port, parent, object, code, words, byteWords, question)
  const { writer } = port
  let at = asked.operands
  writer.word(at++, keys.length)
  for (const length of lengths) writer.word(at++, length)
  keys.forEach((key, i) => (at = writer.bytes(at, key, lengths[i] as number)))
  return asked
}

/** One batch of a range, which has its first key for errors. */
export function askRange(
  port: Port,
  parent: Parent,
  object: number,
  command: RangeCommand,
  owner: ReadOwner<RangeResult>,
): AskedRead {
  const { code, words, byteWords } = command
  const keys = [command.begin.key]
  const question = { read: readKeyValues, operation: Code.getRange, keys, owner }
  const asked = new OwnedRead(port, parent, object, code, words, byteWords, question)
  command.write(port.writer, asked.operands)
  return asked
}

/** A future as a read of an owner: where each call is to be seen, or has to be carried out by itself. */
export function askedAlone<T>(future: FdbFuture<T>, owner: ReadOwner<T>): AskedRead {
  return told(future, [future], owner)
}

/** Several as one. */
export function askedEach<T>(futures: readonly FdbFuture<T>[], owner: ReadOwner<T[]>): AskedRead {
  return told(Promise.all(futures), futures, owner)
}

function told<T>(
  answer: PromiseLike<T>,
  futures: readonly FdbFuture<unknown>[],
  owner: ReadOwner<T>,
): AskedRead {
  let isDropped = false
  answer.then(
    (value) => {
      if (!isDropped) owner.answered(value)
    },
    (error: unknown) => {
      if (!isDropped) owner.failed(error)
    },
  )
  return {
    drop: () => {
      isDropped = true
      for (const future of futures) future.fail()
    },
  }
}
