/** What a workload gets besides the database. */
import type { Environment } from '../../native/environment/environment.ts'
import type { OptionDefault, OptionValueOf, OptionValues } from './option-values.ts'
import { shown } from '../../native/values/describe.ts'
import { kind } from '../../native/values/kinds.ts'

/** `error` fails the test. */
export type TraceSeverity = 'debug' | 'info' | 'warn' | 'warnAlways' | 'error'

/** As fdbserver counts them. */
export const SEVERITIES: Readonly<Record<TraceSeverity, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  warnAlways: 3,
  error: 4,
}

/** What an event tells, by name. Names begin with a capital letter. */
export type TraceDetails = Readonly<Record<string, string | number | bigint | boolean>>

const TRACE_NAME = /^[A-Z][A-Za-z0-9_]{0,63}$/

/** The simulated client, as far as a context speaks for it. */
export interface ContextClient {
  readonly id: number
  readonly count: number
  readonly sharedRandomNumber: bigint
  readonly environment: Environment
  option<T extends OptionDefault>(name: string, fallback: T): OptionValueOf<T>
  trace(severity: number, name: string, details: TraceDetails): void
}

/**
 * What a workload gets besides the database: who it is, options, simulated time and chance, the trace.
 *
 * @example
 * export default defineWorkload({
 *   async start(db, ctx: WorkloadContext) {
 *     await ctx.delay(ctx.random())
 *     await db.set(`client ${ctx.clientId} of ${ctx.clientCount}`, String(ctx.now()))
 *   },
 * })
 */
export class WorkloadContext<O = Record<string, OptionDefault>> {
  /** 0 to clientCount - 1. */
  readonly clientId: number
  /** How many clients the test has. */
  readonly clientCount: number
  /** The same for all clients of the test. */
  readonly sharedRandomNumber: bigint
  /** The workload's declared options, as the test file has them. */
  readonly options: OptionValues<O>
  readonly #client: ContextClient

  /** @internal */
  constructor(client: ContextClient, options: OptionValues<O>) {
    this.#client = client
    this.options = options
    this.clientId = client.id
    this.clientCount = client.count
    this.sharedRandomNumber = client.sharedRandomNumber
  }

  /** Clock, timers and chance of this client: simulated. */
  get environment(): Environment {
    return this.#client.environment
  }

  /** Simulated seconds since the simulation began. */
  now(): number {
    return this.#client.environment.now() / 1000
  }

  /** A number in [0, 1), from this client's own seeded stream. */
  random(): number {
    return this.#client.environment.random()
  }

  /**
   * An integer in [from, below).
   * @example const key = ctx.randomInteger(0, 100)
   */
  randomInteger(from: number, below: number): number {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(below) || below <= from) {
      throw new RangeError(`randomInteger takes two integers, from < below, not ${from}, ${below}`)
    }
    return from + Math.floor(this.random() * (below - from))
  }

  /** Waits so many simulated seconds. */
  delay(seconds: number): Promise<void> {
    if (typeof seconds !== 'number' || !(seconds >= 0)) {
      throw new TypeError(`delay takes seconds, a number from 0, not ${shown(seconds)}`)
    }
    return new Promise((resolve) => {
      this.#client.environment.setTimer(seconds * 1000, resolve)
    })
  }

  /**
   * An option of the test file, of the type of its default. One that is given and never read fails the test.
   * @throws TypeError that names an option whose value has another type.
   * @example const count = ctx.option('count', 50)
   */
  option<T extends OptionDefault>(name: string, fallback: T): OptionValueOf<T> {
    return this.#client.option(name, fallback)
  }

  /**
   * An event in fdbserver's trace, beside its own. Names begin with a capital letter.
   * @example ctx.trace('info', 'TransferDone', { From: 'ada', To: 'ben' })
   */
  trace(severity: TraceSeverity, name: string, details: TraceDetails = {}): void {
    if (!Object.hasOwn(SEVERITIES, severity)) {
      const known = Object.keys(SEVERITIES).join(', ')
      throw new TypeError(`severity of a trace event is one of ${known}, not ${shown(severity)}`)
    }
    for (const part of [name, ...Object.keys(details)]) {
      if (typeof part === 'string' && TRACE_NAME.test(part)) continue
      throw new TypeError(
        `a trace event and its details have names of letters and digits that begin with a capital, ` +
          `not ${JSON.stringify(part)}`,
      )
    }
    this.#client.trace(SEVERITIES[severity], name, details)
  }
}

kind(WorkloadContext, 'WorkloadContext')
