import { isGenerator } from '../../task/core/task-body.ts'
import type { TaskGenerator } from '../../task/core/task-body.ts'
import type { Executor } from '../../task/core/task.ts'
import { JoinHandle } from '../../task/spawning/join-handle.ts'
import { fdbSpawn } from '../../task/spawning/spawn.ts'

/** What a transaction's function gives: a value, now or later; a generator runs as a task. */
export type Given<T> = TaskGenerator<T> | PromiseLike<T> | T

/**
 * What the function of a transaction gave, to be awaited. A generator becomes a task of this executor, and runs to its
 * first wait before this returns.
 *
 * @throws TypeError for an async generator.
 */
export function started<T>(given: Given<T>, executor: Executor | undefined): PromiseLike<T> | T {
  if (typeof given !== 'object' || given === null || 'then' in given) return given
  if (isGenerator<T>(given)) {
    return fdbSpawn(given, { name: 'doTransaction', ...(executor && { executor }) })
  }
  if (Object.prototype.toString.call(given) === '[object AsyncGenerator]') {
    throw new TypeError(
      "a transaction's function is an async function, a generator function that waits by yield*, or a plain one; " +
        'nobody would run an async generator',
    )
  }
  return given
}

/** Ends the task that a generator has become; any other function can't be stopped. */
export function stop(work: unknown): void {
  if (work instanceof JoinHandle) work.cancel()
}
