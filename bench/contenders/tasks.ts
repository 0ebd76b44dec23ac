/** A contender of tasks: fdbkit/task, or what Node has for the same (promises, MessagePort). */
import { MessageChannel, Worker } from 'node:worker_threads'
import {
  BridgeChannel,
  actor,
  bounded,
  fdbSpawn,
  uint32,
  wait,
  PromiseFuture,
  PromiseStream,
  type FlowPromise,
  waitNext,
} from 'fdbkit/task'
import { lanes, type Meter } from './meter.ts'
import { contenderArguments, serve, type RunRound } from './serve.ts'

/** Messages between two looks at the clock. */
const BATCH = 1000

/** A batch of messages is timed as one: what is measured is throughput. */
async function batches(meter: Meter, send: (count: number) => Promise<void>): Promise<void> {
  while (!meter.isOver) {
    const since = meter.now()
    await send(BATCH)
    meter.done(since, BATCH)
  }
}

const spawned: Record<string, () => RunRound> = {
  fdbkit: () => (meter) =>
    lanes(meter, 1, () =>
      fdbSpawn(function* () {
        return 1
      }),
    ),
  plain: () => (meter) => lanes(meter, 1, async () => 1),
}

const channel: Record<string, () => RunRound> = {
  fdbkit: () => (meter) =>
    batches(meter, async (count) => {
      const [sender, receiver] = bounded<number>(128)
      const sent = fdbSpawn(function* () {
        for (let i = 0; i < count; i++) yield* sender.send(i)
        sender.drop()
      })
      let got = 0
      await fdbSpawn(function* () {
        for (; got < count; got++) yield* receiver
      })
      await sent
      if (got !== count) throw new Error(`${got} messages, not ${count}`)
    }),
  plain: () => {
    const { port1, port2 } = new MessageChannel()
    return (meter) =>
      batches(meter, (count) => {
        const { promise, resolve } = withResolvers()
        let got = 0
        port2.on('message', () => {
          if (++got === count) resolve()
        })
        for (let i = 0; i < count; i++) port1.postMessage(i)
        return promise.then(() => void port2.removeAllListeners('message'))
      })
  },
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

/** Each is answered before the next is asked, in fdbkit by Flow's actors and in Node by promises. */
const requests: Record<string, () => RunRound> = {
  fdbkit: () => (meter) =>
    batches(meter, async (count) => {
      const asked = new PromiseStream<{ n: number; reply: FlowPromise<number> }>()
      const server = actor(function* () {
        for (let i = 0; i < count; i++) {
          const { n, reply } = yield* waitNext(asked.getFuture())
          reply.send(n + 1)
        }
      })()
      await fdbSpawn(function* () {
        for (let n = 0; n < count; n++) {
          const { promise, future } = new PromiseFuture<number>()
          asked.send({ n, reply: promise })
          yield* wait(future)
        }
      })
      await server
    }),
  plain: () => (meter) =>
    batches(meter, async (count) => {
      const answer = async (n: number): Promise<number> => n + 1
      for (let n = 0; n < count; n++) await answer(n)
    }),
}

const WORKERS: Record<string, string> = {
  fdbkit: `
    const { workerData } = require('node:worker_threads')
    import('fdbkit/task').then(({ DataHandle, uint32 }) => {
      const data = DataHandle.attach(workerData, { requests: uint32, responses: uint32 }).pin()
      const batch = []
      for (;;) {
        if (data.drainRequests(batch, 512) === 0) {
          const next = data.recvRequestBlocking()
          if (next === undefined) return
          batch.push(next.value)
        }
        for (const request of batch) data.sendResponseBlocking(request)
        batch.length = 0
      }
    })`,
  plain: `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (request) => parentPort.postMessage(request))`,
}

const bridge: Record<string, () => RunRound> = {
  fdbkit: () => {
    const made = new BridgeChannel({
      requests: { capacity: 1024, codec: uint32 },
      responses: { capacity: 1024, codec: uint32 },
    })
    const worker = new Worker(WORKERS['fdbkit'] as string, {
      eval: true,
      workerData: made.data.descriptor,
    })
    made.control.closeWith(worker)
    worker.unref()
    return (meter) =>
      batches(meter, async (count) => {
        const sent = (async () => {
          for (let i = 0; i < count; i++) await made.control.sendRequest(i)
        })()
        for (let i = 0; i < count; i++) await made.control.recvResponse()
        await sent
      })
  },
  plain: () => {
    const worker = new Worker(WORKERS['plain'] as string, { eval: true })
    worker.unref()
    return (meter) =>
      batches(meter, (count) => {
        const { promise, resolve } = withResolvers()
        let got = 0
        worker.on('message', () => {
          if (++got === count) resolve()
        })
        for (let i = 0; i < count; i++) worker.postMessage(i)
        return promise.then(() => void worker.removeAllListeners('message'))
      })
  },
}

const rows: Record<string, Record<string, () => RunRound>> = {
  'spawn-join': spawned,
  channel,
  'actor-request': requests,
  bridge,
}

const { who, row } = contenderArguments()
const prepare = rows[row]?.[who]
if (prepare === undefined) throw new Error(`there is no row ${row} of ${who}`)
await serve(prepare())
process.exit()
