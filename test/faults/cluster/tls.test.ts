// A cluster that speaks TLS, with good certificates and wrong ones: docs/faults.md.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { NetworkOptions } from '../../../src/index.ts'
import type { RealCluster } from '../../../src/testing/backends/real-cluster.ts'
import { Authority, canSign, type Signed } from './support/certificates.ts'
import { TIMED_OUT } from './support/client.ts'
import { expectWhole, loadOn, ownCluster } from './support/own-cluster.ts'
import { probe } from './support/probe.ts'
import { newFolder } from './support/scratch.ts'

interface Ground {
  readonly cluster: RealCluster
  readonly authority: Authority
  readonly stranger: Authority
}

async function secureCluster(): Promise<Ground> {
  const folder = newFolder()
  const authority = new Authority(folder, 'authority')
  const stranger = new Authority(folder, 'stranger')
  const { certificate, key } = authority.sign('server')
  const files = [
    `--tls_certificate_file=${certificate}`,
    `--tls_key_file=${key}`,
    `--tls_ca_file=${authority.certificate}`,
  ]
  const cluster = await ownCluster({ suffix: ':tls', arguments: files, cliArguments: files })
  return { cluster, authority, stranger }
}

const optionsOf = ({ certificate, key }: Signed, trusted: Authority): NetworkOptions => ({
  tls_cert_path: certificate,
  tls_key_path: key,
  tls_ca_path: trusted.certificate,
})

const AS_IF_AWAY = /^FDBError 1031 /

describe.runIf(canSign())('a cluster with TLS', () => {
  test('is used with good certificates, also after it was killed', async () => {
    const { cluster, authority } = await secureCluster()
    const network = optionsOf(authority.sign('client'), authority)
    const client = await loadOn(cluster.clusterFile, { network })
    await cluster.say('KILL')
    await client.see(TIMED_OUT)
    await cluster.say('start')
    await expectWhole(client, cluster.clusterFile, { network })
  })

  test('is as if it were away for clients with wrong certificates, or none', async () => {
    const { cluster, authority, stranger } = await secureCluster()
    const { clusterFile } = cluster
    const said = async (network: NetworkOptions): Promise<string> => {
      const probed = await probe({ clusterFile, network })
      expect(probed.code, probed.stderr).toBe(0)
      return probed.said
    }
    const good = authority.sign('client')
    expect(await said(optionsOf(good, authority))).toBe('value')
    expect(await said(optionsOf(stranger.sign('client'), authority))).toMatch(AS_IF_AWAY)
    expect(await said(optionsOf(good, stranger))).toMatch(AS_IF_AWAY)
    expect(await said(optionsOf(authority.sign('expired', -1), authority))).toMatch(AS_IF_AWAY)
    expect(await said({})).toMatch(AS_IF_AWAY)
  })

  test('says what of its settings can not be used, and shows no secret', async () => {
    const { cluster, authority } = await secureCluster()
    const { clusterFile } = cluster
    const { certificate, key } = authority.sign('client')
    const pem = readFileSync(key, 'utf8')
    const secret = pem.split('\n')[1] as string
    const damaged = pem.replaceAll('PRIVATE KEY', 'PRIVATE CAKE')
    const tls_ca_path = authority.certificate
    const cases: readonly (readonly [NetworkOptions, string])[] = [
      [{ tls_cert_path: '/nowhere/client.pem', tls_key_path: key }, 'tls_cert_path'],
      [{ tls_cert_path: certificate, tls_key_bytes: damaged, tls_ca_path }, 'tls_key'],
      [{ tls_cert_bytes: damaged, tls_key_bytes: pem, tls_password: secret }, 'tls_cert'],
    ]
    for (const [network, names] of cases) {
      const probed = await probe({ clusterFile, network })
      expect(probed.said).toMatch(new RegExp(`^FDBError 2107 .*${names}`))
      expect(`${probed.stdout}${probed.stderr}`).not.toContain(secret)
      expect(probed.code).toBe(0)
    }
    const environment = { FDB_TLS_CERTIFICATE_FILE: '/nowhere/client.pem', FDB_TLS_KEY_FILE: key }
    const probed = await probe({ clusterFile }, environment)
    expect(probed.said).toMatch(/^FDBError 2107 .*FDB_TLS_CERTIFICATE_FILE/)
    expect(probed.code).toBe(0)
  })
})
