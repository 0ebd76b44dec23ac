// What is wrong with TLS settings is said before the client library has them, and shows no secret.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkTlsSettings } from '../../src/native/library/tls-settings.ts'
import { FDBError } from '../../src/native/errors/errors.ts'
import { Authority, canSign, type Signed } from '../faults/cluster/support/certificates.ts'

const isThere = canSign()

let folder: string
let authority: Authority
let signed: Signed
beforeAll(() => {
  if (!isThere) return
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-tls-'))
  authority = new Authority(folder, 'authority')
  signed = authority.sign('client')
})
afterAll(() => isThere && rmSync(folder, { recursive: true, force: true }))

function errorOf(options: Record<string, string | Buffer>): FDBError {
  try {
    checkTlsSettings(options)
  } catch (error) {
    if (error instanceof FDBError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** A key under a password, which no error shows. */
function lockedKey(): string {
  const path = join(folder, 'locked.key')
  const args = ['pkcs8', '-topk8', '-in', signed.key, '-out', path, '-passout', 'pass:the password']
  execFileSync('openssl', args, { stdio: 'pipe' })
  return path
}

describe.runIf(isThere)('TLS settings', () => {
  test('that belong together are taken, as paths and as bytes, by both kinds of names', () => {
    const { certificate, key } = signed
    const tls_ca_path = authority.certificate
    checkTlsSettings({ tls_cert_path: certificate, tls_key_path: key, tls_ca_path })
    checkTlsSettings({ tlsCertPath: certificate, tlsKeyPath: key })
    checkTlsSettings({ tls_cert_bytes: readFileSync(certificate), tls_key_path: key })
    const tls_password = 'the password'
    checkTlsSettings({ tls_cert_path: certificate, tls_key_path: lockedKey(), tls_password })
  })

  test('are not looked at where there are none', () => {
    checkTlsSettings({})
    checkTlsSettings({ trace_enable: '/nowhere', tls_cert_path: undefined })
    checkTlsSettings({ tls_verify_peers: 'Check.Valid=1' })
  })

  test.each([
    ['tls_cert_path', 'tlsCertPath'],
    ['tls_key_path', 'tls_key_path'],
    ['tls_ca_path', 'tls_ca_path'],
  ])('with a file that is not there are refused: %s', (says, name) => {
    const error = errorOf({ [name]: '/nowhere/file.pem' })
    expect(error.code).toBe(2107)
    expect(error.message).toContain(`${says} /nowhere/file.pem can't be read (ENOENT)`)
  })

  test('that are something else, or not of one pair, are refused', () => {
    const junk = join(folder, 'junk.pem')
    writeFileSync(junk, 'a secret of the program')
    const other = authority.sign('other')
    const { certificate, key } = signed
    const cases: [Record<string, string | Buffer>, string][] = [
      [{ tls_cert_path: junk }, 'a certificate of tls_cert'],
      [{ tls_ca_path: junk }, 'a certificate of tls_ca'],
      [{ tls_cert_path: certificate, tls_key_path: junk }, 'a key of tls_key'],
      [{ tls_key_bytes: 'a secret of the program' }, 'a key of tls_key'],
      [{ tls_cert_path: certificate, tls_key_path: other.key }, 'tls_cert and tls_key together'],
      [{ tls_key_path: lockedKey(), tls_password: 'a secret of the program' }, 'a key of tls_key'],
      [{ tls_cert_bytes: readFileSync(key) }, 'a certificate of tls_cert'],
    ]
    for (const [options, says] of cases) {
      const error = errorOf(options)
      expect(error.code).toBe(2107)
      expect(error.message).toContain(`${says} can't be used`)
      expect(JSON.stringify([error.message, error.stack, error])).not.toContain('secret')
    }
  })

  describe('of the environment', () => {
    const environment = { FDB_TLS_CERTIFICATE_FILE: '/nowhere/file.pem' }
    const tls = { connectionString: 'a:b@127.0.0.1:4500:tls' }
    const says = /FDB_TLS_CERTIFICATE_FILE \/nowhere\/file.pem can't be read/

    test('are tried for a cluster that speaks TLS, wherever its addresses are', () => {
      const clusterFile = join(folder, 'fdb.cluster')
      writeFileSync(clusterFile, `${tls.connectionString}\n`)
      expect(() => checkTlsSettings({}, tls, environment)).toThrow(says)
      expect(() => checkTlsSettings({}, { clusterFile }, environment)).toThrow(says)
      const named = { ...environment, FDB_CLUSTER_FILE: clusterFile }
      expect(() => checkTlsSettings({}, {}, named)).toThrow(says)
    })

    test('are left alone for one that does not, or whose addresses nobody knows', () => {
      checkTlsSettings({}, { connectionString: 'a:b@127.0.0.1:4500' }, environment)
      checkTlsSettings({}, { clusterFile: '/nowhere/fdb.cluster' }, environment)
      checkTlsSettings({}, tls, { FDB_TLS_CERTIFICATE_FILE: '' })
    })

    test('give way to options', () => {
      const { certificate, key } = signed
      checkTlsSettings({ tls_cert_path: certificate, tls_key_path: key }, tls, environment)
      checkTlsSettings({ tls_cert_bytes: readFileSync(certificate) }, tls, environment)
    })
  })
})
