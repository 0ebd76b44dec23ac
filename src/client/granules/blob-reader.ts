// Blob granules: what the cluster keeps on blob storage, and how it is read from there.
import type {
  GranuleDescription,
  GranuleFile,
  GranuleMutation,
  TransactionHandle,
} from '../../future/handles/transaction-handle.ts'
import { FDBStateError } from '../../native/errors/errors.ts'
import { parseDeltaFile, parseSnapshotFile } from '../../native/library/granule-files.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { startsWith } from '../keys/bytes.ts'
import { ReadLimitError } from '../attempt/errors.ts'
import { DEFAULT_MAX_BYTES } from '../ranges/range-options.ts'

/** How `tn.granules.read` reads. */
export interface BlobReadOptions {
  /**
   * Reads `length` bytes of a file on the cluster's blob storage, from `offset` on. Which storage that is, and
   * who may read it, the program knows.
   */
  readonly loadFile: (file: GranuleFile) => PromiseLike<Uint8Array> | Uint8Array
  /** The version to read at; the transaction's read version unless set. */
  readonly version?: bigint
  /** The read stops with a ReadLimitError above so many bytes of files; 256 MiB unless set. */
  readonly maxBytes?: number
}

const KNOWN = knownOptions<BlobReadOptions>('granules.read', {
  loadFile: true,
  version: true,
  maxBytes: true,
})

/** Throws for wrong types before anything is read. */
export function checkBlobRead(options: BlobReadOptions): void {
  if (typeof options !== 'object' || typeof options?.loadFile !== 'function') {
    throw new TypeError('granules.read takes options with a function loadFile')
  }
  checkOptions(KNOWN, options)
  const { maxBytes } = options
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes >= 0)) {
    throw new TypeError('maxBytes of granules.read is a number of bytes')
  }
}

type Entry = [key: Buffer, value: Buffer]

/** The keys and values of a range at a version, put together from files, granule after granule. */
export async function readBlobGranules(
  handle: TransactionHandle,
  begin: Uint8Array,
  end: Uint8Array,
  options: BlobReadOptions,
): Promise<Entry[]> {
  const version = options.version ?? (await handle.getReadVersion())
  const granules = await handle.describeBlobGranules(begin, end, version)
  const files = new Files(options)
  const entries: Entry[] = []
  for (const granule of granules) {
    for (const entry of await entriesOf(granule, version, files)) {
      const inside = Buffer.compare(entry[0], begin) >= 0 && Buffer.compare(entry[0], end) < 0
      if (inside) entries.push(entry)
    }
  }
  return entries
}

/** Loads files, and counts their bytes. */
class Files {
  readonly #options: BlobReadOptions
  #bytes = 0

  constructor(options: BlobReadOptions) {
    this.#options = options
  }

  async load(file: GranuleFile): Promise<Uint8Array> {
    const { loadFile, maxBytes = DEFAULT_MAX_BYTES } = this.#options
    if (file.encrypted) {
      throw new FDBStateError(
        `The granule file ${file.name} is encrypted, which fdbkit can't read.`,
      )
    }
    this.#bytes += file.length
    if (this.#bytes > maxBytes) throw new ReadLimitError('the blob granules', maxBytes, this.#bytes)
    const bytes: unknown = await loadFile(file)
    if (bytes instanceof Uint8Array && bytes.length === file.length) return bytes
    const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof bytes
    throw new TypeError(
      `loadFile gives ${file.length} bytes of ${file.name} as Uint8Array, not ${got}`,
    )
  }
}

/** Sorted by key. */
async function entriesOf(
  { snapshot, deltas, mutations, tenantPrefix }: GranuleDescription,
  version: bigint,
  files: Files,
): Promise<Entry[]> {
  const plain = (key: Buffer): Buffer =>
    startsWith(key, tenantPrefix) ? key.subarray(tenantPrefix.length) : key
  // Latin-1 text sorts as the bytes do.
  const found = new Map<string, Entry>()
  if (snapshot !== undefined) {
    for (const [key, value] of parseSnapshotFile(await files.load(snapshot))) {
      found.set(plain(key).toString('latin1'), [plain(key), value])
    }
  }
  const loaded: GranuleMutation[] = []
  for (const file of deltas) {
    for (const change of parseDeltaFile(await files.load(file))) loaded.push(change)
  }
  loaded.sort(byVersion)
  const since = snapshot?.version ?? -1n
  for (const change of [...loaded, ...mutations]) {
    if (change.version > version || change.version <= since) continue
    if (change.isClear) clear(found, plain(change.first), plain(change.second))
    else found.set(plain(change.first).toString('latin1'), [plain(change.first), change.second])
  }
  return [...found.values()].sort(([a], [b]) => Buffer.compare(a, b))
}

/** A file has its changes by key. What a version both cleared and set is set. */
function byVersion(a: GranuleMutation, b: GranuleMutation): number {
  if (a.version !== b.version) return a.version < b.version ? -1 : 1
  return Number(b.isClear) - Number(a.isClear)
}

function clear(found: Map<string, Entry>, begin: Buffer, end: Buffer): void {
  for (const [text, [key]] of found) {
    if (Buffer.compare(key, begin) >= 0 && Buffer.compare(key, end) < 0) found.delete(text)
  }
}
