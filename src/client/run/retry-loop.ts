// How a transaction's function is run: options, attempts, and when there is another one.
import { onAbort } from '../../native/environment/on-abort.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { FDBError, markMaybeCommitted } from '../../native/errors/errors.ts'
import { currentTask } from '../../task/core/task.ts'
import { RunAbortedError } from '../attempt/errors.ts'
import { started, stop } from '../attempt/transaction-function.ts'
import type { Given } from '../attempt/transaction-function.ts'
import { ReadBudget } from '../attempt/read-budget.ts'
import type { Budget, BudgetOwner, Usage } from '../attempt/read-budget.ts'
import type { RunTrace } from '../attempt/run-trace.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { conflictingRanges, conflictsAreWanted } from './conflicting-ranges.ts'

/** One run of a transaction's function. */
export interface Attempt {
  /** 1, 2, 3, ... */
  readonly number: number
  /**
   * An earlier attempt may have been applied: its commit ended with an error that leaves it open
   * (`commit_unknown_result`, 1021). A function that is not idempotent checks what it finds.
   */
  readonly maybeCommitted: boolean
  /** Why the attempt before this one failed. */
  readonly cause: FDBError | undefined
}

/**
 * Is told what a retry loop does, and what each attempt has used. What it throws goes to the caller of the transaction.
 * Times are milliseconds of the environment.
 *
 * @example
 * const observer: RunObserver = {
 *   failed: ({ number }, error, milliseconds) => console.warn(number, error, milliseconds),
 *   committed: (attempt, version, milliseconds, { keysRead }) => console.log(milliseconds, keysRead),
 * }
 * await db.doTransaction(async (tn) => tn.set('a', 'b'), { observer })
 */
export interface RunObserver {
  /** An attempt begins. */
  started?(attempt: Attempt): void
  /** An attempt failed, after so many milliseconds. Whether another one follows is not known yet. */
  failed?(attempt: Attempt, error: unknown, milliseconds: number, usage: Usage): void
  /** An attempt was applied; its version is -1n when nothing was written. */
  committed?(attempt: Attempt, version: bigint, milliseconds: number, usage: Usage): void
}

/** How a transaction is run, besides its options. */
export interface RunSettings {
  /** Ends the run: what is under way is cancelled. See {@link RunOptions}. */
  readonly signal?: AbortSignal | undefined
  readonly observer?: RunObserver | undefined
  /** Milliseconds of the environment for the whole run, after which it ends with 1031. 0: no limit. */
  readonly timeout?: number
  /** Stops an attempt that uses more. */
  readonly budget?: Budget | undefined
  /** Nothing was written and nothing needs a check of conflicts: no commit. */
  readonly skipCommit?: boolean
}

/** What an attempt runs: the function, with the transaction of the attempt. */
export type AttemptBody<T> = (context: TransactionContext, attempt: Attempt) => Given<T>

/** transaction_timed_out. */
const TIMED_OUT = 1031
const NOT_COMMITTED = 1020

const NOTHING_USED: Usage = { keysRead: 0, bytesRead: 0, writes: 0 }

/**
 * Runs `body` and commits, again and again until it works or an error comes that another attempt can't
 * cure. The C API decides which errors those are, how long to wait, and when the retry limit or the
 * timeout is reached (`fdb_transaction_on_error`).
 *
 * Each attempt has a context of its own over one native transaction, which keeps the waits and limits. It ends when
 * its function has settled, so that nothing is added to a commit under way, or to the attempt behind it.
 */
export class RetryLoop<T> implements BudgetOwner {
  readonly #handle: TransactionHandle
  readonly #environment: Environment
  readonly #settings: RunSettings
  readonly #body: AttemptBody<T>
  #context: TransactionContext
  #attempt: Attempt = { number: 1, maybeCommitted: false, cause: undefined }
  /** Rejects the wait for the function, while that is under way and may be stopped. */
  #interrupt: ((reason: unknown) => void) | undefined
  /** A commit, or the wait before another attempt, that is under way. */
  #pending: FdbFuture<unknown> | undefined
  /** Why the run is to end, once it is. */
  #end: { readonly reason: unknown } | undefined
  /** What the function gave. */
  #work: PromiseLike<T> | T | undefined
  /** Of who runs the transaction: its functions that are generators are polled there, in each attempt. */
  readonly #executor = currentTask()?.executor
  readonly #trace: RunTrace | undefined

  /** @param context of the first attempt; its native transaction stays the caller's. */
  constructor(
    context: TransactionContext,
    environment: Environment,
    settings: RunSettings,
    body: AttemptBody<T>,
  ) {
    this.#context = context
    this.#trace = context.trace
    this.#handle = context.handle
    this.#environment = environment
    this.#settings = settings
    this.#body = body
  }

  /** @param failure why the first attempt failed, when that was made without this loop. */
  async run(failure?: FDBError): Promise<T> {
    const { signal, timeout = 0 } = this.#settings
    signal?.throwIfAborted()
    const abort = (): void => this.#endRun(signal?.reason)
    const forget = onAbort(signal, abort)
    const timer =
      timeout === 0
        ? undefined
        : this.#environment.setTimer(timeout, () => this.#endRun(new FDBError(TIMED_OUT)))
    try {
      if (failure !== undefined) await this.#prepareRetry(failure)
      for (;;) {
        const done = await this.#runAttempt()
        if (done !== undefined) return done.result
      }
    } finally {
      forget()
      if (timer !== undefined) this.#environment.clearTimer(timer)
    }
  }

  /** At once, whatever it waits for, and whatever the cluster does. */
  #endRun(reason: unknown): void {
    this.#end = { reason }
    this.stop(reason)
    this.#pending?.fail()
  }

  #throwIfEnded(): void {
    if (this.#end !== undefined) throw this.#end.reason
  }

  /** Undefined when the transaction is ready for another attempt. */
  async #runAttempt(): Promise<{ result: T } | undefined> {
    const { observer, skipCommit } = this.#settings
    const attempt = this.#attempt
    const start = observer === undefined ? 0 : this.#environment.now()
    observer?.started?.(attempt)
    this.#trace?.began(attempt.number)
    const context = this.#context
    let result: T
    let stamp: Promise<Buffer> | undefined
    try {
      result = await (this.#isStoppable ? this.#stoppable(context) : this.#start(context))
      this.#interrupt = undefined
      context.throwUnasked()
      context.end(attempt.number, 'returned')
      this.#throwIfEnded()
      context.budget?.check()
      context.budget?.stopClock()
      stamp = context.hasStampsToBake ? this.#versionstamp() : undefined
      if (skipCommit !== true) await this.#waitFor(this.#handle.commit(context.hasWritten))
      context.throwLateCall()
    } catch (thrown) {
      const error = context.lateCall ?? thrown
      this.#interrupt = undefined
      context.end(attempt.number, 'threw')
      context.budget?.stopClock()
      observer?.failed?.(attempt, error, this.#environment.now() - start, this.#usage)
      if (this.#trace !== undefined) await this.#tellFailure(this.#trace, error)
      await this.#prepareRetry(error)
      return undefined
    }
    context.reportUnasked()
    if (stamp !== undefined) context.bake(await stamp.catch((error) => this.#fail(error)))
    this.#trace?.committed()
    observer?.committed?.(
      attempt,
      this.#handle.getCommittedVersion(),
      this.#environment.now() - start,
      this.#usage,
    )
    return { result }
  }

  async #tellFailure(trace: RunTrace, error: unknown): Promise<void> {
    const isConflict = error instanceof FDBError && error.code === NOT_COMMITTED
    if (isConflict && conflictsAreWanted()) {
      const ask = () => conflictingRanges(this.#context, this.#handle)
      const ranges = await trace.untold(ask)
      for (const { begin, end } of ranges) trace.conflicted(begin, end)
    }
    trace.failed(error)
  }

  get #isStoppable(): boolean {
    const { signal, budget, observer, timeout = 0 } = this.#settings
    return signal !== undefined || budget !== undefined || observer !== undefined || timeout !== 0
  }

  /** What the function gives, or what stops it: it may wait for something that no cancel reaches. */
  #stoppable(context: TransactionContext): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject
      const { budget, observer } = this.#settings
      this.#throwIfEnded()
      if (budget !== undefined || observer !== undefined) {
        // An observer is told what was used, also where there is no limit.
        context.budget = new ReadBudget(budget ?? {}, this.#environment, this)
      }
      Promise.resolve(this.#start(context)).then(resolve, reject)
    })
  }

  #start(context: TransactionContext): PromiseLike<T> | T {
    return (this.#work = started(this.#body(context, this.#attempt), this.#executor))
  }

  /** The signal or the budget ends what is under way. A function that is, is not waited for. */
  stop(reason: unknown): void {
    const interrupt = this.#interrupt
    if (interrupt !== undefined) this.#context.end(this.#attempt.number, 'stopped')
    if (!this.#handle.destroyed) this.#handle.cancel()
    interrupt?.(reason)
    if (interrupt !== undefined) stop(this.#work)
  }

  get maybeCommitted(): boolean {
    return this.#attempt.maybeCommitted || this.#handle.maybeCommitted
  }

  get #usage(): Usage {
    return this.#context.budget?.usage ?? NOTHING_USED
  }

  #versionstamp(): Promise<Buffer> {
    const stamp = this.#handle.getVersionstamp().then((bytes) => bytes)
    // When the commit fails the stamp fails with it, and the commit's error is the one to report.
    stamp.catch(() => undefined)
    return stamp
  }

  async #prepareRetry(error: unknown): Promise<void> {
    if (this.#end !== undefined || !(error instanceof FDBError)) this.#fail(error)
    const { number } = this.#attempt
    const maybeCommitted = this.maybeCommitted || error.maybeCommitted
    this.#attempt = { number: number + 1, maybeCommitted, cause: error }
    try {
      await this.#waitFor(this.#handle.onError(error.code))
      this.#throwIfEnded()
      this.#context = this.#context.renewed(this.#handle)
      this.#context.restoreOptions()
    } catch (verdict) {
      // The same error back means "not another time": the first one knows where it came from.
      const isSame = verdict instanceof FDBError && verdict.code === error.code
      this.#fail(isSame ? error : verdict)
    }
  }

  async #waitFor(future: FdbFuture<void>): Promise<void> {
    this.#pending = future
    try {
      await future
    } finally {
      this.#pending = undefined
    }
  }

  /** Ends the run with the reason of its end, or with the error; both say what became of its commits. */
  #fail(error: unknown): never {
    const maybeCommitted =
      this.maybeCommitted || (error instanceof FDBError && error.maybeCommitted)
    const { signal } = this.#settings
    const reason = this.#end === undefined ? error : this.#end.reason
    const isAbort = this.#end !== undefined && signal?.aborted === true && reason === signal.reason
    if (isAbort && maybeCommitted) throw new RunAbortedError(reason)
    if (maybeCommitted) markMaybeCommitted(reason)
    throw reason
  }
}
