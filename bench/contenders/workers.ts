/** A contender of several workers, each with a client of its own: `size` of them, each with `lanes` in flight. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openClient } from './client-kind.ts'
import { Meter, lanes } from './meter.ts'
import { contenderArguments, serve, type Size } from './serve.ts'

const KEY = 'bench/worker'

/** In a worker: each message is the seconds of a round, each answer what was done in it. */
async function work(inFlight: number): Promise<void> {
  const { db } = await openClient('fdbkit')
  await db.set(KEY, Buffer.alloc(100, 'v'))
  parentPort?.on('message', (seconds: number) => {
    const meter = new Meter(seconds)
    void lanes(meter, inFlight, () => db.get(KEY)).then(() => {
      parentPort?.postMessage(meter.result().operations)
    })
  })
  parentPort?.postMessage('ready')
}

const answerOf = (worker: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })

async function direct({ lanes: inFlight, size }: Size): Promise<void> {
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL(import.meta.url), { workerData: inFlight }),
  )
  await Promise.all(workers.map(answerOf))
  await serve(async (meter, seconds) => {
    const answers = workers.map(answerOf)
    const since = meter.now()
    for (const worker of workers) worker.postMessage(seconds)
    for (const operations of await Promise.all(answers)) meter.done(since, operations)
  })
  await Promise.all(workers.map((worker) => worker.terminate()))
}

if (isMainThread) await direct(contenderArguments().size)
else await work(workerData as number)
