import type { AskedRead } from '../../future/handles/owned-read.ts'
import { CallLimit, type Limited } from './call-options.ts'

/**
 * Several reads that settle as one promise: with the last of them, or with the first that fails. What is in flight then, or
 * when the call is ended early, is dropped.
 */
export abstract class JointRead<T> implements Limited {
  readonly mayHaveEffect = false
  /** What was asked first, for an error of its own. */
  abstract readonly asked: Limited['asked']
  readonly promise: Promise<T>
  #resolve!: (value: T) => void
  #reject!: (error: unknown) => void
  readonly #inFlight = new Set<AskedRead>()
  #isOver = false
  #onEnd: (() => void) | undefined

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Asks. What it throws ends the read. */
  protected abstract ask(): void

  /** Begins, and ends early when the limit says so. */
  begin(limit: CallLimit | undefined): Promise<T> {
    try {
      limit?.assertGoesOn()
      this.ask()
      CallLimit.apply(limit, this)
    } catch (problem) {
      this.fail(problem)
    }
    return this.promise
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** It is dropped with the others. */
  protected add(read: AskedRead): void {
    this.#inFlight.add(read)
  }

  /** It has its answer. */
  protected remove(read: AskedRead): void {
    this.#inFlight.delete(read)
  }

  protected succeed(value: T): void {
    if (this.#isOver) return
    this.#end()
    this.#resolve(value)
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    this.#reject(error)
  }

  whenEnded(callback: () => void): void {
    this.#onEnd = callback
  }

  #end(): void {
    this.#isOver = true
    for (const read of this.#inFlight) read.drop()
    this.#inFlight.clear()
    this.#onEnd?.()
  }
}
