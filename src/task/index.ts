/// <reference types="node" preserve="true" />
/**
 * Tasks: generators and async functions that executors poll and wakers wake, with timers, channels, Flow's actors,
 * streams and `choose`, Stakker's Fwd and Ret, and a bridge between workers. See docs/tasks.md.
 *
 * @example
 * import { fdbSpawn, sleep } from 'fdbkit/task'
 * const handle = fdbSpawn(function* () {
 *   const value = yield* tn.get('a')
 *   yield* sleep(10)
 *   return value
 * })
 * console.log(await handle)
 *
 * @module
 */
export * from './bridge/index.ts'
export * from './channels/index.ts'
export * from './core/errors.ts'
export * from './flow/index.ts'
export * from './stakker/index.ts'
export {
  DeterministicEnvironment,
  type DeterministicOptions,
} from '../native/environment/deterministic-environment.ts'
export type { ExecutorOptions } from './executors/base-executor.ts'
export { AtomicWaker } from '../future/wakers/atomic-waker.ts'
export { PENDING, suspend, type Suspended } from '../future/wakers/waker.ts'
export type { Pressure } from '../future/port/pressure.ts'
export type { Awaitable, Pollable, Waker } from '../future/wakers/waker.ts'
export { byRef } from './waits/by-ref.ts'
export { fromPromise } from './waits/from-promise.ts'
export { InPlaceExecutor } from './executors/in-place-executor.ts'
export { JoinHandle } from './spawning/join-handle.ts'
export { promiseOf } from './waits/promise-of.ts'
export { QueueingExecutor, type QueueingOptions } from './executors/queueing-executor.ts'
export { Runtime, type RuntimeOptions, type RuntimeSpawnOptions } from './spawning/runtime.ts'
export { fdbSpawn, inPlaceExecutor, type SpawnOptions } from './spawning/spawn.ts'
export { currentTask, type Executor, Task, TaskWaker } from './core/task.ts'
export type { Ending, TaskContext, TaskGenerator, TaskSource } from './core/task-body.ts'
export { Interval, interval, type IntervalOptions } from './time/interval.ts'
export { sleep, type TimeOptions } from './time/sleep.ts'
export { timeout } from './time/timeout.ts'
export { yieldNow } from './time/yield-now.ts'
export { Shared, Wait } from './waits/wait.ts'
