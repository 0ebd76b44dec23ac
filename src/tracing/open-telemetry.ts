import type * as OpenTelemetry from '@opentelemetry/api'
import type { Span, SpanStatus, Tracer } from '@opentelemetry/api'
import type { Database, RunOptions, TransactionBody } from '../client/database/database.ts'
import type { Usage } from '../client/attempt/read-budget.ts'
import type { Attempt, RunObserver } from '../client/run/retry-loop.ts'
import { checkOptions, knownOptions } from '../native/values/known-options.ts'
import { FDBError } from '../native/errors/errors.ts'
import { checkDatabase } from '../client/keys/given-scope.ts'

type Api = typeof OpenTelemetry

/** Options of one traced transaction. */
export interface TracedOptions extends RunOptions {
  /** What the transaction does, for people: the span's name. Default: `transaction`. */
  name?: string
}

/** A tracer, as `trace.getTracer` of `@opentelemetry/api` gives it: said here, so that the types do without the package. */
export interface OpenTelemetryTracer {
  /** Begins a span. */
  startSpan(name: string, options?: never, context?: never): object
}

/** What all spans of a `tracedTransactions` have in common. */
export interface TracedSettings {
  /** Default: the tracer `fdbkit` of the provider that is registered. */
  tracer?: OpenTelemetryTracer
  /** Which database, for `db.namespace`: a cluster's description, or a directory. */
  namespace?: string
}

const KNOWN = knownOptions<TracedSettings>('tracedTransactions', { tracer: true, namespace: true })

/**
 * A `doTransaction` of this database that makes OpenTelemetry spans, with the attributes of its database
 * conventions: one for the transaction, and below it a span `attempt` for each run of the function and its
 * commit. Needs `@opentelemetry/api`, an optional peer dependency.
 *
 * @throws Error from the first run, when `@opentelemetry/api` is not installed.
 * @example
 * const run = tracedTransactions(db, { namespace: 'orders' })
 * await run(async (tn) => tn.set('hello', 'world'), { name: 'greet' })
 */
export function tracedTransactions<KeyIn, KeyOut, ValIn, ValOut>(
  db: Database<KeyIn, KeyOut, ValIn, ValOut>,
  settings: TracedSettings = {},
) {
  checkDatabase(db, 'db of tracedTransactions')
  checkOptions(KNOWN, settings)
  return async function run<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: TracedOptions = {},
  ): Promise<T> {
    const otel = await loadOpenTelemetry()
    const tracer = (settings.tracer as Tracer | undefined) ?? otel.trace.getTracer('fdbkit')
    const { observer, ...rest } = options
    const span = tracer.startSpan(rest.name ?? 'transaction', {
      kind: otel.SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'foundationdb',
        'db.operation.name': 'transaction',
        ...(settings.namespace === undefined ? {} : { 'db.namespace': settings.namespace }),
      },
    })
    const attempts = new AttemptSpans(otel, tracer, span, observer)
    try {
      const context = otel.trace.setSpan(otel.context.active(), span)
      return await otel.context.with(context, () =>
        db.doTransaction(body, { ...rest, observer: attempts }),
      )
    } catch (error) {
      recordFailure(otel, span, error)
      throw error
    } finally {
      attempts.finish()
      span.end()
    }
  }
}

async function loadOpenTelemetry(): Promise<Api> {
  try {
    return await import('@opentelemetry/api')
  } catch (cause) {
    throw new Error('spans need the package @opentelemetry/api: npm install @opentelemetry/api', {
      cause,
    })
  }
}

/** A span for each attempt, below the transaction's. Passes everything on to the caller's observer. */
class AttemptSpans implements RunObserver {
  readonly #otel: Api
  readonly #tracer: Tracer
  readonly #parent: Span
  readonly #next: RunObserver | undefined
  #span: Span | undefined
  #attempts = 0

  constructor(otel: Api, tracer: Tracer, parent: Span, next: RunObserver | undefined) {
    this.#otel = otel
    this.#tracer = tracer
    this.#parent = parent
    this.#next = next
  }

  started(attempt: Attempt): void {
    this.#attempts = attempt.number
    const context = this.#otel.trace.setSpan(this.#otel.context.active(), this.#parent)
    const attributes = {
      'db.system.name': 'foundationdb',
      'db.operation.name': 'attempt',
      'fdbkit.attempt.number': attempt.number,
      'fdbkit.attempt.maybe_committed': attempt.maybeCommitted,
    }
    const kind = this.#otel.SpanKind.CLIENT
    this.#span = this.#tracer.startSpan('attempt', { kind, attributes }, context)
    this.#next?.started?.(attempt)
  }

  failed(attempt: Attempt, error: unknown, milliseconds: number, usage: Usage): void {
    if (this.#span !== undefined) recordFailure(this.#otel, this.#span, error)
    this.#end(usage)
    this.#next?.failed?.(attempt, error, milliseconds, usage)
  }

  committed(attempt: Attempt, version: bigint, milliseconds: number, usage: Usage): void {
    this.#span?.setAttribute('fdbkit.committed_version', version.toString())
    this.#end(usage)
    this.#next?.committed?.(attempt, version, milliseconds, usage)
  }

  #end(usage?: Usage): void {
    if (usage !== undefined) {
      this.#span?.setAttributes({
        'fdbkit.keys_read': usage.keysRead,
        'fdbkit.bytes_read': usage.bytesRead,
        'fdbkit.writes': usage.writes,
      })
    }
    this.#span?.end()
    this.#span = undefined
  }

  finish(): void {
    this.#end()
    this.#parent.setAttribute('fdbkit.attempts', this.#attempts)
  }
}

function recordFailure(otel: Api, span: Span, error: unknown): void {
  const status: SpanStatus = { code: otel.SpanStatusCode.ERROR }
  if (error instanceof FDBError) {
    span.setAttribute('db.response.status_code', String(error.code))
    span.setAttribute('error.type', error.codeName)
    status.message = error.message
  } else if (error instanceof Error) {
    span.setAttribute('error.type', error.name)
    span.recordException(error)
    status.message = error.message
  } else {
    span.setAttribute('error.type', '_OTHER')
  }
  span.setStatus(status)
}
