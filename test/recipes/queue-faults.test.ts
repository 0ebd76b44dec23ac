// The queue against its model while commits are unknown and reads are refused.
import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { ClusterClock } from './cluster-clock.ts'
import { QueueProgram, anyProgram } from './queue-model.ts'

// The engine draws its faults from this seed; it is named where something fails.
const engineSeed = (process.env['FDBKIT_ENGINE_SEED'] ??= String(randomInt(2 ** 32)))

// The faults are options of the network, of which a process has one: so this is a file of its own.
const clock = new ClusterClock()
const db = openEmbedded({
  network: {
    client_buggify_enable: true,
    client_buggify_section_activated_probability: 100,
    client_buggify_section_fired_probability: 10,
  },
})
let programs = 0
afterAll(() => {
  vi.restoreAllMocks()
  db.close()
})

test.runIf(backend.name === 'engine')(
  'a queue is what a list in memory is, each step once, under unknown commits and refused reads',
  async () => {
    const property = fc.asyncProperty(anyProgram, (program) =>
      new QueueProgram(db.at(`${programs++}/`), clock, program, false).run(),
    )
    const run = fc.assert(property, { numRuns: 40 })
    await run.catch((error: Error) => expect.fail(`engine seed ${engineSeed}: ${error.stack}`))
  },
)
