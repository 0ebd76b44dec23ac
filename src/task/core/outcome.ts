/** How a task ended, shared by the task and its join handle. It outlives the task's body. */
import { WaitSet } from './wait-set.ts'

export class Outcome<T> {
  /** Who waits for it. */
  readonly joiners = new WaitSet()
  #settled: { readonly value: T } | { readonly error: unknown } | undefined

  get isSettled(): boolean {
    return this.#settled !== undefined
  }

  get failed(): boolean {
    return this.#settled !== undefined && 'error' in this.#settled
  }

  get error(): unknown {
    return this.#settled !== undefined && 'error' in this.#settled ? this.#settled.error : undefined
  }

  succeed(value: T): void {
    this.#settled ??= { value }
  }

  fail(error: unknown): void {
    this.#settled ??= { error }
  }

  /** The value; throws the error. Only after it is settled. */
  take(): T {
    const settled = this.#settled
    if (settled === undefined) throw new Error('the task has not ended')
    if ('error' in settled) throw settled.error
    return settled.value
  }
}
