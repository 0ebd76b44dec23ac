/**
 * The programs in several workers of one process, on one network thread: run by itself it starts the workers, and prints
 * what was wrong. `node --import …/register.mjs worker.ts WORKERS PROGRAMS SEED`
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import { Ring } from '../../../src/future/ring/ring.ts'
import { PENDING } from '../../../src/future/wakers/waker.ts'
import { embeddedLibrary } from '../../../src/native/library/library.ts'
import { startNetwork } from '../../../src/native/library/network.ts'
import { fdbSpawn } from '../../../src/task/index.ts'
import { Draw } from '../../differential/draw.ts'
import { drawProgram } from './actions.ts'
import { carrierOf, drawSizes } from './ring-carrier.ts'
import { runProgram } from './run-program.ts'
import { StoreBed } from './store-bed.ts'

const SHARED = { connectionString: 'nested_workers:embedded@127.0.0.1:1' }

interface Share {
  readonly worker: number
  readonly programs: number
  readonly seed: number
}

async function runShare({ worker, programs, seed }: Share): Promise<string[]> {
  startNetwork({ library: embeddedLibrary() })
  const draw = new Draw(seed * 1000 + worker)
  const problems: string[] = []
  for (let program = 0; program < programs; program++) {
    const ring = new Ring(drawSizes(draw))
    const database = DatabaseHandle.open(SHARED, ring)
    const bed = new StoreBed(database, `worker ${worker}, program ${program}`, carrierOf(ring))
    await bed.begin()
    problems.push(...(await runProgram({ PENDING, fdbSpawn }, bed, drawProgram(draw))))
    await bed.end()
    ring.close()
  }
  return problems
}

async function runWorkers(workers: number, programs: number, seed: number): Promise<void> {
  const shares = Array.from({ length: workers }, (_, worker) => ({ worker, programs, seed }))
  const ended = shares.slice(1).map(
    (share) =>
      new Promise<string[]>((resolve, reject) => {
        const thread = new Worker(new URL(import.meta.url), { workerData: share })
        thread.once('message', resolve)
        thread.once('error', reject)
      }),
  )
  const problems = await Promise.all([runShare(shares[0]!), ...ended])
  console.log(JSON.stringify(problems.flat()))
}

if (isMainThread) {
  const [workers, programs, seed] = process.argv.slice(2).map(Number)
  await runWorkers(workers!, programs!, seed!)
} else {
  parentPort!.postMessage(await runShare(workerData as Share))
}
