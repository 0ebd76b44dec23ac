/** What transactions are made from: a database, or a tenant. An object of the port, destroyed once. */
import { born, gone } from '../owners/census.ts'
import type { Membership } from '../owners/handle-scope.ts'
import { pin } from '../owners/pinned.ts'
import { joinScope } from '../owners/surroundings.ts'
import type { PayloadReader } from '../port/payload.ts'
import type { Port } from '../port/port.ts'
import { FdbFuture } from './fdb-future.ts'
import { GranuleCalls } from './granule-calls.ts'
import { TransactionHandle } from './transaction-handle.ts'
import type { TransactionPlace, UnderWay } from './under-way.ts'

/** What differs between a database and a tenant. */
export interface ParentKind {
  /** As the names of its functions have it, and messages. */
  readonly name: string
  /** How the C API calls its type. */
  readonly type: string
  /** The command that makes a transaction from it. */
  readonly opener: number
}

export abstract class ParentHandle {
  readonly #kind: ParentKind
  readonly #membership: Membership | undefined
  readonly #place: TransactionPlace
  #closed = false

  /** The object is made: what could not be made is counted nowhere, and a member of no scope. */
  protected constructor(kind: ParentKind, port: Port, object: number, underWay: UnderWay) {
    this.#kind = kind
    this.#place = { port, opener: kind.opener, parent: object, family: underWay }
    pin(this, `a ${kind.name}`)
    born('handle', this, kind.type)
    this.#membership = joinScope(this)
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
    const owner = { open: () => (this.assertOpen(), this), underWay: this.#place.family }
    return new GranuleCalls(this.#place.port, this.#place.parent, `fdb_${this.#kind.name}_`, owner)
  }

  /** The pointer of the C API, for calls of the raw table. What was called before is carried out first. */
  get pointer(): bigint {
    this.assertOpen()
    return this.#place.port.pointer(this.#place.parent)
  }

  /** Where its transactions are made. */
  get place(): TransactionPlace {
    return this.#place
  }

  createTransaction(): TransactionHandle {
    this.assertOpen()
    return TransactionHandle.open(this.#place)
  }

  /**
   * Throws FDBStateError when it is closed already. What it has under way is cancelled; transactions stay their owners', who
   * destroy them.
   *
   * @param advice what is told to who uses it later.
   */
  close(advice = 'Open it again to use it.'): void {
    if (this.#closed) this.#place.family.assertOpen()
    this.#closed = true
    this.#place.family.end(advice)
    this.#membership?.leave()
    gone('handle', this)
    this.#place.port.destroyObject(this.#place.parent)
  }

  /** Like close, and does nothing the second time. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.close()
  }

  protected get port(): Port {
    return this.#place.port
  }

  protected get underWay(): UnderWay {
    return this.#place.family
  }

  protected get object(): number {
    return this.#place.parent
  }

  protected assertOpen(): void {
    this.#place.family.assertOpen()
  }

  /** Begins a call that answers later. */
  protected submit<T>(
    read: PayloadReader,
    code: number,
    words: number,
    byteWords: number,
  ): FdbFuture<T> {
    this.assertOpen()
    return this.#place.family.add(
      new FdbFuture<T>(this.#place.port, read, code, this.#place.parent, words, byteWords, this),
    )
  }
}
