import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, FDBError, openEmbedded } from '../../src/index.ts'
import { timelineOf, tracedTransactions, TraceRecorder } from '../../src/tracing/index.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('test')
let db: Database

beforeAll(() => {
  db = openEmbedded()
})

afterAll(async () => {
  db.close()
  await provider.shutdown()
})

/** The spans made meanwhile: the attempts in order, and the transaction's. */
async function spansOf(run: () => Promise<unknown>): Promise<[ReadableSpan[], ReadableSpan]> {
  exporter.reset()
  await run()
  const spans = exporter.getFinishedSpans()
  const transaction = spans.at(-1) as ReadableSpan
  return [spans.slice(0, -1), transaction]
}

describe('OpenTelemetry spans', () => {
  it('a transaction that works: one span, and one of its attempt below it', async () => {
    const run = tracedTransactions(db, { tracer, namespace: 'memory' })
    using recorder = new TraceRecorder()
    const [attempts, transaction] = await spansOf(() =>
      run(async (tn) => tn.set('key', 'value'), { name: 'greet' }),
    )
    expect(transaction).toMatchObject({ name: 'greet', kind: SpanKind.CLIENT })
    expect(timelineOf(recorder.stop()).runs).toMatchObject([{ name: 'greet' }])
    expect(transaction.attributes).toMatchObject({
      'db.system.name': 'foundationdb',
      'db.operation.name': 'transaction',
      'db.namespace': 'memory',
      'fdbkit.attempts': 1,
    })
    expect(transaction.status.code).toBe(SpanStatusCode.UNSET)
    expect(attempts).toHaveLength(1)
    expect(attempts[0]?.parentSpanContext?.spanId).toBe(transaction.spanContext().spanId)
    expect(attempts[0]?.attributes['fdbkit.attempt.number']).toBe(1)
    expect(Number(attempts[0]?.attributes['fdbkit.committed_version'])).toBeGreaterThan(0)
    expect(attempts[0]?.attributes).toMatchObject({
      'fdbkit.keys_read': 0,
      'fdbkit.bytes_read': 0,
      'fdbkit.writes': 1,
    })
  })

  it('a conflict: two attempts, the first with its error', async () => {
    const seen: string[] = []
    const run = tracedTransactions(db, { tracer })
    const [attempts, transaction] = await spansOf(() =>
      run(
        async (tn, attempt) => {
          await tn.get('contended')
          if (attempt.number === 1) await db.set('contended', 'other')
          tn.set('contended', 'mine')
        },
        {
          observer: {
            started: (attempt) => seen.push(`started ${attempt.number}`),
            failed: (attempt) => seen.push(`failed ${attempt.number}`),
            committed: (attempt) => seen.push(`committed ${attempt.number}`),
          },
        },
      ),
    )
    expect(attempts.map((span) => span.attributes['fdbkit.attempt.number'])).toEqual([1, 2])
    expect(attempts[0]?.attributes).toMatchObject({
      'db.response.status_code': '1020',
      'error.type': 'not_committed',
    })
    expect(attempts[0]?.status.code).toBe(SpanStatusCode.ERROR)
    expect(attempts[1]?.status.code).toBe(SpanStatusCode.UNSET)
    expect(transaction.attributes['fdbkit.attempts']).toBe(2)
    expect(seen).toEqual(['started 1', 'failed 1', 'started 2', 'committed 2'])
  })

  it('a transaction that fails: the error is on both spans, and still reaches the caller', async () => {
    const run = tracedTransactions(db, { tracer })
    for (const [error, type] of [
      [new FDBError(2000), new FDBError(2000).codeName],
      [new RangeError('own'), 'RangeError'],
    ] as const) {
      const [attempts, transaction] = await spansOf(async () => {
        await expect(
          run(async () => {
            throw error
          }),
        ).rejects.toBe(error)
      })
      for (const span of [...attempts, transaction]) {
        expect(span.status.code).toBe(SpanStatusCode.ERROR)
        expect(span.attributes['error.type']).toBe(type)
      }
      expect(attempts).toHaveLength(1)
    }
  })
})
