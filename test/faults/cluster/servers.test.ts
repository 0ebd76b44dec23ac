// The server of a cluster is killed, frozen, away: docs/faults.md.
import { describe, expect, test } from 'vitest'
import { Client, DONE, TIMED_OUT } from './support/client.ts'
import { LONG, expectWhole, loadOn, ownCluster, untilOneCanGo } from './support/own-cluster.ts'

/** Of eight lanes with timeouts of two seconds: half a minute's worth, or that of more than a minute. */
const A_WHILE = LONG ? 400 : 40

describe('a server', () => {
  test.each([
    {
      what: 'is killed and restarted in mid-load',
      rounds: [3, 20],
      seen: 8,
      by: ['KILL', 'start'],
    },
    { what: 'is killed and at once there again', rounds: [3, 20], seen: 0, by: ['KILL', 'start'] },
    { what: 'is frozen and thawed', rounds: [2, 10], seen: 8, by: ['STOP', 'CONT'] },
  ] as const)('$what, again and again', async ({ rounds: [few, many], seen, by: [harm, mend] }) => {
    const cluster = await ownCluster()
    const client = await loadOn(cluster.clusterFile)
    for (let round = 0; round < (LONG ? many : few); round++) {
      await cluster.say(harm)
      if (seen > 0) await client.see(TIMED_OUT, seen)
      await cluster.say(mend)
      await client.see(DONE)
    }
    await expectWhole(client, cluster.clusterFile)
  })

  test('is away for a while, and calls without a timeout wait for it', async () => {
    const cluster = await ownCluster()
    const client = await loadOn(cluster.clusterFile)
    await cluster.say('KILL')
    await client.see(TIMED_OUT, A_WHILE)
    await cluster.say('start')
    await expectWhole(client, cluster.clusterFile)
  })

  test('is not there at the start, and comes later', async () => {
    const cluster = await ownCluster()
    const first = new Client({ clusterFile: cluster.clusterFile })
    await first.populate()
    await cluster.say('KILL')
    const client = new Client({ clusterFile: cluster.clusterFile })
    await client.load()
    await client.see(TIMED_OUT)
    await cluster.say('start')
    await expectWhole(client, cluster.clusterFile)
  })

  test('of three is killed, and the others go on', async () => {
    const cluster = await ownCluster()
    for (let more = 0; more < 2; more++) await cluster.add('unset')
    // The new ones may not have been heard of yet.
    expect(cluster.cli('configure FORCE double')).toContain('Configuration changed')
    cluster.cli(`coordinators ${cluster.addresses.join(' ')}`)
    untilOneCanGo(cluster)
    const client = await loadOn(cluster.clusterFile)
    for (const server of [1, 0, 2]) {
      await cluster.say('KILL', server)
      await client.see(DONE)
      await cluster.say('start', server)
      untilOneCanGo(cluster)
      await client.see(DONE, 100)
    }
    await expectWhole(client, cluster.clusterFile)
  })
})
