// What happens, kept: recorders of life-cycle events, and traces of them.
/**
 * A trace: life-cycle events with ids that begin at 1, so that the same run gives the same trace, whatever ran in
 * the process before it.
 */
import { checkArray } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'
import type { LifecycleEvent } from '../../future/wakers/lifecycle.ts'

/** A life-cycle event with ids that count from 1 in its trace, and its key as text. */
export interface TraceEvent extends Omit<LifecycleEvent, 'key' | 'endKey' | 'scope'> {
  /** The key, or range, that it is about, for people: `('ada', 1)`. */
  readonly key?: string
  /** Of a simulation: the number of the client that it is of. */
  readonly client?: number
}

/** Something that happened beside tasks and transactions: an event of the simulator's own. */
export interface Mark {
  /** In milliseconds, by the clock of the events. */
  readonly time: number
  /** Where: a simulated machine. */
  readonly lane: string
  /** What. */
  readonly name: string
  /** The simulator's severity, 0 to 40; 30 and more are warnings, 40 are errors. */
  readonly severity: number
  /** What it tells besides. */
  readonly text: string
}

/** What a `TraceRecorder` recorded, or `parseTrace` read. */
export interface Trace {
  /** In the order they happened. */
  readonly events: readonly TraceEvent[]
  /** Events left out because the limit was reached. */
  readonly omitted: number
  /** Of a simulation: the events of its simulator. */
  readonly marks?: readonly Mark[]
}

/** @throws TypeError for what is no event. */
export function checkEvent(argument: string, event: unknown): void {
  const { type, place } = (event ?? {}) as Partial<TraceEvent>
  if (typeof type === 'string' && typeof place === 'string') return
  throw new TypeError(`${argument} must be an event of a trace, not ${describe(event)}`)
}

/** @throws TypeError for what is no array of events. */
export function checkEvents(argument: string, events: unknown): void {
  checkArray(argument, events)
  for (const event of events as readonly unknown[]) checkEvent(`each of ${argument}`, event)
}

/** @throws TypeError for what is no trace. */
export function checkTrace(argument: string, trace: unknown): void {
  if (typeof trace !== 'object' || trace === null) {
    throw new TypeError(`${argument} must be a trace, not ${describe(trace)}`)
  }
  const { events, marks } = trace as Partial<Trace>
  checkEvents(`events of ${argument}`, events)
  if (marks !== undefined) checkArray(`marks of ${argument}`, marks)
}

/** Gives ids out in the order they are first seen. */
class Ids {
  readonly #known = new Map<number, number>()

  of(id: number): number {
    if (id === 0) return 0
    let known = this.#known.get(id)
    if (known === undefined) this.#known.set(id, (known = this.#known.size + 1))
    return known
  }
}

/** How texts name a task: its id is the process's. */
const TASK = /\btask (\d+) \(/g

/** Renumbers tasks, futures, runs and sequence numbers, in texts too; leaves all else as it is. */
export class Renumbering {
  readonly #tasks = new Ids()
  readonly #futures = new Ids()
  readonly #runs = new Ids()
  #sequence = 0

  /** @param key how the trace has the event's key. */
  renumber(event: LifecycleEvent, key: string | undefined): TraceEvent {
    const { key: _key, endKey: _endKey, scope: _scope, runId, waitsFor, error, ...rest } = event
    return {
      ...rest,
      taskId: this.#tasks.of(event.taskId),
      byTaskId: this.#tasks.of(event.byTaskId),
      futureId: this.#futures.of(event.futureId),
      seq: ++this.#sequence,
      ...(runId === undefined ? undefined : { runId: this.#runs.of(runId) }),
      ...(waitsFor === undefined ? undefined : { waitsFor: this.#inText(waitsFor) }),
      ...(error === undefined ? undefined : { error: this.#inText(error) }),
      ...(key === undefined ? undefined : { key }),
    }
  }

  #inText(text: string): string {
    return text.replaceAll(TASK, (_, id: string) => `task ${this.#tasks.of(Number(id))} (`)
  }
}
