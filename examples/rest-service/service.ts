/** Notes over HTTP. The database is given, so that each test has one of its own; a request is a transaction, and a span. */
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { allKeys, encoders, FDBError, type Database } from 'fdbkit'
import { tracedTransactions } from 'fdbkit/tracing'

export interface Note {
  title: string
  text: string
}

const NOTE = {
  type: 'object',
  required: ['title', 'text'],
  additionalProperties: false,
  properties: { title: { type: 'string', minLength: 1 }, text: { type: 'string' } },
} as const

interface ById {
  Params: { id: string }
}

export function buildService(db: Database, options: FastifyServerOptions = {}): FastifyInstance {
  const notes = db.at('notes/', encoders.string, encoders.json<Note>())
  const run = tracedTransactions(notes)
  const service = fastify(options)

  service.get('/notes', async () => {
    const rows = await run((tn) => tn.getRangeAll(allKeys), { name: 'list notes', readOnly: true })
    return rows.map(([id, { title }]) => ({ id, title }))
  })

  service.get<ById>('/notes/:id', async ({ params: { id } }, reply) => {
    const note = await run((tn) => tn.get(id), { name: 'read note', readOnly: true })
    return note ?? reply.code(404).send({ error: `there is no note ${id}` })
  })

  service.put<ById & { Body: Note }>(
    '/notes/:id',
    { schema: { body: NOTE } },
    async ({ params: { id }, body }, reply) => {
      const isNew = await run(
        async (tn) => {
          const before = await tn.exists(id)
          tn.set(id, body)
          return !before
        },
        { name: 'write note' },
      )
      return reply.code(isNew ? 201 : 200).send(body)
    },
  )

  service.delete<ById>('/notes/:id', async ({ params: { id } }, reply) => {
    await run(async (tn) => tn.clear(id), { name: 'delete note' })
    return reply.code(204).send()
  })

  // A cluster that does not answer in time is not the client's mistake, nor a defect of the service.
  service.setErrorHandler((error: Error, _request, reply) => {
    if (error instanceof FDBError) return reply.code(503).send({ error: 'try again later' })
    return reply.send(error)
  })
  return service
}
