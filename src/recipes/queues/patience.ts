import { onAbort } from '../../native/environment/on-abort.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { PopOptions } from './queue-options.ts'

/** What is waited for: a try, what to wait for when it gave nothing, and how what nobody wants any more is given back. */
export interface Taking<R> {
  take(): Promise<R | undefined>
  /** Resolves when another try may give something, and at once when the signal aborts. */
  change(signal: AbortSignal): Promise<void>
  giveBack(taken: R): Promise<void>
}

/**
 * Takes with patience: for as long as the caller says, and until its signal aborts. The caller is told at once when it
 * is over, whatever the cluster does; a try that is under way then goes on, and what it takes is given back.
 */
export class Patience {
  readonly #environment: Environment
  /** Tries that were given up, and what they took being given back. */
  readonly #late = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  constructor(environment: Environment) {
    this.#environment = environment
  }

  async run<R>(taking: Taking<R>, { wait = 0, signal }: PopOptions): Promise<R | undefined> {
    signal?.throwIfAborted()
    if (wait === 0 && signal === undefined) return taking.take()
    const over = new AbortController()
    const work = this.#takeUntil(taking, wait > 0, over.signal)
    return new Promise((resolve, reject) => {
      const giveUp = (tell: () => void): void => {
        end()
        over.abort()
        this.#await(work, taking)
        tell()
      }
      const abort = (): void => giveUp(() => reject(signal?.reason as Error))
      const timer =
        wait > 0 && wait < Infinity
          ? this.#environment.setTimer(wait, () => giveUp(() => resolve(undefined)))
          : undefined
      const end = (): void => {
        if (timer !== undefined) this.#environment.clearTimer(timer)
        forget()
      }
      const forget = onAbort(signal, abort)
      work.then(
        (taken) => {
          if (over.signal.aborted) return
          end()
          resolve(taken)
        },
        (error: Error) => {
          if (over.signal.aborted) return
          end()
          reject(error)
        },
      )
    })
  }

  async #takeUntil<R>(
    taking: Taking<R>,
    isPatient: boolean,
    over: AbortSignal,
  ): Promise<R | undefined> {
    for (;;) {
      const taken = await taking.take()
      if (taken !== undefined || !isPatient || over.aborted) return taken
      await taking.change(over)
      if (over.aborted) return undefined
    }
  }

  /** Nobody waits for it any more. */
  #await<R>(work: Promise<R | undefined>, taking: Taking<R>): void {
    const late = work
      .then((taken) => (taken === undefined ? undefined : taking.giveBack(taken)))
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => void this.#late.delete(late))
    this.#late.add(late)
  }

  /**
   * Waits for what was given up.
   *
   * @throws the first error of it since the last call: something may have been taken, and not given back.
   */
  async settle(): Promise<void> {
    while (this.#late.size > 0) await Promise.all(this.#late)
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure.error
  }
}
