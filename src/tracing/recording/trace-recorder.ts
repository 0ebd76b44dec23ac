import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { wantConflicts } from '../../client/run/conflicting-ranges.ts'
import { LIFECYCLE_CHANNEL, lifecycle, type LifecycleEvent } from '../../future/wakers/lifecycle.ts'
import { forgetTraceOwners } from '../../future/wakers/trace-owner.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { keyTextOf, type KeyStyle } from './key-text.ts'
import { Renumbering, type Trace, type TraceEvent } from './trace.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/** What to record. */
export interface RecorderOptions {
  /** Events kept at most; what comes after is counted, not kept. Default: a million. */
  limit?: number
  /** Only events for which this returns true. */
  only?: (event: LifecycleEvent) => boolean
  /**
   * How keys are kept: `short`, at most 60 characters; `whole`, of any length; `none`, and nothing of an error but its
   * name, for traces that are handed on. Default: `short`.
   */
  keys?: KeyStyle
  /**
   * Runs of transactions that begin meanwhile set the option `report_conflicting_keys`, so that a conflict is told with
   * its keys. Default: only of those that set it themselves.
   */
  conflicts?: boolean
}

const KNOWN = knownOptions<RecorderOptions>('a TraceRecorder', {
  limit: true,
  only: true,
  keys: true,
  conflicts: true,
})

const KEY_STYLES: readonly KeyStyle[] = ['short', 'whole', 'none']

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
  readonly #keys: KeyStyle
  readonly #renumbering = new Renumbering()
  readonly #events: TraceEvent[] = []
  readonly #forgoConflicts: () => void
  #omitted = 0
  #running = true

  /** @throws RangeError for a limit below 1; TypeError for keys that are none of the three. */
  constructor(options: RecorderOptions = {}) {
    checkOptions(KNOWN, options)
    this.#limit = options.limit ?? 1_000_000
    if (!(this.#limit >= 1))
      throw new RangeError(`limit must be at least 1, not ${shown(this.#limit)}`)
    this.#keys = options.keys ?? 'short'
    if (!KEY_STYLES.includes(this.#keys)) {
      throw new TypeError(`keys must be one of ${KEY_STYLES.join(', ')}, not ${shown(this.#keys)}`)
    }
    this.#only = options.only
    this.#forgoConflicts = wantConflicts(options.conflicts === true)
    subscribe(LIFECYCLE_CHANNEL, this.#record)
  }

  readonly #record = (message: unknown): void => {
    const event = message as LifecycleEvent
    if (this.#only !== undefined && !this.#only(event)) return
    if (this.#events.length >= this.#limit) this.#omitted++
    else this.#events.push(this.#traced(event))
  }

  #traced(event: LifecycleEvent): TraceEvent {
    const traced = this.#renumbering.renumber(event, keyTextOf(event, this.#keys))
    if (this.#keys !== 'none' || traced.error === undefined) return traced
    return { ...traced, error: traced.error.replace(/:.*/s, '') }
  }

  /** What was recorded so far. */
  get trace(): Trace {
    return { events: this.#events, omitted: this.#omitted }
  }

  /** Stops recording, and returns what was recorded. */
  stop(): Trace {
    if (!this.#running) return this.trace
    this.#running = false
    unsubscribe(LIFECYCLE_CHANNEL, this.#record)
    this.#forgoConflicts()
    if (!lifecycle.hasSubscribers) forgetTraceOwners()
    return this.trace
  }

  /** As `stop`. */
  [Symbol.dispose](): void {
    this.stop()
  }
}

kind(TraceRecorder, 'TraceRecorder')
