/**
 * The life-cycle events of tasks, wakers and futures, on the diagnostics channel `fdbkit:lifecycle`.
 * With no subscriber an event costs one boolean check: write
 *
 *     if (lifecycle.hasSubscribers) emit('poll', PLACE, waker, this.id)
 */
import { channel } from 'node:diagnostics_channel'
import { hostEnvironment, type Environment } from '../../native/environment/environment.ts'
import { currentSurroundings } from '../owners/surroundings.ts'
import type { Waker } from './waker.ts'

export const LIFECYCLE_CHANNEL = 'fdbkit:lifecycle'

/** What happened. `docs/tasks.md` tells what each stands for in the life of a task. */
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

/** One event in the life of a task or of a future, as it is published on the diagnostics channel. */
export interface LifecycleEvent {
  /** What happened. */
  readonly type: LifecycleType
  /** The task it belongs to; 0: none. */
  readonly taskId: number
  /** The future it belongs to; 0: none, the event is the task's own. */
  readonly futureId: number
  /** References to the task after the event. */
  readonly refCount: number
  /** Of a wake: does it give up the reference? */
  readonly decrease?: boolean
  /** The task that was running when it happened; 0: none. For a wake: who woke it. */
  readonly byTaskId: number
  /** The function it comes from. */
  readonly place: string
  /** 1, 2, 3, ... in this worker. */
  readonly seq: number
  /** Milliseconds of the environment in force. */
  readonly time: number
  /** A task's or future's name, when it has one. */
  readonly name?: string
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
  cancel: 'Task::cancel',
} as const

let sequence = 0
let futures = 0
let runningTask = 0

/** Ids start at 1 and are never used twice in a worker. */
export function nextFutureId(): number {
  return ++futures
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

/** Publishes an event about a waker's task, or about a future that nobody polls through a waker. */
export function emit(
  type: LifecycleType,
  place: string,
  subject: Subject | undefined,
  futureId = 0,
  decrease?: boolean,
  name?: string,
): void {
  const event: LifecycleEvent = {
    type,
    taskId: subject === undefined ? 0 : subject.taskId,
    futureId,
    refCount: subject === undefined ? 0 : subject.refCount,
    ...(decrease === undefined ? undefined : { decrease }),
    byTaskId: runningTask,
    place,
    seq: ++sequence,
    time: (subject?.environment ?? currentEnvironment()).now(),
    ...(name === undefined ? undefined : { name }),
  }
  lifecycle.publish(event)
}
