/** Certificate authorities of a test's own, and what they have signed, by `openssl`. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

export interface Signed {
  readonly certificate: string
  readonly key: string
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Whether there is a program for it; a line says so where there is none. */
export function canSign(): boolean {
  const { error } = spawnSync('openssl', ['version'], { stdio: 'ignore' })
  if (error !== undefined)
    console.error('fdbkit: there is no openssl, so certificates are not tried')
  return error === undefined
}

const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })

export class Authority {
  readonly #folder: string
  readonly #name: string
  /** The path of its certificate, which is what others trust. */
  readonly certificate: string

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
    this.certificate = this.#path('pem')
    const files = ['-keyout', this.#path('key'), '-out', this.certificate]
    openssl('req', '-x509', ...NEW_KEY, ...files, '-subj', `/CN=${name}`, '-days', '2')
  }

  #path(ending: string): string {
    return join(this.#folder, `${this.#name}.${ending}`)
  }

  /** @param days below 0: it is over. */
  sign(name: string, days = 2): Signed {
    const path = (ending: string): string => join(this.#folder, `${this.#name}-${name}.${ending}`)
    const [key, request, certificate] = [path('key'), path('csr'), path('pem')]
    openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
    const by = ['-CA', this.certificate, '-CAkey', this.#path('key'), '-CAcreateserial']
    openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-out', certificate)
    return { certificate, key }
  }
}
