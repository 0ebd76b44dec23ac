/** What a trace tells, put together: the tasks, the stretches they ran, what they waited for, who woke whom. */
import type { TraceEvent } from './trace.ts'

/** The life of one task. */
export interface TaskLane {
  /** Counts from 1, in the order of first appearance. */
  readonly taskId: number
  /** The name it was spawned with, or `task N`. */
  name: string
  /** Of its first event, in milliseconds. */
  readonly begin: number
  /** When it was dropped; undefined: it was alive at the end. */
  end: number | undefined
  /** Somebody cancelled it. */
  cancelled: boolean
}

/** From the wake that polled a task to the moment it had nothing more to do. */
export interface Poll {
  /** Who ran. */
  readonly taskId: number
  /** In milliseconds. */
  readonly begin: number
  /** In milliseconds. */
  end: number
  /** Of the event that began it. */
  readonly seq: number
  /** How it ended; undefined: it had not, at the end of the trace. */
  outcome: 'pending' | 'ready' | undefined
}

/** A task waited for a future. */
export interface Waiting {
  /** Who waited. */
  readonly taskId: number
  /** For what. */
  readonly futureId: number
  /** In milliseconds. */
  readonly begin: number
  /** Undefined: still, at the end of the trace. */
  end: number | undefined
}

/** One task woke another. */
export interface WakeEdge {
  /** Who ran when it woke; 0: a callback from outside. */
  readonly fromTask: number
  /** Who was woken. */
  readonly toTask: number
  /** In milliseconds. */
  readonly time: number
  /** The function that woke it. */
  readonly place: string
  /** Of the event. */
  readonly seq: number
}

/** A trace, put together. Times are milliseconds of the environment it was recorded in. */
export interface Timeline {
  /** Of the first event; 0 without one. */
  readonly begin: number
  /** Of the last event. */
  readonly end: number
  /** In the order they appear. */
  readonly tasks: TaskLane[]
  /** In the order they end. */
  readonly polls: Poll[]
  /** In the order they begin. */
  readonly waits: Waiting[]
  /** In the order they happen. */
  readonly wakes: WakeEdge[]
}

/**
 * Puts a trace together: what each task did and waited for, and who woke it.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * const { tasks, waits } = timelineOf(recorder.stop().events)
 * console.log(`${tasks.length} tasks, ${waits.length} waits`)
 */
export function timelineOf(events: readonly TraceEvent[]): Timeline {
  const builder = new TimelineBuilder()
  for (const event of events) builder.add(event)
  return builder.finish()
}

class TimelineBuilder {
  readonly #lanes = new Map<number, TaskLane>()
  readonly #polls: Poll[] = []
  readonly #running = new Map<number, Poll>()
  readonly #waits: Waiting[] = []
  /** By task and future: the wait that is going on. */
  readonly #waiting = new Map<string, Waiting>()
  readonly #wakes: WakeEdge[] = []
  #begin: number | undefined
  #end = 0

  add(event: TraceEvent): void {
    this.#begin ??= event.time
    this.#end = Math.max(this.#end, event.time)
    if (event.taskId === 0) return
    this.#updateLane(event)
    if (event.futureId !== 0) this.#addFutureEvent(event)
    else this.#addTaskEvent(event)
  }

  #updateLane(event: TraceEvent): void {
    const { taskId, time } = event
    let lane = this.#lanes.get(taskId)
    if (lane === undefined) {
      lane = { taskId, name: `task ${taskId}`, begin: time, end: undefined, cancelled: false }
      this.#lanes.set(taskId, lane)
    }
    if (event.type === 'spawn' && event.name !== undefined) lane.name = event.name
    if (event.type === 'cancel') lane.cancelled = true
    if (event.type === 'dropped') lane.end = time
  }

  #addTaskEvent(event: TraceEvent): void {
    const { taskId, time, type } = event
    if (type === 'wake') {
      const { byTaskId: fromTask, place, seq } = event
      this.#wakes.push({ fromTask, toTask: taskId, time, place, seq })
    } else if (type === 'clone' && event.byTaskId !== taskId && !this.#running.has(taskId)) {
      // The executor's own reference: a poll begins. (Clones inside a poll are made by the task.)
      const poll: Poll = { taskId, begin: time, end: time, seq: event.seq, outcome: undefined }
      this.#running.set(taskId, poll)
    } else if (type === 'pending' || type === 'ready') {
      this.#endPoll(taskId, time, type)
    } else if (type === 'dropped') {
      for (const wait of this.#waiting.values()) if (wait.taskId === taskId) wait.end ??= time
    }
  }

  #endPoll(taskId: number, time: number, outcome: 'pending' | 'ready'): void {
    const poll = this.#running.get(taskId)
    if (poll === undefined) return
    this.#running.delete(taskId)
    poll.end = time
    poll.outcome = outcome
    this.#polls.push(poll)
  }

  #addFutureEvent(event: TraceEvent): void {
    const { taskId, futureId, time } = event
    const key = `${taskId}/${futureId}`
    const wait = this.#waiting.get(key)
    if (event.type === 'pending' && wait === undefined) {
      const begun: Waiting = { taskId, futureId, begin: time, end: undefined }
      this.#waiting.set(key, begun)
      this.#waits.push(begun)
    } else if ((event.type === 'ready' || event.type === 'unregister') && wait !== undefined) {
      wait.end ??= time
      this.#waiting.delete(key)
    }
  }

  finish(): Timeline {
    return {
      begin: this.#begin ?? 0,
      end: this.#end,
      tasks: [...this.#lanes.values()],
      polls: this.#polls,
      waits: this.#waits,
      wakes: this.#wakes,
    }
  }
}
