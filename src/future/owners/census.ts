// Owners: who is alive, whose it is, and who gives it back when its owner does not. No handle is known here.

/**
 * Who is alive: a count of tasks, wakers and native handles, kept always, and where each was made,
 * kept when asked for. The leak report and the test-suite's leak check read it.
 */

import { checkBoolean } from '../../native/values/arguments.ts'

/** What is counted. */
export type Kind = 'task' | 'waker' | 'handle'

/** How many are alive in this worker. */
export interface Census {
  /** Tasks that have not ended. */
  readonly tasks: number
  /** Wakers that were neither used up nor dropped. */
  readonly wakers: number
  /** Databases, transactions, tenants and futures of the C API. */
  readonly handles: number
}

/** One that is alive. */
export interface Resident {
  /** A task, a waker or a native handle. */
  readonly kind: Kind
  /** Its name: that of the task, or of the C API's type, for example `FDBTransaction`. */
  readonly what: string
  /** The stack where it was made. */
  readonly madeAt: string
}

const alive = { task: 0, waker: 0, handle: 0 }
let residents: Map<number, Resident> | undefined
/** Weak, so that to be recorded keeps nothing alive. */
const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** Something was made that must be given up later. `owner` is the object that stands for it. */
export function born(kind: Kind, owner: object, what: string): void {
  alive[kind]++
  if (residents === undefined) return
  numbers.set(owner, ++lastNumber)
  residents.set(lastNumber, { kind, what, madeAt: stackOf(born) })
}

/** It was given up. */
export function gone(kind: Kind, owner: object): void {
  alive[kind]--
  residents?.delete(numbers.get(owner) ?? 0)
}

/**
 * Counts what is alive now, in this worker. Costs nothing; the counts are always kept.
 *
 * @example
 * const before = census()
 * db.createTransaction()[Symbol.dispose]()
 * console.log(census().handles === before.handles)
 */
export function census(): Census {
  return { tasks: alive.task, wakers: alive.waker, handles: alive.handle }
}

/**
 * Keeps, from now on, where everything is made; or stops, and forgets. Each making then costs a stack trace.
 *
 * @example
 * recordPlaces(true)
 * const forgotten = db.createTransaction()
 * // Names the line above.
 * console.log(leakReport())
 * forgotten[Symbol.dispose]()
 */
export function recordPlaces(on: boolean): void {
  checkBoolean('on', on)
  residents = on ? (residents ?? new Map()) : undefined
}

/** What is alive and was made while places were recorded, oldest first. */
export function livingResidents(): Resident[] {
  return residents === undefined ? [] : [...residents.values()]
}

function stackOf(above: (...rest: never[]) => unknown): string {
  const holder = { stack: '' }
  Error.captureStackTrace(holder, above)
  return holder.stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .join('\n')
}
