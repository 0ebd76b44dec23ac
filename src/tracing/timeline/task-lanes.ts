import { PLACE } from '../../future/wakers/lifecycle.ts'
import type { TraceEvent } from '../recording/trace.ts'
import type { Poll, TaskLane, Waiting, WakeEdge } from './lanes.ts'

/** How the body of an async task is said to wait: its own awaits say more. */
const ASYNC_BODY = 'a promise'

/** Puts the events of tasks together, and those of waits outside of tasks. */
export class TaskLanes {
  readonly polls: Poll[] = []
  readonly wakes: WakeEdge[] = []
  readonly #lanes = new Map<number, TaskLane>()
  /** Tasks that stand for an `await`: their waits are those of who awaits. */
  readonly #awaits = new Set<number>()
  readonly #running = new Map<number, Running>()
  readonly #waits = new Set<Waiting>()
  /** By task and future: the wait of an `await` or a poll that is going on. */
  readonly #ofFutures = new Map<string, Waiting>()
  /** By task: the wait of a task as a whole. */
  readonly #ofTasks = new Map<number, Waiting>()

  add(event: TraceEvent): void {
    const { taskId, type } = event
    if (type === 'spawn' && event.place === PLACE.await) this.#awaits.add(taskId)
    if (this.#awaits.has(taskId)) return
    if (event.futureId !== 0) this.#addWait(event)
    if (taskId === 0) {
      if (type === 'finished') this.#endWaits((wait) => wait.runId === event.runId, event.time)
      return
    }
    this.#updateLane(event)
    if (event.futureId === 0) this.#addTaskEvent(event)
  }

  lanes(): TaskLane[] {
    return [...this.#lanes.values()]
  }

  finishedWaits(): Waiting[] {
    return [...this.#waits]
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
    const { taskId, time, type, seq } = event
    if (type === 'wake') {
      const { byTaskId: fromTask, place } = event
      const from = this.#awaits.has(fromTask) ? 0 : fromTask
      this.wakes.push({ fromTask: from, toTask: taskId, time, place, seq })
    } else if (type === 'clone' && event.byTaskId !== taskId && !this.#running.has(taskId)) {
      // The executor's own reference: a poll begins. (Clones inside a poll are made by the task.)
      const poll: Poll = { taskId, begin: time, end: time, seq, outcome: undefined }
      this.#running.set(taskId, { poll, fresh: [] })
      this.#endTaskWait(taskId, time)
    } else if (type === 'pending' || type === 'ready') {
      this.#endPoll(event, type)
    } else if (type === 'dropped') {
      this.#endTaskWait(taskId, time)
      this.#endWaits((wait) => wait.taskId === taskId, time)
    }
  }

  #endPoll(event: TraceEvent, outcome: 'pending' | 'ready'): void {
    const { taskId, time, waitsFor } = event
    const running = this.#running.get(taskId)
    if (running === undefined) return
    this.#running.delete(taskId)
    const { poll, fresh } = running
    poll.end = time
    poll.outcome = outcome
    this.polls.push(poll)
    if (waitsFor === ASYNC_BODY) return
    // One wait of the task stands for all that it polled: what wakes it ends it.
    for (const wait of fresh) this.#forget(wait)
    if (outcome === 'ready' || waitsFor === undefined) return
    const futureId = fresh.length === 1 ? (fresh[0] as Waiting).futureId : 0
    const runId = event.runId ?? 0
    const wait = { taskId, runId, futureId, what: waitsFor, begin: time, end: undefined }
    this.#ofTasks.set(taskId, wait)
    this.#waits.add(wait)
  }

  #addWait(event: TraceEvent): void {
    const { taskId, futureId, time, type, runId = 0 } = event
    const key = `${taskId}/${futureId}`
    const open = this.#ofFutures.get(key)
    if (type === 'pending' && open === undefined) {
      const what = event.waitsFor ?? `future ${futureId}`
      const wait: Waiting = { taskId, runId, futureId, what, begin: time, end: undefined }
      this.#ofFutures.set(key, wait)
      this.#waits.add(wait)
      this.#running.get(taskId)?.fresh.push(wait)
    } else if ((type === 'ready' || type === 'unregister') && open !== undefined) {
      open.end ??= time
      this.#ofFutures.delete(key)
    }
  }

  #forget(wait: Waiting): void {
    this.#waits.delete(wait)
    this.#ofFutures.delete(`${wait.taskId}/${wait.futureId}`)
  }

  #endTaskWait(taskId: number, time: number): void {
    const wait = this.#ofTasks.get(taskId)
    if (wait === undefined) return
    wait.end = time
    this.#ofTasks.delete(taskId)
  }

  #endWaits(isOver: (wait: Waiting) => boolean, time: number): void {
    for (const [key, wait] of this.#ofFutures) {
      if (!isOver(wait)) continue
      wait.end ??= time
      this.#ofFutures.delete(key)
    }
  }
}

interface Running {
  readonly poll: Poll
  /** Waits that began in this poll. */
  readonly fresh: Waiting[]
}
