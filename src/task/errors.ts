/**
 * What goes wrong in tasks, actors and channels. Where Flow has a number for it, `code` carries that number.
 */

export class TaskError extends Error {
  override name = 'TaskError'
}

/** The task was cancelled, or the actor's last future was dropped. Flow: operation_cancelled. */
export class CancelledError extends TaskError {
  override name = 'CancelledError'
  readonly code = 1101
}

/** The last waker of an unfinished task was dropped: nothing could ever wake it. */
export class TaskDroppedError extends TaskError {
  override name = 'TaskDroppedError'
}

/** A task failed and nobody joined it. The error itself is the `cause`. */
export class UnjoinedTaskError extends TaskError {
  override name = 'UnjoinedTaskError'
  readonly taskId: number

  constructor(taskId: number, taskName: string, cause: unknown) {
    super(`task ${taskId} (${taskName}) failed and nobody joined it: ${describe(cause)}`, { cause })
    this.taskId = taskId
  }
}

/** A runtime that was disposed of takes no more tasks. */
export class RuntimeDisposedError extends TaskError {
  override name = 'RuntimeDisposedError'
}

/** Nothing is left to run, and the task that was waited for has not ended. */
export class DeadlockError extends TaskError {
  override name = 'DeadlockError'
}

/** Time ran out. Flow: timed_out. */
export class TimeoutError extends TaskError {
  override name = 'TimeoutError'
  readonly code = 1004
}

/** The sending side went away without sending. Flow: broken_promise. */
export class BrokenPromiseError extends TaskError {
  override name = 'BrokenPromiseError'
  readonly code = 1100
}

/** The stream ended. Flow: end_of_stream. */
export class EndOfStreamError extends TaskError {
  override name = 'EndOfStreamError'
  readonly code = 1
}

/** The other side of a channel is gone. A failed send carries what was not sent. */
export class ChannelClosedError extends TaskError {
  override name = 'ChannelClosedError'
  readonly unsent: unknown

  constructor(message: string, unsent?: unknown) {
    super(message)
    this.unsent = unsent
  }
}

/** There is no room now. Carries what was not sent. */
export class ChannelFullError extends TaskError {
  override name = 'ChannelFullError'
  readonly unsent: unknown

  constructor(message: string, unsent?: unknown) {
    super(message)
    this.unsent = unsent
  }
}

/** A broadcast receiver was too slow: `missed` messages were overwritten before it read them. */
export class LaggedError extends TaskError {
  override name = 'LaggedError'
  readonly missed: number

  constructor(missed: number) {
    super(
      `the receiver was too slow and missed ${missed} messages; it goes on with the oldest kept`,
    )
    this.missed = missed
  }
}

/** The actor at the other end of a pipe failed: its Ret or Fwd was dropped unused. */
export class ActorFailError extends TaskError {
  override name = 'ActorFailError'
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
