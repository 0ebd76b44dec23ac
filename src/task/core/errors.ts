// The core: what a task is, how it ends, and what it waits in. Nothing here says when it is polled.
import { brand } from '../../native/values/kinds.ts'

/**
 * What goes wrong in tasks, actors and channels; the class of all of them. Where Flow has a number for it, `code`
 * carries that number.
 *
 * @example
 * try {
 *   await fdbSpawn(() => db.get('a'))
 * } catch (error) {
 *   if (error instanceof TaskError) console.error(error.name, error.message)
 * }
 */
export class TaskError extends Error {
  override name = 'TaskError'
}

brand(TaskError, 'TaskError')

/**
 * The task was cancelled, or the actor's last future was dropped. Flow: operation_cancelled.
 *
 * @example
 * const handle = fdbSpawn(sleep(1000))
 * handle.cancel()
 * await handle.then(undefined, (error) => console.log(error instanceof CancelledError)) // true
 */
export class CancelledError extends TaskError {
  override name = 'CancelledError'
  /** Flow's number. */
  readonly code = 1101
}

brand(CancelledError, 'CancelledError')

/**
 * The last waker of an unfinished task was dropped: nothing could ever wake it.
 *
 * @example
 * const forgetful: Pollable<never> = { poll: () => PENDING } // keeps no waker
 * const handle = fdbSpawn(forgetful)
 * await handle.then(undefined, (error) => console.log(error instanceof TaskDroppedError)) // true
 */
export class TaskDroppedError extends TaskError {
  override name = 'TaskDroppedError'
}

brand(TaskDroppedError, 'TaskDroppedError')

/**
 * A task failed and nobody joined it. The error itself is the `cause`.
 *
 * @example
 * using runtime = new Runtime({
 *   onUnjoinedError: (error: UnjoinedTaskError) => console.error(error.taskId, error.cause),
 * })
 */
export class UnjoinedTaskError extends TaskError {
  override name = 'UnjoinedTaskError'
  /** Id of the task, as in the trace. */
  readonly taskId: number

  /** @internal */
  constructor(taskId: number, taskName: string, cause: unknown) {
    super(`task ${taskId} (${taskName}) failed and nobody joined it: ${describe(cause)}`, { cause })
    this.taskId = taskId
  }
}

brand(UnjoinedTaskError, 'UnjoinedTaskError')

/**
 * A runtime that was disposed of takes no more tasks.
 *
 * @example
 * const runtime = new Runtime()
 * runtime.dispose()
 * try {
 *   runtime.spawn(async () => 1)
 * } catch (error) {
 *   console.log(error instanceof RuntimeDisposedError) // true
 * }
 */
export class RuntimeDisposedError extends TaskError {
  override name = 'RuntimeDisposedError'
}

brand(RuntimeDisposedError, 'RuntimeDisposedError')

/**
 * Nothing is left to run, and the task that was waited for has not ended. It names who waits for what. From
 * `runtime.run` and `runtime.runSync`.
 *
 * @example
 * using runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
 * const [, receiver] = bounded<string>(1)
 * try {
 *   runtime.runSync(receiver.recv()) // nobody sends
 * } catch (error) {
 *   console.log(error instanceof DeadlockError) // true
 * }
 */
export class DeadlockError extends TaskError {
  override name = 'DeadlockError'
}

brand(DeadlockError, 'DeadlockError')

/**
 * Time ran out. Flow: timed_out.
 *
 * @example
 * const late = timeout(10, sleep(1000))
 * await late.then(undefined, (error) => console.log(error instanceof TimeoutError)) // true
 */
export class TimeoutError extends TaskError {
  override name = 'TimeoutError'
  /** Flow's number. */
  readonly code = 1004
}

brand(TimeoutError, 'TimeoutError')

/**
 * The sending side went away without sending. Flow: broken_promise.
 *
 * @example
 * const { promise, future } = new PromiseFuture<number>()
 * promise.drop()
 * await future.then(undefined, (error) => console.log(error instanceof BrokenPromiseError)) // true
 */
export class BrokenPromiseError extends TaskError {
  override name = 'BrokenPromiseError'
  /** Flow's number. */
  readonly code = 1100
}

brand(BrokenPromiseError, 'BrokenPromiseError')

/**
 * The stream ended. Flow: end_of_stream.
 *
 * @example
 * const numbers = new PromiseStream<number>()
 * numbers.sendError() // the end
 * const next = waitNext(numbers.getFuture())
 * await next.then(undefined, (error) => console.log(error instanceof EndOfStreamError)) // true
 */
export class EndOfStreamError extends TaskError {
  override name = 'EndOfStreamError'
  /** Flow's number. */
  readonly code = 1
}

brand(EndOfStreamError, 'EndOfStreamError')

/**
 * The other side of a channel is gone. A failed send carries what was not sent. When the task of the other side had
 * failed, its error is the `cause`.
 *
 * @example
 * const [sender, receiver] = unbounded<string>()
 * receiver.drop()
 * try {
 *   sender.send('hello')
 * } catch (error) {
 *   if (error instanceof ChannelClosedError) console.log(error.unsent) // hello
 * }
 */
export class ChannelClosedError extends TaskError {
  override name = 'ChannelClosedError'
  /** What was not sent. */
  readonly unsent: unknown

  /** @internal */
  constructor(message: string, unsent?: unknown, why?: { readonly cause: unknown }) {
    super(message, why)
    this.unsent = unsent
  }
}

brand(ChannelClosedError, 'ChannelClosedError')

/**
 * There is no room now. Carries what was not sent.
 *
 * @example
 * const [sender, receiver] = bounded<number>(1)
 * sender.trySend(1)
 * try {
 *   sender.trySend(2)
 * } catch (error) {
 *   if (error instanceof ChannelFullError) console.log(error.unsent) // 2
 * }
 * receiver.drop()
 */
export class ChannelFullError extends TaskError {
  override name = 'ChannelFullError'
  /** What was not sent. */
  readonly unsent: unknown

  /** @internal */
  constructor(message: string, unsent?: unknown) {
    super(message)
    this.unsent = unsent
  }
}

brand(ChannelFullError, 'ChannelFullError')

/**
 * A broadcast receiver was too slow: `missed` messages were overwritten before it read them. It goes on with the
 * oldest that is kept.
 *
 * @example
 * const news = broadcast<string>(1)
 * using receiver = news.subscribe()
 * for (const item of ['a', 'b', 'c']) news.send(item)
 * await receiver.next().then(undefined, (error) => {
 *   if (error instanceof LaggedError) console.log(error.missed) // 2
 * })
 */
export class LaggedError extends TaskError {
  override name = 'LaggedError'
  /** How many messages. */
  readonly missed: number

  /** @internal */
  constructor(missed: number) {
    super(
      `the receiver was too slow and missed ${missed} messages; it goes on with the oldest kept`,
    )
    this.missed = missed
  }
}

brand(LaggedError, 'LaggedError')

/**
 * The actor at the other end of a pipe failed: its Ret or Fwd was dropped unused.
 *
 * @example
 * const { ret, future } = pushPipeResult<number>()
 * ret.drop()
 * const result = await future
 * if (!result.ok) console.log(result.error instanceof ActorFailError) // true
 */
export class ActorFailError extends TaskError {
  override name = 'ActorFailError'
}

brand(ActorFailError, 'ActorFailError')

/** What was thrown, in a line. @internal */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
