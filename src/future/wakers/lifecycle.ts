/**
 * The life-cycle events of tasks, wakers and futures, on the diagnostics channel `fdbkit:lifecycle`.
 * With no subscriber an event costs one boolean check: write
 *
 *     if (lifecycle.hasSubscribers) emit('poll', PLACE, waker, this.id)
 */
import { channel } from 'node:diagnostics_channel'
import { hostEnvironment, type Environment } from '../../native/environment/environment.ts'
import { currentSurroundings } from '../owners/surroundings.ts'
import { type KeyScope, traceOwner } from './trace-owner.ts'
import type { Waker } from './waker.ts'

export const LIFECYCLE_CHANNEL = 'fdbkit:lifecycle'

/** What happened. `docs/tasks.md` tells what each stands for in the life of a task or of a run. */
export type LifecycleType =
  | 'spawn'
  | 'wake'
  | 'clone'
  | 'poll'
  | 'register'
  | 'unregister'
  | 'pending'
  | 'ready'
  | 'callback'
  | 'drop'
  | 'dropped'
  | 'cancel'
  | 'join'
  | 'run'
  | 'attempt'
  | 'call'
  | 'write'
  | 'conflict'
  | 'failed'
  | 'committed'
  | 'finished'

/** What some types of events tell besides. */
export interface EventDetails {
  /** Of a wake: does it give up the reference? */
  readonly decrease?: boolean
  /** A task's or run's name, when it has one. */
  readonly name?: string
  /** What a task, or an `await`, waits for from now on, in a few words. */
  readonly waitsFor?: string
  /** Of a call or a write: its name in the API, for example `getRange`. */
  readonly operation?: string
  /** The key that it is about, or the first of its range, as it is in the database. Not copied: look at it now. */
  readonly key?: Uint8Array
  /** The end of its range. */
  readonly endKey?: Uint8Array
  /** Why something failed: the name and the code of an FDBError, or the name and the message of another error. */
  readonly error?: string
}

/** One event in the life of a task, of a future or of a run, as it is published on the diagnostics channel. */
export interface LifecycleEvent extends EventDetails {
  /** What happened. */
  readonly type: LifecycleType
  /** The task it belongs to; 0: none. */
  readonly taskId: number
  /** The future it belongs to; 0: none, the event is the task's or the run's own. */
  readonly futureId: number
  /** References to the task after the event. */
  readonly refCount: number
  /** The task that was running when it happened; 0: none. For a wake: who woke it. */
  readonly byTaskId: number
  /** The function it comes from; of a run: the line that called it. */
  readonly place: string
  /** 1, 2, 3, ... in this worker. */
  readonly seq: number
  /** Milliseconds of the environment in force. */
  readonly time: number
  /** The run of a transaction in which it happened. */
  readonly runId?: number
  /** The attempt of that run: 1, 2, 3, ... */
  readonly attempt?: number
  /** How the run shows its keys to people: as tuples, and by the directory they are in. */
  readonly scope?: KeyScope
}

export const lifecycle = channel(LIFECYCLE_CHANNEL)

/** The places of seed listings, and of everything that stands where they stood. */
export const PLACE = {
  spawn: 'fdb_spawn',
  wake: 'fdbwaker_wake',
  poll: 'FdbFuture::Poll',
  callback: 'fdb_future_callback',
  dropped: 'FDBWaker::drop',
  join: 'JoinHandle::poll',
  await: 'promiseOf',
  cancel: 'Task::cancel',
} as const

let sequence = 0
let futures = 0
let runs = 0
let runningTask = 0

/** Ids start at 1 and are never used twice in a worker. */
export function nextFutureId(): number {
  return ++futures
}

/** Likewise, of runs of transactions. */
export function nextRunId(): number {
  return ++runs
}

/** Id of the task that runs now; 0: none. */
export function currentTaskId(): number {
  return runningTask
}

/** Says which task runs now. Returns the one before, to be put back. */
export function enterTask(taskId: number): number {
  const before = runningTask
  runningTask = taskId
  return before
}

/** The environment in force here: that of the running task, or the process's own. Its clock stamps events. */
export function currentEnvironment(): Environment {
  return currentSurroundings()?.environment ?? hostEnvironment
}

/** What an event is about: a task, or a waker of it. One that knows its environment is stamped by that. */
export interface Subject extends Pick<Waker, 'taskId' | 'refCount'> {
  readonly environment?: Environment | undefined
}

/** Publishes an event: about a waker's task, or without one about whoever's code runs. */
export function emit(
  type: LifecycleType,
  place: string,
  subject: Subject | undefined,
  futureId = 0,
  details?: EventDetails,
): void {
  const owner = traceOwner()
  if (owner?.untold === true) return
  const run = owner?.run
  const event: LifecycleEvent = {
    type,
    taskId: subject === undefined ? (owner?.taskId ?? 0) : subject.taskId,
    futureId,
    refCount: subject === undefined ? 0 : subject.refCount,
    byTaskId: runningTask,
    place,
    seq: ++sequence,
    time: (subject?.environment ?? owner?.environment ?? currentEnvironment()).now(),
    ...(run === undefined ? undefined : { runId: run.id, attempt: run.attempt, scope: run }),
    ...details,
  }
  lifecycle.publish(event)
}
