import { emit, lifecycle, PLACE } from '../../future/wakers/lifecycle.ts'
import { hostEnvironment } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { InPlaceExecutor } from '../executors/in-place-executor.ts'
import { JoinHandle } from './join-handle.ts'
import type { QueueingExecutor } from '../executors/queueing-executor.ts'
import { type Executor, executorAround, Task } from '../core/task.ts'
import { give } from '../core/belongings.ts'
import { bodyOf, type Ending, type TaskSource } from '../core/task-body.ts'

/** How a task is started. */
export interface SpawnOptions {
  /** For people: in traces and messages. Default: the function's name. */
  name?: string
  /**
   * Who polls it. Default: the executor of the running task, in virtual time also behind an `await`; outside of tasks,
   * one that polls in place.
   */
  executor?: Executor
  /** How a generator learns that it is cancelled. Default: `'return'`. */
  ending?: Ending
  /** What is given to it: ends of channels, promises and streams, a Ret or Fwd, an actor's future. Dropped when it fails. */
  owns?: readonly { drop(): void }[]
}

const KNOWN = knownOptions<SpawnOptions>('a task', {
  name: true,
  executor: true,
  ending: true,
  owns: true,
})

/** @throws TypeError for an option that a task doesn't have. */
export function checkSpawnOptions(options: SpawnOptions): void {
  checkOptions(KNOWN, options)
}

/**
 * Polls tasks in place, with the process's own clock: where `fdbSpawn` puts a task when nothing else is said.
 *
 * @example console.log(`${inPlaceExecutor.size} tasks are alive`)
 */
export const inPlaceExecutor = new InPlaceExecutor(hostEnvironment)

/**
 * Starts a task: it runs to its first suspension point before this returns.
 *
 * @param source a generator function, an async function, a generator, or anything that can be polled.
 * @throws TypeError for anything else; RuntimeDisposedError when the executor takes no more tasks.
 * @example
 * const handle = fdbSpawn(function* () {
 *   const value = yield* tn.get('a')
 *   return value?.length ?? 0
 * })
 * console.log(await handle)
 */
export function fdbSpawn<T>(source: TaskSource<T>, options: SpawnOptions = {}): JoinHandle<T> {
  checkSpawnOptions(options)
  const executor = options.executor ?? executorAround() ?? inPlaceExecutor
  const task = makeTask(source, executor, options)
  executor.start(task.reference())
  return new JoinHandle(task)
}

/** Like {@link fdbSpawn}, but the first poll waits for its turn in the queue. */
export function spawnQueued<T>(
  source: TaskSource<T>,
  executor: QueueingExecutor,
  options: SpawnOptions,
): JoinHandle<T> {
  checkSpawnOptions(options)
  const task = makeTask(source, executor, options)
  executor.startQueued(task.reference())
  return new JoinHandle(task)
}

/** A task that nobody has polled yet. */
function makeTask<T>(source: TaskSource<T>, executor: Executor, options: SpawnOptions): Task<T> {
  const body = bodyOf(source, options.ending)
  const task = new Task<T>(body, executor, options.name ?? nameOf(source))
  for (const given of options.owns ?? []) give(given, task)
  if (lifecycle.hasSubscribers) emit('spawn', PLACE.spawn, task, 0, { name: task.name })
  return task
}

function nameOf(source: unknown): string {
  return typeof source === 'function' && source.name !== '' ? source.name : 'task'
}
