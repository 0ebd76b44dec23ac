/**
 * What becomes of a task that waits for an actor which fails. Either the whole task is dropped at the point where
 * it waits, and needs no code for failure; or the failure is passed on as a value, and the task decides.
 */
import { emit, lifecycle } from '../../future/wakers/lifecycle.ts'
import { PENDING } from '../../future/wakers/waker.ts'
import { ActorFailError } from '../core/errors.ts'
import { currentTask } from '../core/task.ts'
import { isAwait } from '../waits/promise-of.ts'

/** The value, or the failure passed on as a value. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ActorFailError }

export function actorFailed(
  what: string,
  why?: { readonly cause: unknown },
): { readonly ok: false; readonly error: ActorFailError } {
  return { ok: false, error: new ActorFailError(`the actor failed: ${what}`, why) }
}

/**
 * Drops the task that polls now: it ends when its poll returns, at the point where it waits. An `await` is no task that
 * could be dropped: it gets the error thrown.
 */
export function dropWholeTask(what: string, why?: { readonly cause: unknown }): typeof PENDING {
  const task = currentTask()
  if (task === undefined || isAwait(task)) throw actorFailed(what, why).error
  if (lifecycle.hasSubscribers) emit('pending', 'ActorFail', task)
  task.cancel('ActorFail')
  return PENDING
}
