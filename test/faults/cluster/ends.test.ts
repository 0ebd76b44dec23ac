// While the cluster is away a process ends as it does at other times, and its memory stays what it was: docs/faults.md.
import { describe, expect, test } from 'vitest'
import { verdictOn } from '../../../soak/verdict.ts'
import { runProgram } from '../../support/processes/run-program.ts'
import { DONE, TIMED_OUT } from './support/client.ts'
import { LONG, expectWhole, loadOn, ownCluster } from './support/own-cluster.ts'

/** Calls by the hundred that nobody answers. */
const PRELUDE = `
import { open } from 'fdbkit'
const db = open()
for (let i = 0; i < 300; i++) {
  const calls = [db.get('k'), db.set('k', 'v'), db.doTransaction(async (tn) => tn.set('k', await tn.get('k') ?? 'new'))]
  for (const call of calls) call.catch(() => undefined)
}
const timedOut = await db.get('k', { timeout: 500 }).then(() => 'value', (error) => error.code)
if (timedOut !== 1031) throw new Error(timedOut)
`

const ENDINGS: readonly (readonly [how: string, source: string, code: number | string])[] = [
  ['process.exit', 'process.exit(3)', 3],
  ['closing the database', 'db.close()', 0],
  ['an exception', `setImmediate(() => { throw new Error('of the program') })`, 1],
  ['SIGTERM', `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`, 'SIGTERM'],
]

describe('while the cluster is away', () => {
  test.each(['KILL', 'STOP'] as const)('a process ends, after %s of the server', async (word) => {
    const cluster = await ownCluster()
    await cluster.say(word)
    for (const [how, source, code] of ENDINGS) {
      const environment = { FDBKIT_ENGINE: '', FDB_CLUSTER_FILE: cluster.clusterFile }
      const ended = await runProgram(`${PRELUDE}\n${source}`, 'module', environment)
      expect({ how, code: ended.code }, ended.stderr).toEqual({ how, code })
    }
  })
})

describe.runIf(LONG)('in the long mode', () => {
  test('memory stays flat over many outages', async () => {
    const cluster = await ownCluster()
    const client = await loadOn(cluster.clusterFile)
    const resident: number[] = []
    const heap: number[] = []
    for (let round = 0; round < 25; round++) {
      await cluster.say(round % 2 === 0 ? 'KILL' : 'STOP')
      await client.see(TIMED_OUT, 16)
      await cluster.say(round % 2 === 0 ? 'start' : 'CONT')
      await client.see(DONE, 300)
      const weight = await client.weigh()
      resident.push(weight.resident)
      heap.push(weight.heap)
    }
    const verdicts = { resident: verdictOn(resident), heap: verdictOn(heap) }
    console.error('fdbkit: memory over 25 outages', JSON.stringify(verdicts))
    // The heap has the recorder, which grows with what it knows: that is told, and not judged.
    expect(verdicts.resident).toMatchObject({ isFlat: true })
    await expectWhole(client, cluster.clusterFile)
  })
})
