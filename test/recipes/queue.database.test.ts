import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { encoders } from '../../src/index.ts'
import { PriorityQueue, Queue } from '../../src/recipes/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { ClusterClock } from './cluster-clock.ts'
import { QueueProgram, anyProgram } from './queue-model.ts'

const clock = new ClusterClock()
const db = openTestDatabase()
let scopes = 0
const newScope = () => db.at(`${scopes++}/`)
afterAll(async () => {
  vi.restoreAllMocks()
  await db.clearRange('', Buffer.of(0xff))
  db.close()
})

test('a queue with delays, leases and dead letters is what a list in memory is', async () => {
  await fc.assert(
    fc.asyncProperty(anyProgram, (program) =>
      new QueueProgram(newScope(), clock, program, true).run(),
    ),
    { numRuns: backend.name === 'engine' ? 100 : 10 },
  )
})
