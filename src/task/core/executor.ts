/**
 * Who polls tasks. A waker hands itself to its task's executor; when and where the poll happens is up to the
 * executor. What an executor must keep to is in docs/tasks.md: it owns every reference handed to it.
 */
import type { HandleScope } from '../../future/owners/handle-scope.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { Task, TaskWaker } from './task.ts'

/**
 * Who polls tasks: a {@link Runtime}'s, `inPlaceExecutor`, or one of your own. It owns every reference that is
 * handed to it, and gives each up once.
 */
export interface Executor {
  /** Clock, timers and chance of its tasks. */
  readonly environment: Environment
  /** @internal Owns the native handles that its tasks make; undefined: each handle's owner does. */
  readonly scope: HandleScope | undefined
  /** @internal Async functions of its tasks find both behind an `await` too. */
  readonly carries?: boolean
  /** The first poll of a new task. Owns the reference. */
  start(reference: TaskWaker): void
  /** The task was woken, and the waker given up. Owns the reference. `place` is who gave it up. */
  wake(reference: TaskWaker, place: string): void
  /** The task was woken; the waker stays with its owner. */
  wakeByRef(task: Task, place: string): void
  /** The task ended and its last reference is gone. */
  forget(task: Task): void
  /** Somebody took the outcome of a task. */
  joined(task: Task): void
  /** A task failed, and nobody joined it. */
  reportUnjoined(task: Task, error: unknown): void
}
