// The process of a client: a load on a cluster, which its test starts, stops and asks. It ends with its test.
import { DeterministicEnvironment } from 'fdbkit/task'
import { open } from 'fdbkit'
import { audit, populate } from '../../load/ledger.ts'
import { Load } from '../../load/load.ts'
import { HANG_LIMIT } from '../../../support/hang-limit.ts'
import type { ClientSetup, Message, Request, SentLedger, Weight } from './protocol.ts'

const LANES = 8
/** Milliseconds between two calls of a lane: the machine has other things to do. */
const BREATH = 5

const setup = JSON.parse(process.argv[2] ?? '') as ClientSetup
const tell = (message: Message): void => void process.send?.(message)
const fail = (error: unknown): void => {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.send?.({ type: 'failed', why } satisfies Message, () => process.exit(1))
}

process.on('disconnect', () => process.exit(1))
process.on('uncaughtException', fail)

const chance = new DeterministicEnvironment({ seed: setup.seed })
const { clusterFile, network, library, apiVersion } = setup
const db = open({ clusterFile, network, library, apiVersion }).at('faults/')
const load = new Load(db, {
  name: setup.name,
  lanes: LANES,
  timeout: setup.timeout,
  slack: HANG_LIMIT / 5,
  patience: HANG_LIMIT,
  random: () => chance.random(),
  pause: () => new Promise((resolve) => setTimeout(resolve, BREATH)),
  settled: (kind, { code = 0 }) => tell({ type: 'settled', kind, code }),
})
let running = Promise.resolve()

async function auditNow(): Promise<SentLedger> {
  const { found, problems } = await audit(db)
  return { found: [...found], problems }
}

async function weigh(): Promise<Weight> {
  // Finalizers run between turns, and what they give up is for the next collection.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { resident: rss, heap: heapUsed }
}

async function answer(request: Request): Promise<void> {
  switch (request) {
    case 'populate':
      await populate(db)
      return tell({ type: 'answer', of: request })
    case 'load':
      running = load.run()
      running.catch(fail)
      return tell({ type: 'answer', of: request })
    case 'stop':
      load.stop()
      await running
      return tell({ type: 'answer', of: request, value: load.recorder.records })
    case 'audit':
      return tell({ type: 'answer', of: request, value: await auditNow() })
    case 'weigh':
      return tell({ type: 'answer', of: request, value: await weigh() })
    case 'end':
      load.stop()
      db.close()
      // Nothing else is left that would keep the process.
      process.removeAllListeners('disconnect')
      process.disconnect()
  }
}

process.on('message', (request: Request) => void answer(request).catch(fail))
