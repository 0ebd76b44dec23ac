/**
 * TLS settings, tried before the client library gets them. What it can't read it takes for nothing, with a line on
 * standard error, and the first server that answers then ends the process (release 7.4.6, its own `fdbcli` too).
 */
import type * as Crypto from 'node:crypto'
import { readFileSync } from 'node:fs'
import type * as Tls from 'node:tls'
import { networkOptions } from '../generated/network-options.ts'
import { FDBError } from '../errors/errors.ts'
import { encodeOption, type OptionValue } from '../values/option-values.ts'
import { shown } from '../values/describe.ts'
import { requireFrom } from './packages.ts'

const TLS_ERROR = 2107

/** @throws FDBError 2107 that names the setting, and shows nothing of a key or a password. */
export function checkTlsSettings(options: Readonly<Record<string, OptionValue>>): void {
  const given = tlsValues(options)
  if (given.size === 0) return
  const [cert, key, ca] = ['cert', 'key', 'ca'].map((what) => contentOf(given, what))
  const passphrase = given.get('tls_password')?.toString()
  // Loaded when there are such settings: few programs have them.
  const need = requireFrom(import.meta.url)
  const { createSecureContext } = need('node:tls') as typeof Tls
  const { X509Certificate } = need('node:crypto') as typeof Crypto
  trying('a certificate of tls_cert', () => cert && new X509Certificate(cert))
  trying('a certificate of tls_ca', () => ca && new X509Certificate(ca))
  trying('a key of tls_key', () => key && createSecureContext({ key, passphrase }))
  trying('tls_cert and tls_key together', () => createSecureContext({ cert, key, passphrase }))
}

/** The bytes of each TLS setting by its name in the C API. */
function tlsValues(options: Readonly<Record<string, OptionValue>>): Map<string, Buffer> {
  const values = new Map<string, Buffer>()
  for (const [option, given] of Object.entries(options)) {
    if (given === undefined || given === false) continue
    const { name, value } = encodeOption('network option', networkOptions, option, given)
    if (name.startsWith('tls_') && value !== undefined) values.set(name, Buffer.from(value))
  }
  return values
}

/** Bytes come before a path, as in the client library. */
function contentOf(given: ReadonlyMap<string, Buffer>, what: string): Buffer | undefined {
  const path = given.get(`tls_${what}_path`)?.toString()
  const bytes = given.get(`tls_${what}_bytes`)
  if (bytes !== undefined || path === undefined) return bytes
  try {
    return readFileSync(path)
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException
    throw new FDBError(TLS_ERROR, `tls_${what}_path ${shown(path)} can't be read (${code})`)
  }
}

/** What OpenSSL says of what it can't read has none of it. */
function trying(what: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException
    throw new FDBError(TLS_ERROR, `${what} can't be used (${code})`)
  }
}
