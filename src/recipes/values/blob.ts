// Recipes that keep one value: too large for one key, or asked for by too many.
import { bytesIn, viewOf } from '../../native/values/byte-length.ts'
import { pack, unpack } from '../../layers/tuple/tuple.ts'
import { Once } from '../ground/once.ts'
import { partOf, recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RawScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/** Bytes of a chunk: a value holds at most 100,000. */
const CHUNK = 10_000
/**
 * Bytes of one write or read, at most: a transaction holds 10,000,000.
 *
 * @example
 * const bytes = Buffer.alloc(20_000_000)
 * const blob = new Blob(db.at('film/'))
 * for (let at = 0; at < bytes.length; at += MAX_BLOB_STEP) {
 *   await blob.append(bytes.subarray(at, at + MAX_BLOB_STEP))
 * }
 */
export const MAX_BLOB_STEP = 5_000_000

/**
 * Bytes of any length in chunks, to be read and written anywhere. What lies between is zero, as in a file.
 *
 * Guarantees: each write, append and truncate is one transaction, applied once when it resolves, also under
 * `commit_unknown_result`. A step is at most 5,000,000 bytes; several steps are several transactions.
 *
 * @example
 * const blob = new Blob(db.at('picture/'))
 * await blob.append(Buffer.from('some bytes'))
 * const head = await blob.read(0, 100)
 */
export class Blob {
  readonly #size: RawScope
  readonly #chunks: RawScope
  readonly #once: Once

  /** @param db the scope of this blob alone. */
  constructor(db: AnyScope<never, unknown>) {
    const scope = recipeScope(db, 'Blob').withValueEncoding()
    this.#size = scope.at(['size'])
    this.#chunks = scope.at(['chunk'])
    this.#once = new Once(scope.at(['once']))
  }

  /** Bytes. */
  size(): Promise<number> {
    return this.#size.doTransaction((tn) => this.sizeIn(tn))
  }

  /** Bytes, as part of a transaction. */
  sizeIn(tn: AnyTransaction): Promise<number> {
    return partOf(tn, 'sizeIn', async () => {
      const bytes = await tn.at(this.#size).get([])
      return bytes === undefined ? 0 : (unpack(bytes)[0] as number)
    })
  }

  /** The bytes from an offset on; fewer than `length` at the end. */
  read(offset: number, length: number): Promise<Buffer> {
    check(offset, length)
    return this.#size.doTransaction(async (tn) => {
      const end = Math.min(offset + length, await this.sizeIn(tn))
      return offset >= end ? Buffer.alloc(0) : this.#read(tn, offset, end)
    })
  }

  async #read(tn: AnyTransaction, offset: number, end: number): Promise<Buffer> {
    const out = Buffer.alloc(end - offset)
    const first = Math.floor(offset / CHUNK)
    const last = Math.ceil(end / CHUNK)
    for (const [key, chunk] of await tn.at(this.#chunks).getRangeAll([first], [last])) {
      const at = (key[0] as number) * CHUNK - offset
      if (at >= 0) chunk.copy(out, at)
      else if (-at < chunk.length) chunk.copy(out, 0, -at)
    }
    return out
  }

  /** Writes bytes at an offset, and makes the blob longer where needed. */
  write(offset: number, bytes: Uint8Array): Promise<void> {
    const own = copied(bytes)
    check(offset, 0)
    return this.#once.run(async (tn) => this.#write(tn, await this.sizeIn(tn), offset, own))
  }

  /** Writes bytes behind the last. @returns the offset they are at. */
  append(bytes: Uint8Array): Promise<number> {
    const own = copied(bytes)
    return this.#once.run(async (tn) => {
      const size = await this.sizeIn(tn)
      await this.#write(tn, size, size, own)
      return size
    })
  }

  async #write(tn: AnyTransaction, size: number, offset: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const end = offset + bytes.length
    const first = Math.floor(offset / CHUNK)
    const last = Math.ceil(end / CHUNK)
    const chunks = tn.at(this.#chunks)
    const [head, tail] = await Promise.all([chunks.get([first]), chunks.get([last - 1])])
    for (let index = first; index < last; index++) {
      const start = index * CHUNK
      const old = index === first ? head : index === last - 1 ? tail : undefined
      const from = Math.max(offset, start)
      const to = Math.min(end, start + CHUNK)
      const chunk = Buffer.alloc(Math.max(old?.length ?? 0, to - start))
      if (old !== undefined) chunk.set(old)
      chunk.set(bytes.subarray(from - offset, to - offset), from - start)
      chunks.set([index], chunk)
    }
    if (end > size) tn.at(this.#size).set([], pack([end]))
  }

  /** Makes the blob `length` bytes long: cuts it off, or fills it up with zeros. */
  truncate(length: number): Promise<void> {
    check(length, 0)
    return this.#once.run(async (tn) => {
      const size = await this.sizeIn(tn)
      tn.at(this.#size).set([], pack([length]))
      if (length >= size) return
      const chunks = tn.at(this.#chunks)
      const index = Math.floor(length / CHUNK)
      const cut = await chunks.get([index])
      chunks.clearRange([index], [Math.ceil(size / CHUNK)])
      const kept = length - index * CHUNK
      if (cut !== undefined && kept > 0) chunks.set([index], cut.subarray(0, kept))
    })
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

kind(Blob, 'Blob')

/** Copied at the call: the caller may use or transfer its buffer while the transaction runs, and runs again. */
function copied(bytes: unknown): Buffer {
  const length = bytesIn('bytes of a blob', bytes)
  if (length < 0) throw new TypeError('bytes of a blob are a Uint8Array')
  check(0, length)
  return Buffer.from(viewOf(bytes as Uint8Array))
}

function check(offset: number, length: number): void {
  for (const [name, value] of Object.entries({ offset, length })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new TypeError(`${name} is a number of bytes, not ${shown(value)}`)
    }
  }
  if (length > MAX_BLOB_STEP) {
    throw new RangeError(`one step is at most ${MAX_BLOB_STEP} bytes, not ${length}: take several`)
  }
}
