import { printable } from '../../native/values/printable.ts'
import { brand } from '../../native/values/kinds.ts'

/** What an error says of a scope. */
export interface DecodedScope {
  readonly prefix: Uint8Array
  readonly directory: { readonly path: readonly string[] } | undefined
  readonly keyXf: { readonly name?: string | undefined }
  readonly valueXf: { readonly name?: string | undefined }
}

/**
 * The bytes of a key or a value are not what the encoding of its scope gives: another encoding wrote them, or they are
 * damaged, or the schema refuses them. The cause is the error of the encoding.
 *
 * @example
 * await db.set('user', 'no json')
 * try {
 *   await db.withValueEncoding(encoders.json).get('user')
 * } catch (error) {
 *   if (!(error instanceof DecodeError)) throw error
 *   console.log(error.what, String(error.key), error.encoding, error.offset) // value user json 1
 * }
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** For programs that look at codes. */
  readonly code = 'ERR_FDBKIT_DECODE'
  /** What could not be read. */
  readonly what: 'key' | 'value'
  /** The whole key, with the prefix of the scope; undefined for a value without one. */
  readonly key: Uint8Array | undefined
  /** The bytes that the keys of the scope begin with. */
  readonly prefix: Uint8Array
  /** The path of the directory that the scope is in, where it came from one. */
  readonly path: readonly string[] | undefined
  /** The name of the encoding, if it has one. */
  readonly encoding: string | undefined
  /** The byte of the whole key, or of the value, at which it shows; 0 is the first. Undefined where none is to blame. */
  readonly offset: number | undefined

  /** @internal `offset` counts from the first byte that the encoding got. */
  constructor(
    what: 'key' | 'value',
    { prefix, directory, keyXf, valueXf }: DecodedScope,
    key: Uint8Array | undefined,
    cause: unknown,
    before = 0,
  ) {
    const path = directory?.path
    const encoding = (what === 'key' ? keyXf : valueXf).name
    const offset = offsetOf(cause, before)
    const named = key === undefined ? '' : ` ${printable(key)}`
    const subject = what === 'key' ? `the key${named}` : `the value of${named || ' a key'}`
    const where = path === undefined ? `scope ${printable(prefix)}` : `directory ${path.join('/')}`
    const at = offset === undefined ? '' : `, at byte ${offset}`
    const why = cause instanceof Error ? cause.message : String(cause)
    super(
      `${subject}, of the ${where}, is not what ${encoding ?? 'its encoding'} takes${at}: ${why}`,
      { cause },
    )
    this.what = what
    this.key = key
    this.prefix = prefix
    this.path = path
    this.encoding = encoding
    this.offset = offset
  }
}

brand(DecodeError, 'DecodeError')

/** Where an encoding says that it was, as those of the package do. */
function offsetOf(cause: unknown, before: number): number | undefined {
  const { offset } = (cause ?? {}) as { offset?: unknown }
  return typeof offset === 'number' ? before + offset : undefined
}
