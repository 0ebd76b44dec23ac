import type { TransactionHandle } from '../future/transaction-handle.ts'
import type { Environment } from '../native/environment.ts'
import { FDBError } from '../native/errors.ts'
import { ReadBudget } from './read-budget.ts'
import type { Budget, Usage } from './read-budget.ts'
import type { TransactionContext } from './transaction-context.ts'

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
  /** Ends the run: what is under way is cancelled, and the run rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly observer?: RunObserver | undefined
  /** Stops an attempt that uses more. */
  readonly budget?: Budget | undefined
  /** Nothing was written and nothing needs a check of conflicts: no commit. */
  readonly skipCommit?: boolean
}

/**
 * Runs `body` and commits, again and again until it works or an error comes that another attempt can't
 * cure. The C API decides which errors those are, how long to wait, and when the retry limit or the
 * timeout is reached (`fdb_transaction_on_error`).
 */
export class RetryLoop<T> {
  readonly #context: TransactionContext
  readonly #environment: Environment
  readonly #settings: RunSettings
  readonly #body: (attempt: Attempt) => PromiseLike<T> | T
  #maybeCommitted = false
  #cause: FDBError | undefined

  constructor(
    context: TransactionContext,
    environment: Environment,
    settings: RunSettings,
    body: (attempt: Attempt) => PromiseLike<T> | T,
  ) {
    this.#context = context
    this.#environment = environment
    this.#settings = settings
    this.#body = body
    if (settings.budget === undefined && settings.observer === undefined) return
    // An observer is told what was used, also where there is no limit.
    const stop = (): void => context.handle.cancel()
    context.budget = new ReadBudget(settings.budget ?? {}, environment, stop)
  }

  get #handle(): TransactionHandle {
    return this.#context.handle
  }

  async run(): Promise<T> {
    const { signal } = this.#settings
    signal?.throwIfAborted()
    const abort = (): void => this.#handle.cancel()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      for (let number = 1; ; number++) {
        const attempt = { number, maybeCommitted: this.#maybeCommitted, cause: this.#cause }
        const done = await this.#attempt(attempt)
        if (done !== undefined) return done.result
      }
    } finally {
      this.#context.budget?.end()
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Undefined when the transaction is ready for another attempt. */
  async #attempt(attempt: Attempt): Promise<{ result: T } | undefined> {
    const { observer } = this.#settings
    const start = observer === undefined ? 0 : this.#environment.now()
    observer?.started?.(attempt)
    let result: T
    const { budget } = this.#context
    try {
      budget?.begin()
      const work = this.#body(attempt)
      result = await (budget === undefined ? work : budget.race(work))
      budget?.check()
      if (this.#settings.skipCommit !== true) await this.#commit()
    } catch (error) {
      observer?.failed?.(attempt, error, this.#environment.now() - start, this.#usage)
      await this.#prepareRetry(error)
      return undefined
    }
    observer?.committed?.(
      attempt,
      this.#handle.getCommittedVersion(),
      this.#environment.now() - start,
      this.#usage,
    )
    return { result }
  }

  get #usage(): Usage {
    return this.#context.budget?.usage ?? { keysRead: 0, bytesRead: 0, writes: 0 }
  }

  async #commit(): Promise<void> {
    const context = this.#context
    if (!context.hasStampsToBake) return await this.#handle.commit()
    const stamp = this.#handle.getVersionstamp().then((bytes) => bytes)
    // When the commit fails the stamp fails with it, and the commit's error is the one to report.
    stamp.catch(() => undefined)
    await this.#handle.commit()
    context.bake(await stamp)
  }

  async #prepareRetry(error: unknown): Promise<void> {
    this.#settings.signal?.throwIfAborted()
    // What was under way was cancelled, and says so: the budget knows why.
    this.#context.budget?.assertKept()
    this.#context.budget?.end()
    if (!(error instanceof FDBError)) throw error
    this.#context.forget()
    try {
      await this.#handle.onError(error.code)
      this.#context.restoreOptions()
    } catch (verdict) {
      this.#settings.signal?.throwIfAborted()
      // The same error back means "not another time": the first one knows where it came from.
      throw verdict instanceof FDBError && verdict.code === error.code ? error : verdict
    }
    this.#maybeCommitted ||= error.maybeCommitted
    this.#cause = error
  }
}
