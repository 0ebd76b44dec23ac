/**
 * What becomes of a task that waits for an actor which fails. Either the whole task is dropped at the point where
 * it waits, and needs no code for failure; or the failure is passed on as a value, and the task decides.
 */
import { emit, lifecycle } from '../../future/wakers/lifecycle.ts'
import { PENDING } from '../../future/wakers/waker.ts'
import { ActorFailError } from '../core/errors.ts'
import { currentTask } from '../core/task.ts'

/** The value, or the failure passed on as a value. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ActorFailError }

export function actorFailed(what: string): { readonly ok: false; readonly error: ActorFailError } {
  return { ok: false, error: new ActorFailError(`the actor failed: ${what}`) }
}

/**
 * Drops the task that polls now: it ends when its poll returns, at the point where it waits. What is not a task (an
 * `await` in a function of no task) cannot be dropped; it gets the error thrown.
 */
export function dropWholeTask(what: string): typeof PENDING {
  const task = currentTask()
  if (task === undefined) throw new ActorFailError(`the actor failed: ${what}`)
  if (lifecycle.hasSubscribers) emit('pending', 'ActorFail', task)
  task.cancel('ActorFail')
  return PENDING
}
