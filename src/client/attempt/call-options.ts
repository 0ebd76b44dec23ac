import { onAbort } from '../../native/environment/on-abort.ts'
import type { Environment, TimerHandle } from '../../native/environment/environment.ts'
import { FDBError } from '../../native/errors/errors.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { RunAbortedError } from './errors.ts'

/**
 * What ends a single call early: at once, whatever the cluster does.
 *
 * @example
 * const name = await db.get('name', { timeout: 500 })
 * const entries = await tn.getRangeAll('a', 'b', { signal: AbortSignal.timeout(1000) })
 */
export interface CallOptions {
  /** The call rejects with the signal's reason; a commit that was sent, with a `RunAbortedError`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Milliseconds that the call may take, 1 to 2,147,483,647, or 0 for no limit. It rejects with `FDBError` 1031 then. The
   * clock is the environment's.
   */
  readonly timeout?: number | undefined
}

const KNOWN = knownOptions<CallOptions>('a call', { signal: true, timeout: true })
const TIMED_OUT = 1031
const MAX_INT = 2 ** 31 - 1

/** Throws for wrong types; other options of the call are not looked at. */
export function checkLimits(whose: string, { signal, timeout }: CallOptions): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`signal of ${whose} is an AbortSignal`)
  }
  const isTimeout = Number.isInteger(timeout) && timeout! >= 0 && timeout! <= MAX_INT
  if (timeout !== undefined && !isTimeout) {
    throw new TypeError(`timeout of ${whose} is an integer from 0 to ${MAX_INT}`)
  }
}

/** Those of a call that takes others too, which it checks itself. Undefined: it was given none of these. */
export function limitsAmong(options: CallOptions | null | undefined): CallOptions | undefined {
  if (options?.signal === undefined && options?.timeout === undefined) return undefined
  return { signal: options.signal, timeout: options.timeout }
}

/** Throws for wrong names and types, of a call that takes nothing else. */
export function checkCallOptions(options: CallOptions): void {
  checkOptions(KNOWN, options)
  checkLimits('a call', options)
}

/** Of a call that takes nothing else. Undefined: nothing ends it early. */
export function limitOf(
  options: CallOptions | undefined,
  environment: Environment,
): CallLimit | undefined {
  if (options === undefined) return undefined
  checkCallOptions(options)
  return limitAmong(options, environment)
}

/** Among the options of a call that takes others too, all of which were checked. */
export function limitAmong(
  { signal, timeout = 0 }: CallOptions,
  environment: Environment,
): CallLimit | undefined {
  return signal === undefined && timeout === 0
    ? undefined
    : new CallLimit(signal, timeout, environment)
}

/** What a call may end early: a future, or several reads that settle as one. */
export interface Limited {
  /** A commit that was sent. */
  readonly mayHaveEffect: boolean
  readonly asked: { readonly operation: string | undefined; readonly key: Uint8Array | undefined }
  fail(error: unknown): void
  /** Calls back once, when it has settled or was given back. */
  whenEnded(callback: () => void): void
}

/** Ends what one call asked for: the time is that of all of it together. */
export class CallLimit {
  readonly #signal: AbortSignal | undefined
  readonly #environment: Environment
  readonly #deadline: number

  constructor(signal: AbortSignal | undefined, timeout: number, environment: Environment) {
    this.#signal = signal
    this.#environment = environment
    this.#deadline = timeout === 0 ? Infinity : environment.now() + timeout
  }

  /** Throws the signal's reason when nothing should begin any more. */
  assertGoesOn(): void {
    this.#signal?.throwIfAborted()
  }

  /** The same, which now ends early. Undefined limits nothing. */
  static apply<L extends Limited>(limit: CallLimit | undefined, future: L): L {
    return limit === undefined ? future : limit.#apply(future)
  }

  #apply<L extends Limited>(future: L): L {
    const signal = this.#signal
    const aborted = (): void => future.fail(abortOf(future, signal?.reason))
    if (signal?.aborted === true) {
      aborted()
      return future
    }
    const forget = onAbort(signal, aborted)
    const timer = this.#setTimer(future)
    future.whenEnded(() => {
      forget()
      if (timer !== undefined) this.#environment.clearTimer(timer)
    })
    return future
  }

  #setTimer(future: Limited): TimerHandle {
    if (this.#deadline === Infinity) return undefined
    const rest = Math.max(0, this.#deadline - this.#environment.now())
    return this.#environment.setTimer(rest, () => future.fail(timeoutOf(future)))
  }
}

function abortOf(future: Limited, reason: unknown): unknown {
  return future.mayHaveEffect ? new RunAbortedError(reason) : reason
}

function timeoutOf(future: Limited): FDBError {
  return new FDBError(TIMED_OUT, undefined, { ...future.asked, commitSent: future.mayHaveEffect })
}
