/** Owns an `FDBTenant*`. Made by {@link DatabaseHandle.openTenant}. */
import { FDBError, FDBStateError } from '../../native/errors/errors.ts'
import { printable } from '../../native/values/printable.ts'
import { born, gone } from '../owners/census.ts'
import { checkBytes } from './checks.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { Code } from '../port/commands.ts'
import { FdbFuture } from './fdb-future.ts'
import { GranuleCalls } from './granule-calls.ts'
import { readInt64 } from '../port/payload.ts'
import { joinScope } from '../owners/surroundings.ts'
import { pin } from '../owners/pinned.ts'
import type { Port } from '../port/port.ts'
import { TransactionHandle } from './transaction-handle.ts'

export class TenantHandle {
  readonly #ring: Port
  readonly #object: number
  readonly #membership = joinScope(this)
  #closed = false

  constructor(ring: Port, database: number, name: Uint8Array) {
    const length = checkBytes('name', name)
    const object = ring.takeObject()
    const at = ring.command(Code.openTenant, object, 4, wordsOf(length))
    ring.writer.word(at + 2, database)
    ring.writer.word(at + 3, length)
    ring.writer.bytes(at + 4, name, length)
    const error = ring.flush()
    if (error !== 0) {
      ring.freeObject(object)
      throw new FDBError(error, `tenant ${printable(name)}`, { operation: 'openTenant' })
    }
    this.#ring = ring
    this.#object = object
    pin(this, 'a tenant')
    born('handle', this, 'FDBTenant')
  }

  get closed(): boolean {
    return this.#closed
  }

  /** As `closed`, by the name that every parent of futures has for it. */
  get destroyed(): boolean {
    return this.#closed
  }

  /** Calls about blob granules. */
  get granules(): GranuleCalls {
    const owner = { open: () => (this.#assertOpen(), this) }
    return new GranuleCalls(this.#ring, this.#object, 'fdb_tenant_', owner)
  }

  /** The `FDBTenant*`, for calls of the raw table. What was called before is carried out first. */
  get pointer(): bigint {
    this.#assertOpen()
    return this.#ring.pointer(this.#object)
  }

  createTransaction(): TransactionHandle {
    this.#assertOpen()
    return new TransactionHandle(this.#ring, Code.openTenantTransaction, this.#object)
  }

  getId(): FdbFuture<bigint> {
    this.#assertOpen()
    this.#ring.requireFunction('fdb_tenant_get_id')
    return new FdbFuture(this.#ring, readInt64, Code.getTenantId, this.#object, 3, 0, this)
  }

  /** Throws FDBStateError when it is closed already. Transactions of it go on until they are destroyed. */
  close(): void {
    this.#assertOpen()
    this.#closed = true
    this.#membership?.leave()
    gone('handle', this)
    this.#ring.destroyObject(this.#object)
  }

  /** Like close, and does nothing the second time. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw new FDBStateError('This tenant is closed. Open it again to use it.')
  }
}
