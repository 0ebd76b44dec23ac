/**
 * The task: a body, a state, a reference count; its references; and what polls it, which tasks and references name as
 * much as it names them. docs/tasks.md explains the states, and who owns a reference.
 */
import { born, gone } from '../../future/owners/census.ts'
import type { HandleScope } from '../../future/owners/handle-scope.ts'
import { emit, enterTask, lifecycle, PLACE } from '../../future/wakers/lifecycle.ts'
import { ownedBy, traceOwner } from '../../future/wakers/trace-owner.ts'
import { pin } from '../../future/owners/pinned.ts'
import {
  carriedSurroundings,
  carry,
  enterSurroundings,
  type Surroundings,
} from '../../future/owners/surroundings.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import { describeWait } from '../../future/wakers/waits-for.ts'
import { OwnContext } from '../../native/environment/context.ts'
import type { Environment } from '../../native/environment/environment.ts'
import {
  type Belonging,
  dropBelongings,
  enterOwner,
  type Holder,
  leaveBelongings,
  type Owner,
} from './belongings.ts'
import { CancelledError, TaskDroppedError, TaskError } from './errors.ts'
import { Outcome } from './outcome.ts'
import type { TaskBody } from './task-body.ts'
import { CANCELLED, COMPLETED, describeState, JOINED, RUNNING, SCHEDULED } from './task-state.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * Who polls tasks: a {@link Runtime}'s, `inPlaceExecutor`, or one of your own. It owns every reference that is
 * handed to it, and gives each up once.
 */
export interface Executor {
  /** Clock, timers and chance of its tasks. */
  readonly environment: Environment
  /** @internal Owns the native handles that its tasks make; undefined: each handle's owner does. */
  readonly scope: HandleScope | undefined
  /** @internal Async functions of its tasks find both behind an `await` too, and their task. */
  readonly carries?: boolean
  /** The first poll of a new task. Owns the reference. */
  start(reference: TaskWaker): void
  /** The task was woken, and the waker given up. Owns the reference. `place` is who gave it up. */
  wake(reference: TaskWaker, place: string): void
  /** The task was woken; the waker stays with its owner. */
  wakeByRef(task: Task, place: string): void
  /** The task ended and its last reference is gone. */
  forget(task: Task): void
  /** Somebody took the outcome of a task. */
  joined(task: Task): void
  /** A task failed, and nobody joined it. */
  reportUnjoined(task: Task, error: unknown): void
}

let taskIds = 0
let current: Task | undefined

interface Before {
  readonly task: Task | undefined
  readonly taskId: number
  readonly surroundings: Surroundings | undefined
  readonly owner: Holder
}

/** Makes a task the current one, with its executor's environment and scope. Returns what was before. */
function enter(task: Task): Before {
  const before = current
  current = task
  return {
    task: before,
    taskId: enterTask(task.id),
    surroundings: enterSurroundings(task.executor),
    owner: enterOwner(task),
  }
}

function leave(before: Before): void {
  current = before.task
  enterTask(before.taskId)
  enterSurroundings(before.surroundings)
  enterOwner(before.owner)
}

const ownContext = (): OwnContext => new OwnContext()

/**
 * The task that is being polled; undefined outside of tasks, and in an async function behind its first `await`.
 *
 * @example
 * fdbSpawn(
 *   function* () {
 *     console.log(currentTask()?.name) // greeter
 *   },
 *   { name: 'greeter' },
 * )
 */
export function currentTask(): Task | undefined {
  return current
}

/** Who polls the tasks around here: the running task's executor, also behind its `await` where that is carried. */
export function executorAround(): Executor | undefined {
  return (current ?? (carriedSurroundings()?.task as Task | undefined))?.executor
}

/**
 * A body with a state and a reference count, which belongs to one executor and one worker. `fdbSpawn` and
 * `runtime.spawn` make tasks and give their JoinHandle; an executor of your own handles the tasks themselves.
 *
 * @example
 * const started: Executor['start'] = (reference) => {
 *   const task: Task = reference.task
 *   task.poll('my executor')
 *   reference.release('my executor')
 *   if (task.isCompleted) task.settle()
 * }
 */
export class Task<T = unknown> implements Owner {
  /** Counts from 1 in this worker. */
  readonly id = ++taskIds
  /** For people: in traces and messages. */
  readonly name: string
  /** Who polls it. */
  readonly executor: Executor
  /** @internal */
  readonly outcome = new Outcome<T>()
  /** @internal */
  belongings: Set<Belonging> | undefined = undefined
  /** Its body runs in there: a copy of its maker's context, and whatever it makes of it. */
  readonly #context: OwnContext
  #body: TaskBody<T> | undefined
  #state = 0
  #references = 0
  #kept = false
  #announced = false
  // It takes no more than this task's outcome: as a part of the type it would tie tasks to their results.
  readonly #onSettled: ((outcome: never) => void) | undefined

  /** @internal `onSettled` is told once, when it ended and its last poll is over. */
  constructor(
    body: TaskBody<T>,
    executor: Executor,
    name: string,
    onSettled?: (outcome: Outcome<T>) => void,
  ) {
    this.#body = body
    this.#onSettled = onSettled
    this.executor = executor
    this.name = name
    const { environment, scope, carries } = executor
    const carried = carries === true ? { environment, scope, task: this } : undefined
    this.#context = carry(carried, ownContext)
    pin(this, 'a Task')
    born('task', this, `task ${this.id} (${name})`)
  }

  /** The same as `id`, by the name it has in events. */
  get taskId(): number {
    return this.id
  }

  /** That of its executor. */
  get environment(): Environment {
    return this.executor.environment
  }

  /** How many wakers of it are alive. */
  get refCount(): number {
    return this.#references
  }

  /** Its body has returned or thrown, or was ended early. */
  get isCompleted(): boolean {
    return (this.#state & COMPLETED) !== 0
  }

  /** It is being polled. */
  get isRunning(): boolean {
    return (this.#state & RUNNING) !== 0
  }

  /** It was woken, and has not been polled since. */
  get isScheduled(): boolean {
    return (this.#state & SCHEDULED) !== 0
  }

  /** `cancel` was called, or its runtime was disposed of. */
  get isCancelled(): boolean {
    return (this.#state & CANCELLED) !== 0
  }

  /** Somebody has asked for its outcome. */
  get isJoined(): boolean {
    return (this.#state & JOINED) !== 0
  }

  /** The bits that are set, for people: `scheduled, joined`. */
  describeState(): string {
    return describeState(this.#state)
  }

  /** @internal "task 3 (loader) waits for a oneshot". */
  describeWait(): string {
    return `task ${this.id} (${this.name}) waits for ${describeWait(this.#body)}`
  }

  /** For executors: a poll is due. The next poll clears it. */
  markScheduled(): void {
    this.#state |= SCHEDULED
  }

  /** @internal Somebody waits for the outcome, or takes it. */
  markJoined(): void {
    if (this.isJoined) return
    this.#state |= JOINED
    this.executor.joined(this)
  }

  /** Its error waits for a joiner; it is reported when the runtime is disposed of. */
  keep(): void {
    this.#kept = true
  }

  /** `keep` was called. */
  get isKept(): boolean {
    return this.#kept
  }

  /** A new reference. No event: the first one of a task, or one that an executor needs for itself. */
  reference(): TaskWaker {
    this.#references++
    return new TaskWaker(this)
  }

  /** @internal One reference is gone. Called by TaskWaker only. */
  unreference(place: string): void {
    if (this.#references <= 0) throw new TaskError(`task ${this.id} was given up too often`)
    this.#references--
    if (lifecycle.hasSubscribers) emit('drop', place, this)
    if (this.#references === 0 && !this.isRunning) this.#drop()
  }

  /** Polls the body once. The caller owns a reference. Does not wake the joiner: see {@link Task.settle}. */
  poll(place: string): void {
    if (this.isCompleted || this.isRunning) {
      throw new TaskError(`poll of a task that is ${this.describeState()}`)
    }
    this.#state = (this.#state & ~SCHEDULED) | RUNNING
    const waker = this.reference()
    if (lifecycle.hasSubscribers) emit('clone', place, this)
    const done = this.#pollBody(waker)
    this.#state &= ~RUNNING
    if (lifecycle.hasSubscribers) {
      if (done) emit('ready', PLACE.poll, this)
      else emit('pending', place, this, 0, { waitsFor: describeWait(this.#body) })
    }
    if (done) {
      this.#complete()
      this.#partWithBelongings()
    } else if (this.isCancelled) this.#end()
    waker.drop(place)
  }

  static #poll<T>(waker: TaskWaker): T | typeof PENDING {
    return ((waker.task as Task<T>).#body as TaskBody<T>).poll(waker)
  }

  /** What the body does behind an `await` is this task's too, and of the run in which it was made. */
  static #pollTraced<T>(waker: TaskWaker): T | typeof PENDING {
    const { taskId, environment } = waker
    const owner = { taskId, environment, run: traceOwner()?.run }
    return ownedBy(owner, Task.#poll<T>, waker)
  }

  /** Runs the body with this task as the current one. True when it ended. */
  #pollBody(waker: TaskWaker): boolean {
    const before = enter(this)
    try {
      const poll = lifecycle.hasSubscribers ? Task.#pollTraced<T> : Task.#poll<T>
      const value = this.#context.run(poll, waker)
      if (value === PENDING) return false
      this.outcome.succeed(value)
    } catch (error) {
      this.outcome.fail(error)
    } finally {
      leave(before)
    }
    return true
  }

  #complete(): void {
    this.#state |= COMPLETED
    this.#body = undefined
  }

  /** Asks it to end: at once when it is at rest, after its poll when it runs. */
  cancel(place: string = PLACE.cancel): void {
    if (this.isCompleted || this.isCancelled) return
    this.#state |= CANCELLED
    if (lifecycle.hasSubscribers) emit('cancel', place, this)
    if (this.isRunning) return
    // A reference of our own: ending the body may give up the last one.
    const reference = this.reference()
    if (lifecycle.hasSubscribers) emit('clone', place, this)
    this.#end()
    reference.drop(place)
    this.settle()
  }

  /** Ends the body early. */
  #end(): void {
    const body = this.#body
    this.#complete()
    const error = this.isCancelled
      ? new CancelledError(`task ${this.id} (${this.name}) was cancelled`)
      : new TaskDroppedError(
          `task ${this.id} (${this.name}) was dropped: its last waker is gone, so nothing could wake it`,
        )
    const before = enterOwner(this)
    try {
      this.#context.run(() => body?.end(), undefined)
      this.outcome.fail(error)
    } catch (failure) {
      this.outcome.fail(failure)
    } finally {
      enterOwner(before)
    }
    this.#partWithBelongings()
  }

  /** They are dropped unless it ended well: then they are whoever's it handed them to. */
  #partWithBelongings(): void {
    if (this.belongings === undefined) return
    if (!this.outcome.failed) return leaveBelongings(this)
    dropBelongings(this, this.outcome.error)
  }

  /** The last reference is gone. */
  #drop(): void {
    if (!this.isCompleted) {
      // While the body ends it may wake or clone: nothing of that may bring the task back.
      this.#end()
      this.#dropped()
      this.settle()
      return
    }
    this.#dropped()
  }

  #dropped(): void {
    gone('task', this)
    if (lifecycle.hasSubscribers) emit('dropped', PLACE.dropped, this)
    this.executor.forget(this)
  }

  /** Wakes the joiners of a task that ended, once; has an error reported that nobody joins. */
  settle(): void {
    if (this.#announced || !this.outcome.isSettled) return
    this.#announced = true
    this.#onSettled?.(this.outcome as never)
    this.outcome.joiners.wakeAll(PLACE.join)
    if (this.isJoined || !this.outcome.failed) return
    if (this.outcome.error instanceof CancelledError) return
    const report = (): void => {
      if (!this.isJoined) this.executor.reportUnjoined(this, this.outcome.error)
    }
    // A timer, not a deferred call: `await handle` joins only after a microtask.
    this.#context.run(() => this.executor.environment.setTimer(0, report), undefined)
  }
}

kind(Task, 'Task')

/**
 * A counted reference to a task. Each is given up once: by `wake`, or by `drop`. A use after that throws TaskError.
 *
 * @example
 * const ready: Pollable<string> = {
 *   poll(waker) {
 *     const kept = waker.clone()
 *     setTimeout(() => kept.wake(), 10) // gives it up
 *     return PENDING
 *   },
 * }
 */
export class TaskWaker implements Waker {
  /** The task it wakes. */
  readonly task: Task
  /** @internal */
  readonly hasOwnContext = true
  #mine = true

  /** @internal Made by {@link Task.reference}, which counts it. */
  constructor(task: Task) {
    this.task = task
    born('waker', this, `waker of task ${task.id} (${task.name})`)
  }

  get taskId(): number {
    return this.task.id
  }

  /** That of the task. */
  get environment(): Environment {
    return this.task.environment
  }

  get refCount(): number {
    return this.task.refCount
  }

  wake(place = 'Waker::wake'): void {
    this.#check('wake')
    this.#mine = false
    this.task.executor.wake(this, place)
  }

  wakeByRef(place = 'Waker::wakeByRef'): void {
    this.#check('wakeByRef')
    this.task.executor.wakeByRef(this.task, place)
  }

  clone(place = 'Waker::clone'): TaskWaker {
    this.#check('clone')
    const waker = this.task.reference()
    if (lifecycle.hasSubscribers) emit('clone', place, this.task)
    return waker
  }

  drop(place = 'Waker::drop'): void {
    this.#check('drop')
    this.#mine = false
    this.release(place)
  }

  /** The executor is done with a reference that `wake` handed to it. */
  release(place: string): void {
    gone('waker', this)
    this.task.unreference(place)
  }

  #check(what: string): void {
    if (!this.#mine) {
      throw new TaskError(
        `${what} on a waker of task ${this.task.id} that was given up: clone it before wake or drop`,
      )
    }
  }
}

kind(TaskWaker, 'TaskWaker')
