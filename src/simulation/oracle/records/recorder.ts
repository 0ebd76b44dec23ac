/** Records of all clients of the process: one order of everything that happens, and a limit on what is kept. */
import type { BatchWitness } from '../../bridge/bridge-witness.ts'
import { keptAnswer } from './answers.ts'
import { CallPlace } from './call-place.ts'
import { Operands } from './operands.ts'
import {
  isWrite,
  type Attempt,
  type Moment,
  type Operation,
  type Read,
  type Run,
} from './attempt.ts'

/** Bytes of keys, values and answers. */
const MOST_BYTES = 256 * 2 ** 20
/** What an operation takes besides its bytes, and an attempt. */
const OPERATION_BYTES = 300
const ATTEMPT_BYTES = 600

/** A command that is written, and not carried out yet. */
export interface Noted {
  readonly at: number
  /** Words before its first operand. */
  readonly skip: number
  /** It is whole, and goes out. Gives what holds once it has succeeded, where its error is told at once. */
  carryOut(operands: Operands): (() => void) | undefined
}

export class Recorder implements BatchWitness {
  readonly #seconds: () => number
  readonly #attempts = new Map<number, Attempt>()
  /** Of all transactions that name no tenant; undefined: they are in none. */
  defaultTenant: string | undefined
  readonly #runs: Run[] = []
  #noted: Noted[] = []
  /** What holds if the command that went out last has succeeded. */
  #onSuccess: (() => void) | undefined
  #order = 0
  #transactions = 0
  #attemptCount = 0
  #bytes = 0
  #newest = 0
  #full: Moment | undefined
  /** Of the run whose transaction is the next to be made. */
  #opening: Run | undefined

  constructor(seconds: () => number) {
    this.#seconds = seconds
  }

  now(): Moment {
    return { order: ++this.#order, seconds: this.#seconds() }
  }

  /** Since then nothing is recorded: what there was took all the memory that it may. */
  get full(): Moment | undefined {
    return this.#full
  }

  get attempts(): ReadonlyMap<number, Attempt> {
    return this.#attempts
  }

  get runs(): readonly Run[] {
    return this.#runs
  }

  /** The newest version that anybody has seen. */
  get newest(): number {
    return this.#newest
  }

  saw(version: number): void {
    this.#newest = Math.max(this.#newest, version)
  }

  nextTransaction(): number {
    return ++this.#transactions
  }

  nextAttempt(): number {
    this.#count(ATTEMPT_BYTES)
    return ++this.#attemptCount
  }

  keep(attempt: Attempt): void {
    this.#attempts.set(attempt.id, attempt)
  }

  /** They are checked, and nothing more can come of them. */
  forget(attempts: Iterable<Attempt>): void {
    for (const attempt of attempts) {
      this.#attempts.delete(attempt.id)
      for (const operation of attempt.operations) this.#bytes -= sizeOf(operation)
      this.#bytes -= ATTEMPT_BYTES
    }
  }

  forgetRuns(isDone: (run: Run) => boolean): void {
    this.#runs.splice(0, Infinity, ...this.#runs.filter((run) => !isDone(run)))
  }

  /** The transaction that `begin` makes is the run's. */
  beginRun<T>(begin: () => T): { run: Run; result: T } {
    const run: Run = { place: new CallPlace(), attempts: [], told: 'nothing' }
    this.#runs.push(run)
    const before = this.#opening
    this.#opening = run
    try {
      return { run, result: begin() }
    } finally {
      this.#opening = before
    }
  }

  /** The run that makes the transaction which is made now. */
  takeRun(): Run | undefined {
    const run = this.#opening
    this.#opening = undefined
    return run
  }

  note(noted: Noted): void {
    if (this.#full === undefined) this.#noted.push(noted)
  }

  goesOut(words: Int32Array, bytes: Uint8Array): void {
    const noted = this.#noted
    this.#noted = []
    this.#onSuccess = undefined
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const each of noted) {
      this.#onSuccess = each.carryOut(new Operands(words, buffer, each.at, each.skip))
    }
  }

  answered(error: number): void {
    const then = this.#onSuccess
    this.#onSuccess = undefined
    if (error === 0) then?.()
  }

  add(attempt: Attempt, operation: Operation): void {
    attempt.operations.push(operation)
    this.#count(sizeOf(operation))
  }

  answer(read: Read, data: Uint8Array, length: number): void {
    if (this.#full !== undefined) return
    read.answer = keptAnswer(read, data, length)
    this.#count(read.answer.bytes?.length ?? 0)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > MOST_BYTES) this.#full ??= this.now()
  }
}

function sizeOf(operation: Operation): number {
  if (isWrite(operation)) return OPERATION_BYTES + operation.key.length + operation.operand.length
  return OPERATION_BYTES + (operation.answer?.bytes?.length ?? 0)
}
