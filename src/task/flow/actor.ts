import { checkFunction } from '../../native/values/arguments.ts'
import { checkSpawnOptions, fdbSpawn, type SpawnOptions } from '../spawning/spawn.ts'
import type { TaskGenerator } from '../core/task-body.ts'
import { failed, isOwned, type Owned } from '../core/belongings.ts'
import { FlowFuture, type FlowPromise, PromiseFuture } from './promise-future.ts'
import { FutureStream, PromiseStream } from './promise-stream.ts'

/**
 * Flow's actors: a generator function that runs as a task and is known by its future. It runs to its first wait
 * when it is called. When the last owner drops the future, the actor is cancelled: a CancelledError (1101) comes
 * out of what it waits for; it may clean up, but not wait any more.
 *
 * @example
 * const asyncAdd = actor(function* (left: FlowFuture<number>, right: number) {
 *   return (yield* wait(left)) + right
 * })
 * const { promise, future } = new PromiseFuture<number>()
 * const sum = asyncAdd(future, 2)
 * promise.send(5)
 * console.log(await sum) // 7
 */
export function actor<A extends unknown[], T>(
  body: (...args: A) => TaskGenerator<T>,
  options: SpawnOptions = {},
): (...args: A) => FlowFuture<T> {
  checkFunction('body', body)
  checkSpawnOptions(options)
  const name = options.name ?? (body.name === '' ? 'actor' : body.name)
  return (...args) => {
    const owns = [...(options.owns ?? []), ...args.filter(isGiven)]
    return startActor(() => body(...args), { ...options, name, ending: 'throw', owns })
  }
}

const SHARED = [FlowFuture, PromiseStream, FutureStream]

/** What an actor is given as an argument is its own. A future or a stream is shared: its caller has it still. */
function isGiven(argument: unknown): argument is Owned {
  return isOwned(argument) && !SHARED.some((kind) => argument instanceof kind)
}

function startActor<T>(body: () => TaskGenerator<T>, options: SpawnOptions): FlowFuture<T> {
  const { promise, future } = new PromiseFuture<T>()
  const owns = [promise, ...(options.owns ?? [])]
  const handle = fdbSpawn(() => forward(body(), promise), { ...options, owns })
  promise.onAbandoned(() => handle.cancel())
  return future.ofActor()
}

function* forward<T>(body: TaskGenerator<T>, promise: FlowPromise<T>): TaskGenerator<void> {
  let value: T
  try {
    value = yield* body
  } catch (error) {
    const wanted = promise.isWanted
    promise.sendError(error)
    // Nobody has the future any more: the error is the task's own, so that it is not lost.
    if (!wanted) throw error
    failed(error)
    return
  }
  promise.send(value)
}
