// The data side of the bridge in bridge.test.ts: answers each request with itself and a half.
import { workerData } from 'node:worker_threads'
import { seededRandom } from '../../dist/native/environment/deterministic-environment.js'
import { DataHandle, float64, uint32 } from '../../dist/task/index.js'

const { descriptor, total, seed, dieAfter } = workerData
if (dieAfter === 0) process.exit(3)
const data = DataHandle.attach(descriptor, { requests: uint32, responses: float64 }).pin()
const random = seededRandom(seed)
const batch = []
let expected = 0
while (expected < total) {
  if (data.drainRequests(batch, 512) === 0) batch.push(data.recvRequestBlocking().value)
  for (const request of batch) {
    if (request !== expected) throw new Error(`got request ${request}, not ${expected}`)
    expected++
    data.sendResponseBlocking(request + 0.5)
  }
  batch.length = 0
  if (random() < 0.01) pause()
}

/** Blocks this thread for up to a millisecond: the other side runs into a full ring, or an empty one. */
function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, random())
}
