/**
 * A trace: life-cycle events with ids that begin at 1, so that the same run gives the same trace, whatever ran in
 * the process before it.
 */
import type { LifecycleEvent } from '../future/wakers/lifecycle.ts'

/** A life-cycle event with ids that count from 1 in its trace. */
export type TraceEvent = LifecycleEvent

/** What a `TraceRecorder` recorded, or `parseTrace` read. */
export interface Trace {
  /** In the order they happened. */
  readonly events: readonly TraceEvent[]
  /** Events left out because the limit was reached. */
  readonly omitted: number
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

/** Renumbers tasks, futures and sequence numbers; leaves all else as it is. */
export class Renumbering {
  readonly #tasks = new Ids()
  readonly #futures = new Ids()
  #sequence = 0

  renumber(event: LifecycleEvent): TraceEvent {
    return {
      ...event,
      taskId: this.#tasks.of(event.taskId),
      byTaskId: this.#tasks.of(event.byTaskId),
      futureId: this.#futures.of(event.futureId),
      seq: ++this.#sequence,
    }
  }
}
