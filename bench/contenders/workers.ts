/** A contender of several workers, each with a client of its own: `size` of them, each with `lanes` in flight. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openClient, type BenchClient } from './client-kind.ts'
import { Meter, lanes } from './meter.ts'
import { contenderArguments, serve, type Size } from './serve.ts'

interface Order {
  readonly row: string
  readonly inFlight: number
}

/** About 1 kB of JSON. */
const document = { tags: Array.from({ length: 60 }, (_, i) => `tag number ${i}`) }
const DOCUMENTS = 100

/** What a worker does over and over; what it reads is written first. */
const rows: Record<string, (client: BenchClient) => Promise<() => PromiseLike<unknown>>> = {
  async get({ db }) {
    const key = 'bench/worker'
    await db.set(key, Buffer.alloc(100, 'v'))
    return () => db.get(key)
  },

  async decode({ db, encoders }) {
    const typed = db.at('bench/documents/', encoders.tuple, encoders.json)
    await typed.doTransaction(async (tn) => {
      for (let i = 0; i < DOCUMENTS; i++) tn.set([i] as never, document)
    })
    return () =>
      typed.doTransaction((tn) => tn.snapshot().getRangeAll([0], [DOCUMENTS]) as Promise<unknown>)
  },

  /** What `decode` does without a database: how much the machine's processors do together. */
  async parse() {
    const text = JSON.stringify(document)
    return async () => {
      for (let i = 0; i < DOCUMENTS; i++) JSON.parse(text)
    }
  },
}

/** In a worker: each message is the seconds of a round, each answer what was done in it. */
async function work({ row, inFlight }: Order): Promise<void> {
  const prepare = rows[row]
  if (prepare === undefined) throw new Error(`workers have no row ${row}`)
  const run = await prepare(await openClient('fdbkit'))
  parentPort?.on('message', (seconds: number) => {
    const meter = new Meter(seconds)
    void lanes(meter, inFlight, run).then(() => {
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

async function direct(row: string, { lanes: inFlight, size }: Size): Promise<void> {
  const workerData: Order = { row, inFlight }
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL(import.meta.url), { workerData }),
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

if (isMainThread) {
  const { row, size } = contenderArguments()
  await direct(row, size)
} else await work(workerData as Order)
