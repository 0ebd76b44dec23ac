// Other coordinators, and other content of the cluster file: docs/faults.md.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import { Client, DONE, TIMED_OUT } from './support/client.ts'
import { expectWhole, loadOn, ownCluster } from './support/own-cluster.ts'
import { probe } from './support/probe.ts'
import { newFolder } from './support/scratch.ts'

/** A cluster file of the client's own, so that it is the client that writes it. */
function ownFile(clusterFile: string): string {
  const own = join(newFolder(), 'client.cluster')
  copyFileSync(clusterFile, own)
  return own
}

const contentOf = (file: string): string => readFileSync(file, 'utf8')

describe('coordinators', () => {
  test('are changed in mid-load; the client follows, and writes its file', async () => {
    const cluster = await ownCluster()
    await cluster.add('unset')
    const file = ownFile(cluster.clusterFile)
    const client = await loadOn(file)
    for (const server of [1, 0, 1]) {
      const address = cluster.addresses[server] as string
      const answer = cluster.cli(`coordinators ${address}`)
      expect(answer).toContain('Coordination state changed')
      await client.see(DONE, 100)
      expect(contentOf(file)).toContain(`@${address}`)
    }
    await expectWhole(client, file)
  })

  test('are changed by the special keys', async () => {
    const cluster = await ownCluster()
    await cluster.add('unset')
    const file = ownFile(cluster.clusterFile)
    const client = await loadOn(file)
    const address = cluster.addresses[1] as string
    const answer = cluster.cli(
      `option on SPECIAL_KEY_SPACE_ENABLE_WRITES; writemode on; ` +
        `set \\xff\\xff/configuration/coordinators/processes ${address}`,
    )
    await client.see(DONE, 100)
    expect(contentOf(file), answer).toContain(`@${address}`)
    await expectWhole(client, file)
  })
})

describe('the cluster file', () => {
  test('of a client under way is replaced by that of another cluster, which it goes to once its own is away', async () => {
    const [cluster, other] = [await ownCluster(), await ownCluster()]
    await new Client({ clusterFile: other.clusterFile }).populate()
    const file = ownFile(cluster.clusterFile)
    const client = await loadOn(file)
    copyFileSync(other.clusterFile, file)
    await client.see(DONE, 100)
    await cluster.say('KILL')
    await client.see(DONE, 100)
    await cluster.say('start')
    await expectWhole(client, [cluster.clusterFile, other.clusterFile])
  })

  test.each([
    ['replaced by something else', (file: string) => writeFileSync(file, 'no cluster at all\n')],
    ['emptied', (file: string) => writeFileSync(file, '')],
    ['taken away', (file: string) => rmSync(file)],
  ])('of a client under way is %s', async (_, harm) => {
    const cluster = await ownCluster()
    const file = ownFile(cluster.clusterFile)
    const client = await loadOn(file)
    harm(file)
    await client.see(DONE, 100)
    await cluster.say('KILL')
    await client.see(TIMED_OUT)
    await cluster.say('start')
    await expectWhole(client, cluster.clusterFile)
  })

  test.each([
    ['has something else in it', 'no cluster at all\n', 'FDBError 2104'],
    ['is empty', '', 'FDBError 2104'],
    ['is not there', undefined, 'FDBError 1515'],
  ])('of a client that begins %s', { timeout: HANG_LIMIT }, async (_, content, said) => {
    const file = join(newFolder(), 'fdb.cluster')
    if (content !== undefined) writeFileSync(file, content)
    const probed = await probe({ clusterFile: file })
    expect(probed.said).toContain(said)
    expect(probed.code).toBe(0)
  })
})
