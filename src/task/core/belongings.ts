/**
 * What a task makes or is given belongs to it: the ends that others wait for (a Ret, a Fwd, a FlowPromise, the senders of
 * channels and streams), and the futures of actors it started. When the task fails or is cancelled they are dropped, in
 * the order in which they came to it, so that nobody waits for ever; unless they were handed on. docs/tasks.md,
 * "Belongings". What belongs to no task and is forgotten is dropped by a finalizer, which may be late, or never come.
 */
import { CancelledError, TaskError } from './errors.ts'

/** Where an object that can belong to a task keeps its {@link Belonging}. */
export const BELONGING: unique symbol = Symbol('fdbkit.belonging')

/** What can belong to a task. */
export interface Owned {
  readonly [BELONGING]: Belonging | undefined
  /** Others learn that nothing comes from here any more. */
  drop(): void
  /** Its task failed. Default: it is dropped. */
  ownerGone?(): void
}

/** What an owned object shares with those who wait. It knows nothing of the object itself. */
export interface Remains {
  /** The object was forgotten. */
  holderGone(): void
}

/** A task, as its belongings see it. */
export interface Owner {
  belongings: Set<Belonging> | undefined
}

let owner: Owner | undefined
let failure: unknown

/** Says who owns what is made from here on. Returns who did before, to be put back. */
export function enterOwner(next: Owner | undefined): Owner | undefined {
  const before = owner
  owner = next
  return before
}

/** Calls code that is somebody else's: what it makes does not belong to the task that runs. */
export function asNobody<A>(callback: (argument: A) => void, argument: A): void {
  const before = enterOwner(undefined)
  try {
    callback(argument)
  } finally {
    owner = before
  }
}

/** Why the task failed whose belongings are being dropped: the cause of the errors that others get. */
export function causeOfDrop(): { cause: unknown } | undefined {
  return failure === undefined ? undefined : { cause: failure }
}

const forgotten = new FinalizationRegistry<Remains>((remains) => remains.holderGone())

/** Whose an object is. */
export class Belonging {
  readonly #object: Owned
  readonly #remains: Remains | undefined
  #owner: Owner | undefined
  #watched = false
  #ended = false
  #taken = false

  /** Without remains there is no finalizer: nobody waits, or they are to go on. */
  constructor(object: Owned, remains?: Remains) {
    this.#object = object
    this.#remains = remains
    this.#moveTo(owner, object)
  }

  /** It was used up or dropped: it belongs to nobody any more. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#owner?.belongings?.delete(this)
    this.#owner = undefined
    if (this.#watched) forgotten.unregister(this)
  }

  /** Another task's from now on, or nobody's. */
  moveTo(next: Owner | undefined): void {
    if (!this.#ended && next !== this.#owner) this.#moveTo(next, this.#object)
  }

  #moveTo(next: Owner | undefined, object: Owned): void {
    this.#owner?.belongings?.delete(this)
    this.#owner = next
    if (next !== undefined) {
      next.belongings ??= new Set()
      next.belongings.add(this)
    } else if (!this.#watched && this.#remains !== undefined) {
      this.#watched = true
      forgotten.register(object, this.#remains, this)
    }
  }

  /** Its task failed. */
  drop(): void {
    this.#taken = true
    if (this.#object.ownerGone === undefined) this.#object.drop()
    else this.#object.ownerGone()
  }

  /** It was dropped with its task. Whoever uses it still was handed it in a way that nobody saw. */
  get isTaken(): boolean {
    return this.#taken
  }

  /** What a use of it throws after it was used up or dropped. */
  refusal(message: string): TaskError {
    if (!this.#taken) return new TaskError(message)
    return new CancelledError(`${message}: its task had failed or was cancelled`)
  }
}

/** The task ended well: what it still has is whoever's it handed it to. */
export function leaveBelongings(task: Owner): void {
  const belongings = task.belongings
  if (belongings === undefined) return
  for (const belonging of belongings) belonging.moveTo(undefined)
}

/** The task failed: what it still has is dropped, whatever one of them throws. That is an unhandled rejection. */
export function dropBelongings(task: Owner, error: unknown): void {
  if (task.belongings === undefined) return
  const before = { owner, failure }
  owner = undefined
  failure = error
  // Who is told may make it drop others of them.
  for (const belonging of task.belongings) {
    try {
      belonging.drop()
    } catch (problem) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown
      void Promise.reject(problem)
    }
    belonging.end()
  }
  owner = before.owner
  failure = before.failure
}

/** The body of the task that runs has failed, and tells it in a way of its own. */
export function failed(error: unknown): void {
  if (owner !== undefined) dropBelongings(owner, error)
}

/** What is sent or returned is nobody's until somebody receives it. */
export function handOn(value: unknown): void {
  forEachIn(value, (belonging) => belonging.moveTo(undefined), DEPTH)
}

/** Who receives it has it. */
export function receive<T>(value: T): T {
  if (owner !== undefined) give(value, owner)
  return value
}

/** It is that task's from now on. */
export function give(value: unknown, task: Owner): void {
  forEachIn(value, (belonging) => belonging.moveTo(task), DEPTH)
}

/** What was sent reaches nobody. */
export function dropIn(value: unknown): void {
  forEachIn(value, (belonging) => belonging.drop(), DEPTH)
}

/** A message may carry some in its members, and in those of its members; of large ones only the first are looked at. */
const DEPTH = 2
const MEMBERS = 16

function forEachIn(value: unknown, visit: (belonging: Belonging) => void, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  const belonging = belongingOf(value)
  if (belonging !== undefined) return visit(belonging)
  if (depth === 0) return
  let left = MEMBERS
  for (const member of membersOf(value)) {
    if (left-- === 0) return
    forEachIn(member, visit, depth - 1)
  }
}

/** A message may be anything: a proxy throws when it is looked at. */
function belongingOf(value: object): Belonging | undefined {
  try {
    return (value as Partial<Owned>)[BELONGING]
  } catch {
    return undefined
  }
}

function membersOf(value: object): readonly unknown[] {
  try {
    if (Array.isArray(value)) return value
    return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : []
  } catch {
    return []
  }
}
