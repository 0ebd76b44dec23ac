/**
 * A trace in the words of the text that first described the life of a wake-up (docs/seeds.md, seed 000): one event
 * a line, and behind it the place it comes from. As there, what a future says is indented by a space.
 *
 *     wake true // fdbwaker_wake
 *     clone // fdbwaker_wake
 *      POLL // FdbFuture::Poll
 */
import { checkIntegerWithin } from '../../native/values/arguments.ts'
import type { LifecycleType } from '../../future/wakers/lifecycle.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { checkEvent, checkEvents, type TraceEvent } from '../recording/trace.ts'

const WORDS = {
  wake: 'wake',
  clone: 'clone',
  poll: 'POLL',
  register: 'REGISTER',
  unregister: 'UNREGISTER',
  pending: 'PENDING',
  ready: 'READY',
  callback: 'CALLBACK',
  drop: 'drop',
  dropped: 'DROPPED',
  spawn: 'SPAWN',
  cancel: 'CANCEL',
  join: 'JOIN',
  run: 'RUN',
  attempt: 'ATTEMPT',
  call: 'CALL',
  write: 'WRITE',
  conflict: 'CONFLICT',
  failed: 'FAILED',
  committed: 'COMMITTED',
  finished: 'FINISHED',
} as const satisfies Readonly<Record<LifecycleType, string>>

/** All types of events. */
export const EVENT_TYPES = Object.keys(WORDS) as readonly LifecycleType[]

/** What the text prints with a space before it: what a future says, not what is done to its task. */
const INDENTED = new Set(['poll', 'register', 'unregister', 'pending', 'ready', 'callback'])

/**
 * One event: `wake true // fdbwaker_wake`.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * for (const event of recorder.stop().events) console.log(eventText(event))
 */
export function eventText(event: TraceEvent): string {
  checkEvent('event', event)
  const flag = event.type === 'wake' ? ` ${event.decrease === true}` : ''
  const indent = event.futureId !== 0 && INDENTED.has(event.type) ? ' ' : ''
  return `${indent}${WORDS[event.type]}${flag} // ${event.place}`
}

/** What {@link traceText} writes. */
export interface TraceTextOptions {
  /** Each line begins with its task. */
  tasks?: boolean
}

const KNOWN = knownOptions<TraceTextOptions>('traceText', { tasks: true })

/**
 * All events, a line each. With `tasks`, each line begins with its task: `#3 clone // ...`.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * console.log(traceText(recorder.stop().events, { tasks: true }))
 */
export function traceText(events: readonly TraceEvent[], options: TraceTextOptions = {}): string {
  checkEvents('events', events)
  checkOptions(KNOWN, options)
  const line = (event: TraceEvent): string =>
    options.tasks === true ? `#${event.taskId} ${eventText(event)}` : eventText(event)
  return events.map(line).join('\n')
}

/** What the listings leave out: they begin at the wake that a callback or a spawn causes. */
const AROUND = new Set(['spawn', 'callback', 'join', 'cancel', 'call', 'write'])

/**
 * The listings of one task whose wakes poll in place: each goes from a wake to all that comes of it, up to the next
 * wake from outside.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * const ofFirstTask = listings(recorder.stop().events, 1)
 * for (const listing of ofFirstTask) console.log(listing.map(eventText).join('\n'))
 */
export function listings(events: readonly TraceEvent[], taskId: number): TraceEvent[][] {
  checkEvents('events', events)
  checkIntegerWithin('taskId', taskId, 0, Number.MAX_SAFE_INTEGER)
  const all: TraceEvent[][] = []
  for (const event of events) {
    if (event.taskId !== taskId || AROUND.has(event.type)) continue
    if (event.type === 'wake' && event.byTaskId !== taskId) all.push([])
    all.at(-1)?.push(event)
  }
  return all
}
