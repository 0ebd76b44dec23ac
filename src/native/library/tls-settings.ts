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
import { speaksTls, type Connection } from './connection-text.ts'

const TLS_ERROR = 2107

/** What the environment says where the options don't. */
const VARIABLES: Readonly<Record<string, string>> = {
  tls_cert_path: 'FDB_TLS_CERTIFICATE_FILE',
  tls_key_path: 'FDB_TLS_KEY_FILE',
  tls_ca_path: 'FDB_TLS_CA_FILE',
  tls_password: 'FDB_TLS_PASSWORD',
}

/** A setting, and who said it. */
interface Setting {
  readonly from: string
  readonly value: Buffer
}

type Settings = ReadonlyMap<string, Setting>

/**
 * Those of the options, and those of the environment where the cluster speaks TLS: it may be meant for other programs.
 *
 * @throws FDBError 2107 that names the setting, and shows nothing of a key or a password.
 */
export function checkTlsSettings(
  options: Readonly<Record<string, OptionValue>>,
  connection: Connection = {},
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const given = settingsOf(options)
  const isNamed = Object.values(VARIABLES).some((name) => (environment[name] ?? '') !== '')
  if (isNamed && speaksTls(connection, environment)) addNamed(given, environment)
  if (given.size > 0) tryAll(given)
}

/** Each TLS setting by its name in the C API. */
function settingsOf(options: Readonly<Record<string, OptionValue>>): Map<string, Setting> {
  const settings = new Map<string, Setting>()
  for (const [option, given] of Object.entries(options)) {
    if (given === undefined || given === false) continue
    const { name, value } = encodeOption('network option', networkOptions, option, given)
    if (!name.startsWith('tls_') || value === undefined) continue
    settings.set(name, { from: name, value: Buffer.from(value) })
  }
  return settings
}

function addNamed(settings: Map<string, Setting>, environment: NodeJS.ProcessEnv): void {
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = environment[variable] ?? ''
    const isGiven = settings.has(name) || settings.has(name.replace('_path', '_bytes'))
    if (value !== '' && !isGiven) settings.set(name, { from: variable, value: Buffer.from(value) })
  }
}

function tryAll(settings: Settings): void {
  const [cert, key, ca] = ['cert', 'key', 'ca'].map((what) => contentOf(settings, what))
  const passphrase = settings.get('tls_password')?.value.toString()
  // Loaded when there are such settings: few programs have them.
  const need = requireFrom(import.meta.url)
  const { createSecureContext } = need('node:tls') as typeof Tls
  const { X509Certificate } = need('node:crypto') as typeof Crypto
  trying('a certificate of tls_cert', () => cert && new X509Certificate(cert))
  trying('a certificate of tls_ca', () => ca && new X509Certificate(ca))
  trying('a key of tls_key', () => key && createSecureContext({ key, passphrase }))
  trying('tls_cert and tls_key together', () => createSecureContext({ cert, key, passphrase }))
}

/** Bytes come before a path, as in the client library. */
function contentOf(settings: Settings, what: string): Buffer | undefined {
  const bytes = settings.get(`tls_${what}_bytes`)?.value
  const path = settings.get(`tls_${what}_path`)
  if (bytes !== undefined || path === undefined) return bytes
  const name = path.value.toString()
  try {
    return readFileSync(name)
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException
    throw new FDBError(TLS_ERROR, `${path.from} ${shown(name)} can't be read (${code})`)
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
