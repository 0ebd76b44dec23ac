import { emit, lifecycle } from '../../future/wakers/lifecycle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { BaseExecutor, type ExecutorOptions } from './base-executor.ts'
import type { Task, TaskWaker } from '../core/task.ts'
import { kind } from '../../native/values/kinds.ts'

const PLACE_WAKE = 'Task::wake'
const PLACE_POLL = 'Task::poll'

/** What a {@link QueueingExecutor} can be told. */
export interface QueueingOptions extends ExecutorOptions {
  /** Called when the queue stops being empty: somebody must call `pollPending` soon. */
  onReady?: () => void
}

const KNOWN = knownOptions<QueueingOptions>('a QueueingExecutor', {
  onReady: true,
  onUnjoinedError: true,
  scope: true,
  carries: true,
  taskLimit: true,
})

/**
 * Waking queues: a woken task is polled in the next round, in the order of the wakes. Wakes during a poll
 * therefore run after it, and no task runs twice while another waits. A {@link Runtime} drives one by itself.
 *
 * @example
 * const executor: QueueingExecutor = new QueueingExecutor(hostEnvironment, {
 *   onReady: () => queueMicrotask(() => executor.pollPending()),
 * })
 * console.log(await fdbSpawn(() => db.get('a'), { executor })) // undefined
 */
export class QueueingExecutor extends BaseExecutor {
  readonly #onReady: (() => void) | undefined
  #queue: TaskWaker[] = []
  #polling = false

  constructor(environment: Environment, options: QueueingOptions = {}) {
    checkOptions(KNOWN, options)
    super(environment, options)
    this.#onReady = options.onReady
  }

  /** Polls at once, as `fdb_spawn` does. */
  start(reference: TaskWaker): void {
    this.admit(reference)
    this.#poll(reference)
  }

  /** Like `start`, but the first poll waits for its turn. */
  startQueued(reference: TaskWaker): void {
    this.admit(reference)
    reference.task.markScheduled()
    this.#push(reference)
  }

  /** Puts the task into the queue, once. */
  wake(reference: TaskWaker, place: string): void {
    const task = reference.task
    if (lifecycle.hasSubscribers) emit('wake', PLACE_WAKE, task, 0, { decrease: true })
    if (task.isScheduled || task.isCompleted) {
      reference.release(place)
      return
    }
    task.markScheduled()
    this.#push(reference)
  }

  /** Puts the task into the queue, once, with a reference of the queue's own. */
  wakeByRef(task: Task): void {
    if (lifecycle.hasSubscribers) emit('wake', PLACE_WAKE, task, 0, { decrease: false })
    if (task.isScheduled || task.isCompleted) return
    task.markScheduled()
    const reference = task.reference()
    if (lifecycle.hasSubscribers) emit('clone', PLACE_WAKE, task)
    this.#push(reference)
  }

  /** How many tasks wait to be polled. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Polls the tasks that wait now. Those woken meanwhile wait for the next call. Returns how many ran. */
  pollPending(): number {
    if (this.#polling) return 0
    const round = this.#queue
    this.#queue = []
    this.#polling = true
    let done = 0
    try {
      while (done < round.length) this.#poll(round[done++] as TaskWaker)
    } finally {
      this.#polling = false
      if (done < round.length) this.#queue.unshift(...round.slice(done))
      if (this.#queue.length > 0) this.#onReady?.()
    }
    return round.length
  }

  /** Cancels every task, in the order they were made, and takes no more. */
  override dispose(): void {
    super.dispose()
    // Their tasks have ended: only the references are left.
    for (const reference of this.#queue.splice(0)) reference.release('Runtime::drop')
  }

  #push(reference: TaskWaker): void {
    this.#queue.push(reference)
    if (this.#queue.length === 1 && !this.#polling) this.#onReady?.()
  }

  #poll(reference: TaskWaker): void {
    const task = reference.task
    if (!task.isCompleted) task.poll(PLACE_POLL)
    reference.release(PLACE_POLL)
    if (task.isCompleted) task.settle()
  }
}

kind(QueueingExecutor, 'QueueingExecutor')
