// Worker threads that are terminated with thousands of calls under way, one after the other; and processes beside each other: forked ones, and
// those of a cluster, of which one is killed. Whole processes on the engine.
import { describe, expect, test } from 'vitest'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { runProgram } from '../support/processes/run-program.ts'

/** Of the work that is under way: calls, transactions and watches. */
const BEGIN = `
const begin = (db, calls) => Promise.all(Array.from({ length: calls }, (_, i) => {
  const key = 'k' + (i % 100)
  if (i % 3 === 0) return db.set(key, 'v')
  if (i % 3 === 1) return db.get(key)
  return db.doTransaction(async (tn) => tn.set(key, (await tn.get(key)) ?? 'new'))
}))
`

const TIMES = (process.env['FDBKIT_LONG'] ?? '') === '' ? 40 : 200

const WORKERS = `
import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { openEmbedded } from 'fdbkit'
import { census } from 'fdbkit/tracing'
${BEGIN}
const db = openEmbedded({ name: 'shared' })
await db.set('k', 'v')
const turns = async (count) => { for (let i = 0; i < count; i++) await new Promise(setImmediate) }
const count = (what) => { try { return readdirSync('/proc/self/' + what).length } catch { return 0 } }
let before
for (let i = 0; i < ${TIMES}; i++) {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url))
  await once(worker, 'message')
  await turns(i % 7)
  if (await worker.terminate() !== 1) throw new Error('it was not terminated')
  if (String(await db.get('k')) !== 'v') throw new Error('the process is not well')
  if (i === 9) before = [count('fd'), count('task')]
}
await begin(db, 1000)
console.log(census().handles, count('fd') <= before[0], count('task') <= before[1])
`

const WORKER = `
import { parentPort } from 'node:worker_threads'
import { openEmbedded } from 'fdbkit'
${BEGIN}
const db = openEmbedded({ name: 'shared' })
const all = begin(db, 3000)
const watches = Array.from({ length: 100 }, (_, i) => db.getAndWatch('w' + i).then((watch) => watch.promise))
db.get('k').then(() => parentPort.postMessage('at work'))
await Promise.all([all, ...watches])
`

const FORKS = `
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openEmbedded } from 'fdbkit'
${BEGIN}
const db = openEmbedded()
const all = begin(db, 1000)
const child = fork(new URL('./child.mjs', import.meta.url), { serialization: 'advanced' })
try { child.send(db) } catch (error) { console.log(error.message.includes('pinned to the worker that made it')) }
child.send('begin')
const [told] = await once(child, 'message')
const [code] = await once(child, 'exit')
await all
console.log(told, code)
`

const CHILD = `
import { openEmbedded } from 'fdbkit'
${BEGIN}
process.once('message', async () => {
  const db = openEmbedded()
  await begin(db, 1000)
  process.send(String(await db.get('k0')), () => process.disconnect())
})
`

const CLUSTER = `
import cluster from 'node:cluster'
import { once } from 'node:events'
import { openEmbedded } from 'fdbkit'
${BEGIN}
const db = openEmbedded()
if (cluster.isPrimary) {
  const all = begin(db, 1000)
  const workers = [cluster.fork(), cluster.fork(), cluster.fork()]
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const exits = workers.map((worker) => once(worker, 'exit'))
  workers[0].process.kill('SIGKILL')
  for (const worker of workers.slice(1)) worker.send('end')
  await all
  console.log(JSON.stringify(await Promise.all(exits)))
} else {
  let isOver = false
  process.once('message', () => (isOver = true))
  process.send('at work')
  while (!isOver) { await begin(db, 100); await new Promise(setImmediate) }
  process.disconnect()
}
`

describe('threads and processes', { timeout: HANG_LIMIT }, () => {
  test(`${TIMES} workers that are terminated at work leave the process well`, async () => {
    const beside = new Map([['worker.mjs', WORKER]])
    const ended = await runProgram(WORKERS, 'module', {}, beside)
    expect(ended).toEqual({ code: 0, stdout: '1 true true\n', stderr: '' })
  })

  test('a forked process has an engine of its own, and is sent no database', async () => {
    const ended = await runProgram(FORKS, 'module', {}, new Map([['child.mjs', CHILD]]))
    expect(ended).toEqual({ code: 0, stdout: 'true\nv 0\n', stderr: '' })
  })

  test('a process of a cluster that is killed at work ends alone', async () => {
    const ended = await runProgram(CLUSTER)
    const exits = '[[null,"SIGKILL"],[0,null],[0,null]]\n'
    expect(ended).toEqual({ code: 0, stdout: exits, stderr: '' })
  })
})
