import { emit, lifecycle, PLACE } from '../../future/wakers/lifecycle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { BaseExecutor, type ExecutorOptions } from './base-executor.ts'
import type { Task, TaskWaker } from '../core/task.ts'
import { kind } from '../../native/values/kinds.ts'

/** Polls nested deeper than this are put off until the outermost one returns. */
const DEPTH_LIMIT = 64

const KNOWN = knownOptions<ExecutorOptions>('an InPlaceExecutor', {
  onUnjoinedError: true,
  scope: true,
  carries: true,
  taskLimit: true,
})

/**
 * Waking polls in place: `wake` returns after the task was polled, on the waker's own stack. The shortest way
 * from a completion to the code that waits for it, at the price of re-entrancy.
 *
 * @example
 * const executor = new InPlaceExecutor(hostEnvironment, {
 *   onUnjoinedError: (error) => console.error(error.message),
 * })
 * const value = await fdbSpawn(() => db.get('a'), { executor })
 */
export class InPlaceExecutor extends BaseExecutor {
  readonly #deep: TaskWaker[] = []
  #depth = 0

  constructor(environment: Environment, options: ExecutorOptions = {}) {
    checkOptions(KNOWN, options)
    super(environment, options)
  }

  /** Polls at once, as `fdb_spawn` does. */
  start(reference: TaskWaker): void {
    this.admit(reference)
    this.wake(reference, PLACE.spawn)
  }

  /** Polls the task before it returns, unless the task runs already or polls are nested too deep. */
  wake(reference: TaskWaker, place: string): void {
    const task = reference.task
    if (lifecycle.hasSubscribers) emit('wake', PLACE.wake, task, 0, { decrease: true })
    this.#run(task)
    reference.release(place)
    if (task.isCompleted) task.settle()
  }

  /** As `wake`; the waker stays with its owner. */
  wakeByRef(task: Task): void {
    if (lifecycle.hasSubscribers) emit('wake', PLACE.wake, task, 0, { decrease: false })
    this.#run(task)
    if (task.isCompleted) task.settle()
  }

  #run(task: Task): void {
    if (task.isCompleted) return
    if (task.isRunning) {
      task.markScheduled()
      return
    }
    if (this.#depth >= DEPTH_LIMIT) {
      this.#putOff(task)
      return
    }
    this.#depth++
    try {
      do task.poll(PLACE.wake)
      while (task.isScheduled && !task.isCompleted)
    } finally {
      this.#depth--
    }
    if (this.#depth === 0) this.#runDeep()
  }

  #putOff(task: Task): void {
    if (task.isScheduled) return
    task.markScheduled()
    this.#deep.push(task.reference())
    if (lifecycle.hasSubscribers) emit('clone', PLACE.wake, task)
  }

  #runDeep(): void {
    for (let reference = this.#deep.shift(); reference; reference = this.#deep.shift()) {
      const task = reference.task
      this.#run(task)
      reference.drop(PLACE.wake)
      if (task.isCompleted) task.settle()
    }
  }
}

kind(InPlaceExecutor, 'InPlaceExecutor')
