import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { LIFECYCLE_CHANNEL, type LifecycleEvent } from '../future/wakers/lifecycle.ts'
import { checkOptions, knownOptions } from '../native/values/known-options.ts'
import { Renumbering, type Trace, type TraceEvent } from './trace.ts'

/** What to record. */
export interface RecorderOptions {
  /** Events kept at most; what comes after is counted, not kept. Default: a million. */
  limit?: number
  /** Only events for which this returns true. */
  only?: (event: LifecycleEvent) => boolean
}

const KNOWN = knownOptions<RecorderOptions>('a TraceRecorder', { limit: true, only: true })

/**
 * Records the life-cycle events of this worker, from its making until `stop`.
 *
 * @example
 * const recorder = new TraceRecorder({ limit: 10_000 })
 * await db.set('a', 'b')
 * console.log(traceText(recorder.stop().events))
 */
export class TraceRecorder {
  readonly #limit: number
  readonly #only: ((event: LifecycleEvent) => boolean) | undefined
  readonly #renumbering = new Renumbering()
  readonly #events: TraceEvent[] = []
  #omitted = 0
  #running = true

  /** @throws RangeError for a limit below 1. */
  constructor(options: RecorderOptions = {}) {
    checkOptions(KNOWN, options)
    this.#limit = options.limit ?? 1_000_000
    if (!(this.#limit >= 1)) throw new RangeError(`limit must be at least 1, not ${this.#limit}`)
    this.#only = options.only
    subscribe(LIFECYCLE_CHANNEL, this.#record)
  }

  readonly #record = (message: unknown): void => {
    const event = message as LifecycleEvent
    if (this.#only !== undefined && !this.#only(event)) return
    if (this.#events.length >= this.#limit) this.#omitted++
    else this.#events.push(this.#renumbering.renumber(event))
  }

  /** What was recorded so far. */
  get trace(): Trace {
    return { events: this.#events, omitted: this.#omitted }
  }

  /** Stops recording, and returns what was recorded. */
  stop(): Trace {
    if (this.#running) unsubscribe(LIFECYCLE_CHANNEL, this.#record)
    this.#running = false
    return this.trace
  }

  /** As `stop`. */
  [Symbol.dispose](): void {
    this.stop()
  }
}
