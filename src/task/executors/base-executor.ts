// Executors: when a task that was woken is polled: in place, or in its turn.

import type { HandleScope } from '../../future/owners/handle-scope.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { RuntimeDisposedError, TaskError, UnjoinedTaskError } from '../core/errors.ts'
import type { Executor, Task, TaskWaker } from '../core/task.ts'
import { checkEnvironment } from '../../native/environment/environment.ts'

/** What every executor can be told. */
export interface ExecutorOptions {
  /** Gets every error of a task that nobody joined. Default: an unhandled rejection. */
  onUnjoinedError?: (error: UnjoinedTaskError) => void
  /** @internal Owns the native handles that its tasks make. */
  scope?: HandleScope
  /** @internal Async functions of its tasks keep environment and scope behind an `await`. */
  carries?: boolean
  /** Tasks alive at once; one more is refused with a TaskError. Default: a million. */
  taskLimit?: number
}

/** What all executors share: the tasks alive in them, and where errors go that nobody joins. @internal */
export abstract class BaseExecutor implements Executor {
  /** Clock, timers and chance of its tasks. */
  readonly environment: Environment
  /** @internal */
  readonly scope: HandleScope | undefined
  /** @internal */
  readonly carries: boolean
  readonly #tasks = new Set<Task>()
  readonly #keptFailures = new Set<Task>()
  readonly #taskLimit: number
  readonly #onUnjoinedError: (error: UnjoinedTaskError) => void
  #disposed = false

  constructor(environment: Environment, options: ExecutorOptions = {}) {
    checkEnvironment(environment)
    this.environment = environment
    this.scope = options.scope
    this.carries = options.carries === true
    this.#taskLimit = options.taskLimit ?? 1_000_000
    this.#onUnjoinedError = options.onUnjoinedError ?? rejectUnhandled
  }

  /** The first poll of a new task. Owns the reference. */
  abstract start(reference: TaskWaker): void
  /** The task was woken, and the waker given up. Owns the reference. */
  abstract wake(reference: TaskWaker, place: string): void
  /** The task was woken; the waker stays with its owner. */
  abstract wakeByRef(task: Task, place: string): void

  /** How many tasks are alive. */
  get size(): number {
    return this.#tasks.size
  }

  /** @internal Who is alive in it, and waits for what. */
  describeWaits(): string[] {
    return [...this.#tasks].map((task) => task.describeWait())
  }

  /** It takes no more tasks. */
  get isDisposed(): boolean {
    return this.#disposed
  }

  /** Takes a new task in; refuses, and gives it up, once disposed of. */
  protected admit(reference: TaskWaker): void {
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      reference.task.cancel()
      reference.drop()
      throw refusal
    }
    this.#tasks.add(reference.task)
  }

  #refusal(): TaskError | undefined {
    if (this.#disposed) {
      return new RuntimeDisposedError('the runtime was disposed of: it takes no more tasks')
    }
    if (this.#tasks.size < this.#taskLimit) return undefined
    return new TaskError(
      `${this.#taskLimit} tasks are alive: join or cancel some, or raise taskLimit`,
    )
  }

  /** The task ended and its last reference is gone. */
  forget(task: Task): void {
    this.#tasks.delete(task)
  }

  /** A task failed, and nobody joined it. */
  reportUnjoined(task: Task, error: unknown): void {
    if (task.isKept && !this.#disposed) {
      this.#keptFailures.add(task)
      return
    }
    this.#onUnjoinedError(new UnjoinedTaskError(task.id, task.name, error))
  }

  /** Somebody took the outcome of a task. */
  joined(task: Task): void {
    this.#keptFailures.delete(task)
  }

  /** Cancels every task, in the order they were made, and takes no more. */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const task of [...this.#tasks]) task.cancel('Runtime::drop')
    for (const task of this.#keptFailures) this.reportUnjoined(task, task.outcome.error)
    this.#keptFailures.clear()
  }

  /** As `dispose`. */
  [Symbol.dispose](): void {
    this.dispose()
  }
}

function rejectUnhandled(error: UnjoinedTaskError): void {
  void Promise.reject(error)
}
