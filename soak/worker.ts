/** What runs in a worker thread of the soak: lanes that pay, swap and watch until it is told to end. */
import { parentPort, workerData } from 'node:worker_threads'
import { census } from 'fdbkit/tracing'
import { Chance } from './chance.ts'
import { openPlace, type Place } from './ground.ts'
import { accountsOf, drawNode, drawTransfer, ringOf, swap, transfer } from './invariants.ts'

export interface WorkerTask {
  readonly place: Place
  readonly seed: number
  readonly number: number
}

/** Sent when its first operation is done, and when it has ended. */
export interface FromWorker {
  readonly handles: number
  readonly tasks: number
  readonly wakers: number
}

const LANES = 8
const { place, seed, number } = workerData as WorkerTask
const db = openPlace(place)
const port = parentPort!
let isOver = false

async function operate(chance: Chance): Promise<void> {
  switch (chance.below(3)) {
    case 0: {
      const drawn = drawTransfer(chance)
      return accountsOf(db).doTransaction((tn) => transfer(tn, drawn))
    }
    case 1: {
      const first = drawNode(chance)
      return ringOf(db).doTransaction((tn) => swap(tn, first))
    }
    default: {
      const watch = await db.getAndWatch(`watched by ${number}`)
      watch.cancel()
      await watch.promise
    }
  }
}

async function lane(chance: Chance): Promise<void> {
  while (!isOver) {
    await operate(chance)
    // The parent can be heard.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

port.once('message', () => (isOver = true))
const all = Promise.all(Array.from({ length: LANES }, (_, i) => lane(new Chance(seed, i))))
await operate(new Chance(seed, LANES))
port.postMessage(census() satisfies FromWorker)
await all
db.close()
port.postMessage(census() satisfies FromWorker)
