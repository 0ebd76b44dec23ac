/**
 * One call of a database as a transaction of its own, the short way: without an attempt around it, as long as it succeeds.
 * It is taken when nothing is to be told of the run, nothing ends it early, and no task owns what it makes. What fails goes
 * on in a retry loop, as the second attempt of a run whose first was this call.
 */
import { LoneCall, type LoneOwner } from '../../future/handles/lone-call.ts'
import { Suspects } from '../../future/handles/suspects.ts'
import { currentSurroundings } from '../../future/owners/surroundings.ts'
import { lifecycle } from '../../future/wakers/lifecycle.ts'
import { FDBError } from '../../native/errors/errors.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import type { Subspace } from '../keys/subspace.ts'

/** A first attempt that failed, and the transaction that it was made with. */
export interface FailedAttempt {
  readonly context: TransactionContext
  readonly error: FDBError
}

/** Goes on with another attempt. */
export type GoOn<T> = (failed: FailedAttempt) => Promise<T>

type Resolve<T> = (value: T | PromiseLike<T>) => void

/** Whether the short way may be taken here, and there is room for it: then the call has a place in the line, and leaves it. */
export function goesAlone({ line }: DatabaseContext): boolean {
  return !lifecycle.hasSubscribers && currentSurroundings()?.scope === undefined && line.enter()
}

/** As `tn.get` in a snapshot read of its own. */
export function getAlone<KeyIn, ValOut>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, unknown, never, ValOut>,
  key: KeyIn,
  goOn: GoOn<ValOut | undefined>,
): Promise<ValOut | undefined> {
  return new Promise((resolve, reject) => {
    try {
      const packed = subspace.packKey(key)
      const owner = new GetAlone(context, subspace, packed, goOn, resolve, reject)
      LoneCall.get(context.lonePlace, packed, owner)
    } catch (problem) {
      notBegun(context, problem)
    }
  })
}

/** As `tn.set` and a commit. */
export function setAlone<KeyIn, ValIn>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, unknown, ValIn, unknown>,
  key: KeyIn,
  value: ValIn,
  goOn: GoOn<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const packed = subspace.packKey(key)
      const bytes = subspace.packValue(value)
      const owner = new WriteAlone(context, packed, bytes.length, goOn, resolve, reject)
      LoneCall.write(context.lonePlace, packed, bytes, owner)
    } catch (problem) {
      notBegun(context, problem)
    }
  })
}

/** As `tn.clear` and a commit. */
export function clearAlone<KeyIn>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, unknown, never, unknown>,
  key: KeyIn,
  goOn: GoOn<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const packed = subspace.packKey(key)
      const owner = new WriteAlone(context, packed, 0, goOn, resolve, reject)
      LoneCall.write(context.lonePlace, packed, undefined, owner)
    } catch (problem) {
      notBegun(context, problem)
    }
  })
}

/** Gives the place in the line back. */
function notBegun({ line }: DatabaseContext, problem: unknown): never {
  line.leave()
  throw problem
}

class GetAlone<ValOut> implements LoneOwner<Buffer | undefined> {
  readonly #context: DatabaseContext
  readonly #subspace: Subspace<never, unknown, never, ValOut>
  readonly #key: Uint8Array
  readonly #goOn: GoOn<ValOut | undefined>
  readonly #resolve: Resolve<ValOut | undefined>
  readonly #reject: (error: unknown) => void

  constructor(
    context: DatabaseContext,
    subspace: Subspace<never, unknown, never, ValOut>,
    key: Uint8Array,
    goOn: GoOn<ValOut | undefined>,
    resolve: Resolve<ValOut | undefined>,
    reject: (error: unknown) => void,
  ) {
    this.#context = context
    this.#subspace = subspace
    this.#key = key
    this.#goOn = goOn
    this.#resolve = resolve
    this.#reject = reject
  }

  failed(error: unknown): void {
    this.#context.line.leave()
    this.#reject(error)
  }

  succeeded(value: Buffer | undefined): void {
    this.#context.line.leave()
    if (value === undefined) return this.#resolve(undefined)
    try {
      this.#resolve(this.#subspace.unpackValue(value, this.#key))
    } catch (unreadable) {
      this.#reject(unreadable)
    }
  }

  refused(code: number, call: LoneCall<Buffer | undefined>): void {
    const error = new FDBError(code, undefined, { operation: 'get', key: this.#key })
    const context = this.#context.adopt(call.adopt(), true)
    this.#resolve(this.#goOn({ context, error }))
  }
}

class WriteAlone implements LoneOwner<void> {
  readonly #context: DatabaseContext
  readonly #key: Uint8Array
  readonly #valueBytes: number
  readonly #goOn: GoOn<void>
  readonly #resolve: Resolve<void>
  readonly #reject: (error: unknown) => void

  constructor(
    context: DatabaseContext,
    key: Uint8Array,
    valueBytes: number,
    goOn: GoOn<void>,
    resolve: Resolve<void>,
    reject: (error: unknown) => void,
  ) {
    this.#context = context
    this.#key = key
    this.#valueBytes = valueBytes
    this.#goOn = goOn
    this.#resolve = resolve
    this.#reject = reject
  }

  failed(error: unknown): void {
    this.#context.line.leave()
    this.#reject(error)
  }

  succeeded(): void {
    this.#context.line.leave()
    this.#resolve()
  }

  refused(code: number, call: LoneCall<void>): void {
    const suspects = new Suspects()
    suspects.add(this.#key, this.#valueBytes)
    const key = suspects.keyOf(code)
    const error = new FDBError(code, undefined, { operation: 'commit', key, commitSent: true })
    const context = this.#context.adopt(call.adopt(), false)
    this.#resolve(this.#goOn({ context, error }))
  }
}
