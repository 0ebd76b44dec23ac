/** What transactions are made from: a database, or a tenant. An object of the port, destroyed once. */
import { born, gone } from '../owners/census.ts'
import type { Membership } from '../owners/handle-scope.ts'
import { pin } from '../owners/pinned.ts'
import { joinScope } from '../owners/surroundings.ts'
import type { PayloadReader } from '../port/payload.ts'
import type { Port } from '../port/port.ts'
import { FdbFuture } from './fdb-future.ts'
import { GranuleCalls } from './granule-calls.ts'
import type { LonePlace } from './lone-call.ts'
import { TransactionHandle } from './transaction-handle.ts'
import type { UnderWay } from './under-way.ts'

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
  readonly #port: Port
  readonly #object: number
  readonly #membership: Membership | undefined
  readonly #underWay: UnderWay
  readonly #lonePlace: LonePlace
  #closed = false

  /** The object is made: what could not be made is counted nowhere, and a member of no scope. */
  protected constructor(kind: ParentKind, port: Port, object: number, underWay: UnderWay) {
    this.#kind = kind
    this.#underWay = underWay
    this.#port = port
    this.#object = object
    this.#lonePlace = { port, opener: kind.opener, parent: object, family: underWay }
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
    const owner = { open: () => (this.assertOpen(), this), underWay: this.#underWay }
    return new GranuleCalls(this.#port, this.#object, `fdb_${this.#kind.name}_`, owner)
  }

  /** The pointer of the C API, for calls of the raw table. What was called before is carried out first. */
  get pointer(): bigint {
    this.assertOpen()
    return this.#port.pointer(this.#object)
  }

  /** Where transactions are made that need no handle. */
  get lonePlace(): LonePlace {
    return this.#lonePlace
  }

  createTransaction(): TransactionHandle {
    this.assertOpen()
    return TransactionHandle.open(this.#port, this.#kind.opener, this.#object, this.#underWay)
  }

  /**
   * Throws FDBStateError when it is closed already. What it has under way is cancelled; transactions stay their owners', who
   * destroy them.
   *
   * @param advice what is told to who uses it later.
   */
  close(advice = 'Open it again to use it.'): void {
    if (this.#closed) this.#underWay.assertOpen()
    this.#closed = true
    this.#underWay.end(advice)
    this.#membership?.leave()
    gone('handle', this)
    this.#port.destroyObject(this.#object)
  }

  /** Like close, and does nothing the second time. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.close()
  }

  protected get port(): Port {
    return this.#port
  }

  protected get underWay(): UnderWay {
    return this.#underWay
  }

  protected get object(): number {
    return this.#object
  }

  protected assertOpen(): void {
    this.#underWay.assertOpen()
  }

  /** Begins a call that answers later. */
  protected submit<T>(
    read: PayloadReader,
    code: number,
    words: number,
    byteWords: number,
  ): FdbFuture<T> {
    this.assertOpen()
    return this.#underWay.add(
      new FdbFuture<T>(this.#port, read, code, this.#object, words, byteWords, this),
    )
  }
}
