/**
 * What a task makes or is given belongs to it: the ends of channels, streams and promises, sending or receiving, a Ret or
 * Fwd, and the futures of actors it started. When the task fails or is cancelled they are dropped, in the order in which
 * they came to it, so that nobody waits at the other end for ever; unless they were handed on. docs/tasks.md,
 * "Belongings". What belongs to no task and is forgotten is dropped by a finalizer, which may be late, or never come.
 */
import { carriedSurroundings } from '../../future/owners/surroundings.ts'
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

/** Can it belong to a task? */
export function isOwned(value: unknown): value is Owned {
  return typeof value === 'object' && value !== null && BELONGING in value
}

/** What an owned object shares with its other end. It knows nothing of the object itself. */
export interface Remains {
  /** The object was forgotten. */
  holderGone(): void
}

/** A task, as its belongings see it. */
export interface Owner {
  belongings: Set<Belonging> | undefined
  /** It has ended: nothing comes to it any more. */
  readonly isCompleted: boolean
}

/** What is made belongs to no task, whatever the async context says. */
export const NOBODY: unique symbol = Symbol('fdbkit.nobody')
/** Undefined: nobody has said it, as behind an `await`; then the async context may know. */
export type Holder = Owner | typeof NOBODY | undefined

let holder: Holder
let failure: unknown

/** Says who owns what is made from here on. Returns who did before, to be put back. */
export function enterOwner(next: Holder): Holder {
  const before = holder
  holder = next
  return before
}

/** The task that owns what is made here: the one that is polled, or the one whose async function goes on. */
export function currentOwner(): Owner | undefined {
  if (holder === NOBODY) return undefined
  if (holder !== undefined) return holder
  const task = carriedSurroundings()?.task as Owner | undefined
  return task?.isCompleted === true ? undefined : task
}

/** Calls code that is somebody else's: what it makes does not belong to the task that runs. */
export function asNobody<A>(callback: (argument: A) => void, argument: A): void {
  const before = enterOwner(NOBODY)
  try {
    callback(argument)
  } finally {
    holder = before
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
    this.#moveTo(currentOwner(), object)
  }

  /** The task that has it. */
  get owner(): Owner | undefined {
    return this.#owner
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

  /** What carried it reaches nobody. Who has it already keeps it. */
  dropUnlessHad(): void {
    if (!this.#ended && this.#owner === undefined) this.#drop()
  }

  /** Its task failed. */
  drop(): void {
    this.#taken = true
    this.#drop()
  }

  #drop(): void {
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
  const before = enterOwner(NOBODY)
  const failureBefore = failure
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
  enterOwner(before)
  failure = failureBefore
}

/** The body of the task that runs has failed, and tells it in a way of its own. */
export function failed(error: unknown): void {
  const owner = currentOwner()
  if (owner !== undefined) dropBelongings(owner, error)
}

/** What is sent or returned is nobody's until somebody receives it. */
export function handOn(value: unknown): void {
  forEachIn(value, (belonging) => belonging.moveTo(undefined), DEPTH)
}

/** Sends what is handed on by it. If that fails, who had it has it still. */
export function handOnBy<T>(send: (value: T) => void, value: T): void {
  let had: [Belonging, Owner | undefined][] | undefined
  const part = (belonging: Belonging): void => {
    had ??= []
    had.push([belonging, belonging.owner])
    belonging.moveTo(undefined)
  }
  forEachIn(value, part, DEPTH)
  try {
    send(value)
  } catch (error) {
    for (const [belonging, owner] of had ?? []) {
      if (belonging.owner === undefined) belonging.moveTo(owner)
    }
    throw error
  }
}

/** Who receives it has it. */
export function receive<T>(value: T): T {
  const owner = currentOwner()
  if (owner !== undefined) give(value, owner)
  return value
}

/** It is that task's from now on. */
export function give(value: unknown, task: Owner): void {
  forEachIn(value, (belonging) => belonging.moveTo(task), DEPTH)
}

/** What was sent reaches nobody. */
export function dropIn(value: unknown): void {
  forEachIn(value, (belonging) => belonging.dropUnlessHad(), DEPTH)
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
