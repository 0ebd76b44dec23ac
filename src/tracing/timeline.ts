/** What a trace tells, put together: the tasks, the stretches they ran, what they waited for, who woke whom. */
import type { TraceEvent } from './trace.ts'

export interface TaskLane {
  readonly taskId: number
  name: string
  /** Of its first event, in milliseconds. */
  readonly begin: number
  /** When it was dropped; undefined: it was alive at the end. */
  end: number | undefined
  cancelled: boolean
}

/** From the wake that polled a task to the moment it had nothing more to do. */
export interface Poll {
  readonly taskId: number
  readonly begin: number
  end: number
  readonly seq: number
  outcome: 'pending' | 'ready' | undefined
}

/** A task waited for a future. */
export interface Waiting {
  readonly taskId: number
  readonly futureId: number
  readonly begin: number
  /** Undefined: still, at the end of the trace. */
  end: number | undefined
}

export interface WakeEdge {
  /** Who ran when it woke; 0: a callback from outside. */
  readonly fromTask: number
  readonly toTask: number
  readonly time: number
  readonly place: string
  readonly seq: number
}

export interface Timeline {
  readonly begin: number
  readonly end: number
  readonly tasks: TaskLane[]
  readonly polls: Poll[]
  readonly waits: Waiting[]
  readonly wakes: WakeEdge[]
}

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
