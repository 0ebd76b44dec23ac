/** From a pollable to a promise: a task of its own, polled in microtasks. */
import {
  currentEnvironment,
  emit,
  lifecycle,
  nextFutureId,
  PLACE,
} from '../../future/wakers/lifecycle.ts'
import { ownedBy, traceOwner } from '../../future/wakers/trace-owner.ts'
import { describeWait } from '../../future/wakers/waits-for.ts'
import type { PENDING, Pollable, Waker } from '../../future/wakers/waker.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { QueueingExecutor } from '../executors/queueing-executor.ts'
import { currentOwner, enterOwner, NOBODY } from '../core/belongings.ts'
import { Task } from '../core/task.ts'
import { PollableBody } from '../core/task-body.ts'

/** The task is one that stands for an `await`: what it waits for fails, and it fails with that. */
export function isAwait(task: Task): boolean {
  return executors.get(task.environment) === task.executor
}

/** What is awaited by the clock of that environment, for messages. */
export function describeAwaits(environment: Environment): string[] {
  return executors.get(environment)?.describeWaits() ?? []
}

const executors = new WeakMap<Environment, QueueingExecutor>()

function executorOf(environment: Environment): QueueingExecutor {
  let executor = executors.get(environment)
  if (executor === undefined) {
    const made = new QueueingExecutor(environment, {
      onReady: () => queueMicrotask(() => void made.pollPending()),
    })
    executor = made
    executors.set(environment, made)
  }
  return executor
}

/** What is received is the awaiting task's, where that is known, and not that of the task which stands for the `await`. */
class AwaitBody<T> extends PollableBody<T> {
  readonly #owner = currentOwner()

  override poll(waker: Waker): T | typeof PENDING {
    const before = enterOwner(this.#owner?.isCompleted === false ? this.#owner : NOBODY)
    try {
      return super.poll(waker)
    } finally {
      enterOwner(before)
    }
  }
}

/**
 * Settles as the pollable does. It is polled at once, and again in a microtask after each wake.
 *
 * @example
 * const [sender, receiver] = bounded<string>(1)
 * sender.trySend('hello')
 * console.log(await promiseOf(receiver.recv()))
 */
export function promiseOf<T>(pollable: Pollable<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const executor = executorOf(currentEnvironment())
    const body = new AwaitBody(pollable)
    let tell: (() => void) | undefined
    const task = new Task<T>(body, executor, 'await', (outcome) => {
      tell?.()
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown
      if (outcome.failed) reject(outcome.error)
      else resolve(outcome.take())
    })
    task.markJoined()
    if (lifecycle.hasSubscribers) emit('spawn', PLACE.await, task, 0, { name: task.name })
    executor.start(task.reference())
    if (lifecycle.hasSubscribers && !task.isCompleted) tell = tellOfAwait(pollable)
  })
}

/** Tells that the task or the run whose code this is waits. The one who knows the outcome tells of the end. */
function tellOfAwait(pollable: Pollable<unknown>): () => void {
  const id = nextFutureId()
  const environment = currentEnvironment()
  const owner = traceOwner() ?? { taskId: 0, run: undefined, environment }
  emit('pending', PLACE.await, undefined, id, { waitsFor: describeWait(pollable) })
  return () => ownedBy(owner, () => emit('ready', PLACE.await, undefined, id), undefined)
}
