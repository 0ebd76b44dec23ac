// A client that is to load other client libraries: docs/faults.md.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLibrary } from '../../../src/native/library/library.ts'
import { newestOfAll } from './support/api-version.ts'
import { DONE, TIMED_OUT } from './support/client.ts'
import { expectWhole, loadOn, ownCluster } from './support/own-cluster.ts'
import { probe } from './support/probe.ts'
import { canBeOther, writeOtherRelease } from './support/other-release.ts'
import { newFolder } from './support/scratch.ts'

/**
 * Libraries of other releases, by their paths with colons between. Without them a copy of the one library stands in, which
 * tries the way to the cluster through another library, and not other releases.
 */
const others = (process.env['FDBKIT_OTHER_LIBRARIES'] ?? '').split(':').filter(Boolean)
if (others.length === 0) {
  console.error(
    'fdbkit: FDBKIT_OTHER_LIBRARIES names none, so a copy of the one client library is used',
  )
}

interface External {
  readonly network: { readonly external_client_directory: string }
  readonly apiVersion: number
}

function external(): External {
  const folder = join(newFolder(), 'libraries')
  mkdirSync(folder)
  const own = findLibrary().path
  const from = others.length > 0 ? others : [own]
  for (const [i, path] of from.entries()) copyFileSync(path, join(folder, `libfdb_c_${i}.so`))
  return {
    network: { external_client_directory: folder },
    apiVersion: newestOfAll([own, ...from]),
  }
}

/** Beside libraries that are of other releases, one that only says so would be taken for one of them. */
const isKnown = others.length === 0 && canBeOther(findLibrary().path)
if (!isKnown) console.error('fdbkit: no client library of another protocol is made')

function otherRelease(away: number): string {
  const path = join(newFolder(), 'libfdb_c_other.so')
  writeOtherRelease(findLibrary().path, path, away)
  return path
}

describe('a client of several versions', () => {
  test('reaches the cluster with others beside its own library', async () => {
    const cluster = await ownCluster()
    const setup = external()
    const client = await loadOn(cluster.clusterFile, setup)
    await cluster.say('KILL')
    await client.see(TIMED_OUT)
    await cluster.say('start')
    await expectWhole(client, cluster.clusterFile, setup)
  })

  test('reaches it through another library, without its own', async () => {
    const cluster = await ownCluster()
    const { network, apiVersion } = external()
    const setup = { network: { ...network, disable_local_client: true }, apiVersion } as const
    const client = await loadOn(cluster.clusterFile, setup)
    for (let round = 0; round < 2; round++) {
      await cluster.say('KILL')
      await client.see(TIMED_OUT)
      await cluster.say('start')
      await client.see(DONE)
    }
    await expectWhole(client, cluster.clusterFile, setup)
  })

  describe.runIf(isKnown)('of another release', () => {
    test.each([
      ['older', -1],
      ['newer', 1],
    ])('by its own library, which is %s, reaches the cluster through another', async (_, away) => {
      const cluster = await ownCluster()
      const setup = { ...external(), library: otherRelease(away) }
      const client = await loadOn(cluster.clusterFile, setup)
      await cluster.say('KILL')
      await client.see(TIMED_OUT)
      await cluster.say('start')
      await expectWhole(client, cluster.clusterFile, setup)
    })

    test.each([
      ['older', -1],
      ['newer', 1],
    ])('without one of the cluster, only with one that is %s, times out', async (_, away) => {
      const cluster = await ownCluster()
      const { clusterFile } = cluster
      const probed = await probe({ clusterFile, library: otherRelease(away) })
      expect(probed.said).toMatch(/^FDBError 1031 /)
      expect(probed.code).toBe(0)
    })
  })

  test('says which library is not there', async () => {
    const cluster = await ownCluster()
    const network = { external_client_library: '/nowhere/libfdb_c_7.1.so' }
    const probed = await probe({ clusterFile: cluster.clusterFile, network })
    expect(probed.said).toMatch(/^FDBError \d+ .*external_client_library/)
    expect(probed.code).toBe(0)
  })

  test('says that a library can not be loaded', async () => {
    const cluster = await ownCluster()
    const broken = join(newFolder(), 'libfdb_c_broken.so')
    writeFileSync(broken, 'no library')
    const network = { external_client_library: broken }
    const probed = await probe({ clusterFile: cluster.clusterFile, network })
    expect(probed.said, basename(broken)).toMatch(/^FDBError \d+/)
    expect(probed.code).toBe(0)
  })

  test('goes on without it when it is told so', async () => {
    const cluster = await ownCluster()
    const broken = join(newFolder(), 'libfdb_c_broken.so')
    writeFileSync(broken, 'no library')
    const { network, apiVersion } = external()
    const ignoring = {
      ...network,
      external_client_library: broken,
      ignore_external_client_failures: true,
    }
    const { clusterFile } = cluster
    const probed = await probe({ clusterFile, network: ignoring, apiVersion })
    expect(probed).toMatchObject({ said: 'value', code: 0 })
  })
})
