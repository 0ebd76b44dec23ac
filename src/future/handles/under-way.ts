/**
 * What a database, or a tenant, has under way: its transactions, its watches, which outlive their transactions, and calls
 * that were asked of itself. All of it ends with it, and who waits is told: whatever a close left would wait for a cluster
 * that may never answer.
 */
import { FDBStateError } from '../../native/errors/errors.ts'
import { Bag, NOWHERE, type Placed } from '../owners/bag.ts'
import type { Port } from '../port/port.ts'
import type { FdbFuture } from './fdb-future.ts'

/** The native side of a transaction. Its handle may be forgotten, so it is not the handle itself. */
export interface NativeTransaction extends Placed {
  readonly ring: Port
  readonly object: number
  readonly family: UnderWay
}

/** Where a transaction is made: a database, or a tenant, which has it under way. */
export interface TransactionPlace {
  readonly port: Port
  /** The command that makes a transaction from `parent`. */
  readonly opener: number
  readonly parent: number
  readonly family: UnderWay
}

interface FutureUnderWay extends Placed {
  readonly future: FdbFuture<unknown>
}

export class UnderWay {
  /** `database` or `tenant`. */
  readonly #name: string
  /** The database that a tenant is a part of. */
  readonly #whole: UnderWay | undefined
  readonly #parts = new Set<UnderWay>()
  readonly #futures = new Bag<FutureUnderWay>()
  readonly #transactions = new Bag<NativeTransaction>()
  /** What was closed, and what to do about it. */
  #refusal: string | undefined

  constructor(name: string, whole?: UnderWay) {
    this.#name = name
    this.#whole = whole
    if (whole !== undefined) whole.#parts.add(this)
  }

  /** Throws FDBStateError when it was closed, or the database that it is a part of. */
  assertOpen(): void {
    if (this.#refusal !== undefined) throw new FDBStateError(this.#refusal)
  }

  /** It leaves when it has settled or was given back. */
  add<T>(future: FdbFuture<T>): FdbFuture<T> {
    const member = { future: future as FdbFuture<unknown>, place: NOWHERE }
    this.#futures.add(member)
    future.whenEnded(() => this.#futures.delete(member))
    return future
  }

  join(transaction: NativeTransaction): void {
    this.#transactions.add(transaction)
  }

  leave(transaction: NativeTransaction): void {
    this.#transactions.delete(transaction)
  }

  /**
   * Transactions fail with 1025, watches and calls with 1101. The handles stay their owners'.
   *
   * @param advice what is told to who uses them later.
   */
  end(advice: string, closed = this.#name): void {
    this.#refusal ??= `This ${closed} is closed. ${advice}`
    if (this.#whole !== undefined) this.#whole.#parts.delete(this)
    for (const part of this.#parts) part.end(advice, closed)
    for (const { future } of this.#futures.takeAll()) future.fail()
    for (const { ring, object } of this.#transactions.takeAll()) ring.cancelTransaction(object)
  }
}
