import { ModelTransaction } from '../../client/model/model-database.ts'
import type { ModelDatabase } from '../../client/model/model-database.ts'
import { textOf } from './program.ts'

/** A failure with a code of the C API. */
export class CodedError extends Error {
  readonly code: number
  constructor(code: number) {
    super(`error ${code}`)
    this.code = code
  }
}

/** A transaction, and what the model's own transactions leave out. */
export class ReferenceTransaction {
  model: ModelTransaction
  cancelled = false
  committedAt: ModelTransaction | undefined
  readonly #db: ModelDatabase
  #stamped: ((stamp: Buffer) => [key: string, value: Buffer])[] = []

  constructor(db: ModelDatabase) {
    this.#db = db
    this.model = new ModelTransaction(db)
  }

  reset(): void {
    this.model = new ModelTransaction(this.#db)
    this.#stamped = []
    this.cancelled = false
  }

  checkAlive(): void {
    if (this.cancelled) throw new CodedError(1025)
  }

  stampKey(key: Buffer, value: Buffer): void {
    const at = key.readUInt32LE(key.length - 4)
    this.#stamped.push((stamp) => [textOf(filled(key.subarray(0, -4), at, stamp)), value])
  }

  stampValue(key: string, value: Buffer): void {
    const at = value.readUInt32LE(value.length - 4)
    this.#stamped.push((stamp) => [key, filled(value.subarray(0, -4), at, stamp)])
  }

  commit(): void {
    this.checkAlive()
    const stamp = Buffer.alloc(10)
    stamp.writeUInt32BE(this.#db.now + 1, 4)
    for (const write of this.#stamped) this.model.set(...write(stamp))
    if (!this.model.commit()) throw new CodedError(1020)
    this.committedAt = new ModelTransaction(this.#db)
    this.committedAt.begin()
  }
}

function filled(bytes: Buffer, at: number, stamp: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  stamp.copy(copy, at)
  return copy
}
