import { trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { injectFaults, testDatabase, type TestDatabaseOptions } from 'fdbkit/testing'
import { buildService } from '../service.ts'

const spans = new InMemorySpanExporter()
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
)
beforeEach(() => spans.reset())
afterAll(() => trace.disable())

/** A service on a database of its own, for one test. */
function start(options: TestDatabaseOptions = {}) {
  const db = testDatabase(options)
  const service = buildService(db)
  const stop = async (): Promise<void> => {
    await service.close()
    db.close()
  }
  return { db, service, [Symbol.asyncDispose]: stop }
}

const note = { title: 'Milk', text: 'two bottles' }

test('a note is written, listed, read and deleted', async () => {
  await using one = start()
  const { service } = one
  const put = await service.inject({ method: 'PUT', url: '/notes/a', payload: note })
  expect([put.statusCode, put.json()]).toEqual([201, note])
  const again = await service.inject({ method: 'PUT', url: '/notes/a', payload: note })
  expect(again.statusCode).toBe(200)
  expect((await service.inject('/notes')).json()).toEqual([{ id: 'a', title: 'Milk' }])
  expect((await service.inject('/notes/a')).json()).toEqual(note)
  expect((await service.inject({ method: 'DELETE', url: '/notes/a' })).statusCode).toBe(204)
  expect((await service.inject('/notes/a')).statusCode).toBe(404)
})

test('what is no note is refused', async () => {
  await using one = start()
  const payload = { title: '' }
  const answer = await one.service.inject({ method: 'PUT', url: '/notes/a', payload })
  expect(answer.statusCode).toBe(400)
  expect(await one.db.getRangeAllStartsWith('')).toEqual([])
})

test('a request is a span, and below it each attempt', async () => {
  await using one = start()
  await one.service.inject({ method: 'PUT', url: '/notes/a', payload: note })
  expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['attempt', 'write note'])
})

test('a client is answered through all that a cluster does', async () => {
  await using one = start({ faults: 'everything' })
  const ids = Array.from({ length: 10 }, (_, n) => `note ${n}`)
  const answers = await Promise.all(
    ids.map((id) => one.service.inject({ method: 'PUT', url: `/notes/${id}`, payload: note })),
  )
  for (const { statusCode } of answers) expect([200, 201]).toContain(statusCode)
  const listed = (await one.service.inject('/notes')).json<{ id: string }[]>()
  expect(listed.map(({ id }) => id)).toEqual(ids)
})

test('a cluster that never commits is answered by 503', async () => {
  await using one = start({
    database: { transaction_retry_limit: 2, transaction_max_retry_delay: 1 },
  })
  injectFaults(one.db, { tooOld: 1 }, 1)
  const answer = await one.service.inject('/notes/a')
  expect([answer.statusCode, answer.json()]).toEqual([503, { error: 'try again later' }])
})
