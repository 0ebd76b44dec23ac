/** Worker threads with lanes of their own, which end when asked, or are terminated at any moment. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { insist, type Outcome } from '../violation.ts'
import type { FromWorker, WorkerTask } from '../worker.ts'
import type { Operation, Turn } from './operation.ts'

const TERMINATED = 1

function start({ chance, ground, number }: Turn): Worker {
  const workerData: WorkerTask = { place: ground.place, seed: chance.below(2 ** 31), number }
  return new Worker(new URL('../worker.js', import.meta.url), { workerData })
}

/** Rejects when it throws. */
async function said(worker: Worker): Promise<FromWorker> {
  const [message] = (await once(worker, 'message')) as [FromWorker]
  return message
}

async function terminatedEarly(turn: Turn): Promise<Outcome> {
  const worker = start(turn)
  await turn.chance.moment()
  await worker.terminate()
  return 'terminated'
}

async function terminatedAtWork(turn: Turn): Promise<Outcome> {
  const worker = start(turn)
  await said(worker)
  await turn.chance.moment()
  const code = await worker.terminate()
  insist(code === TERMINATED, `a terminated worker ended with ${code}`)
  return 'terminated'
}

async function ends(turn: Turn): Promise<Outcome> {
  const worker = start(turn)
  await said(worker)
  await turn.chance.moment()
  const ended = once(worker, 'exit')
  worker.postMessage('end')
  const { handles, tasks, wakers } = await said(worker)
  const left = `${handles} handles, ${tasks} tasks and ${wakers} wakers`
  insist(handles + tasks + wakers === 0, `a worker has left ${left} behind`)
  const [code] = (await ended) as [number]
  insist(code === 0, `a worker ended with ${code}`)
  return 'ended'
}

export const workers: readonly Operation[] = [
  { name: 'worker terminated early', weight: 0.2, run: terminatedEarly },
  { name: 'worker terminated at work', weight: 0.3, run: terminatedAtWork },
  { name: 'worker that ends', weight: 0.3, run: ends },
]
