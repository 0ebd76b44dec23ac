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
type Reject = (error: unknown) => void
type Begin<T> = (resolve: Resolve<T>, reject: Reject) => void

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
  return begun(context, (resolve, reject) => {
    const packed = subspace.packKey(key)
    const owner = new GetAlone(context, packed, goOn, resolve, reject, subspace)
    LoneCall.get(context.place, packed, owner)
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
  return begun(context, (resolve, reject) => {
    const packed = subspace.packKey(key)
    const bytes = subspace.packValue(value)
    const owner = new WriteAlone(context, packed, goOn, resolve, reject, bytes.length)
    LoneCall.write(context.place, packed, bytes, owner)
  })
}

/** As `tn.clear` and a commit. */
export function clearAlone<KeyIn>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, unknown, never, unknown>,
  key: KeyIn,
  goOn: GoOn<void>,
): Promise<void> {
  return begun(context, (resolve, reject) => {
    const packed = subspace.packKey(key)
    const owner = new WriteAlone(context, packed, goOn, resolve, reject, 0)
    LoneCall.write(context.place, packed, undefined, owner)
  })
}

function begun<T>({ line, witness }: DatabaseContext, begin: Begin<T>): Promise<T> {
  return witness === undefined ? promised(line, begin) : witness(() => promised(line, begin))
}

/** What could not be begun gives its place in the line back. */
function promised<T>(line: DatabaseContext['line'], begin: Begin<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      begin(resolve, reject)
    } catch (problem) {
      line.leave()
      throw problem
    }
  })
}

/** Who waits for a call that goes alone. */
abstract class Alone<In, Out> implements LoneOwner<In> {
  readonly #context: DatabaseContext
  readonly #goOn: GoOn<Out>
  readonly #resolve: Resolve<Out>
  readonly #reject: Reject
  protected readonly key: Uint8Array

  constructor(
    context: DatabaseContext,
    key: Uint8Array,
    goOn: GoOn<Out>,
    resolve: Resolve<Out>,
    reject: Reject,
  ) {
    this.#context = context
    this.key = key
    this.#goOn = goOn
    this.#resolve = resolve
    this.#reject = reject
  }

  /** What the caller gets for the answer. */
  protected abstract valueOf(answer: In): Out
  protected abstract errorOf(code: number): FDBError
  protected abstract readonly readOnly: boolean

  succeeded(answer: In): void {
    this.#context.line.leave()
    try {
      this.#resolve(this.valueOf(answer))
    } catch (unreadable) {
      this.#reject(unreadable)
    }
  }

  failed(error: unknown): void {
    this.#context.line.leave()
    this.#reject(error)
  }

  refused(code: number, call: LoneCall<In>): void {
    const context = this.#context.adopt(call.adopt(), this.readOnly)
    this.#resolve(this.#goOn({ context, error: this.errorOf(code) }))
  }
}

class GetAlone<ValOut> extends Alone<Buffer | undefined, ValOut | undefined> {
  readonly #subspace: Subspace<never, unknown, never, ValOut>

  constructor(
    context: DatabaseContext,
    key: Uint8Array,
    goOn: GoOn<ValOut | undefined>,
    resolve: Resolve<ValOut | undefined>,
    reject: Reject,
    subspace: Subspace<never, unknown, never, ValOut>,
  ) {
    super(context, key, goOn, resolve, reject)
    this.#subspace = subspace
  }

  protected get readOnly(): boolean {
    return true
  }

  protected valueOf(answer: Buffer | undefined): ValOut | undefined {
    return answer === undefined ? undefined : this.#subspace.decodeValue(answer, this.key)
  }

  protected errorOf(code: number): FDBError {
    return new FDBError(code, undefined, { operation: 'get', key: this.key })
  }
}

class WriteAlone extends Alone<void, void> {
  readonly #valueBytes: number

  constructor(
    context: DatabaseContext,
    key: Uint8Array,
    goOn: GoOn<void>,
    resolve: Resolve<void>,
    reject: Reject,
    valueBytes: number,
  ) {
    super(context, key, goOn, resolve, reject)
    this.#valueBytes = valueBytes
  }

  protected get readOnly(): boolean {
    return false
  }

  protected valueOf(): void {}

  protected errorOf(code: number): FDBError {
    const suspects = new Suspects()
    suspects.add(this.key, this.#valueBytes)
    const key = suspects.keyOf(code)
    return new FDBError(code, undefined, { operation: 'commit', key, commitSent: true })
  }
}
