import { concat2, strInc } from '../keys/bytes.ts'
import type { Database } from '../database/database.ts'
import { longScan } from './long-scan.ts'
import type { Subspace } from '../keys/subspace.ts'

/** The cluster's own list: where each shard begins. */
const KEY_SERVERS = Buffer.from('\xff/keyServers/', 'latin1')
/** Where the keys of programs end. */
const END = Buffer.of(0xff)

/** How `getBoundaryKeys` reads. */
export interface BoundaryOptions {
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The part of the key space that is meant, in bytes. */
export function boundsOf<KeyIn>(
  subspace: Subspace<KeyIn, unknown, never, unknown>,
  start: KeyIn | undefined,
  end: KeyIn | undefined,
): { begin: Uint8Array; end: Uint8Array } {
  if (start === undefined) {
    const { prefix } = subspace
    return { begin: prefix, end: prefix.length === 0 ? END : strInc(prefix) }
  }
  if (end === undefined) return subspace.packRange(start)
  return { begin: subspace.packKey(start), end: subspace.packKey(end) }
}

/** @param db the whole database without encodings. */
export async function* boundaryKeys(
  db: Database,
  bounds: { begin: Uint8Array; end: Uint8Array },
  { signal }: BoundaryOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const [begin, end] = [concat2(KEY_SERVERS, bounds.begin), concat2(KEY_SERVERS, bounds.end)]
  const transaction = { read_system_keys: true, lock_aware: true } as const
  const options = signal === undefined ? { transaction } : { transaction, signal }
  for await (const { entries } of longScan(db, begin, end, options)) {
    for (const [key] of entries) yield key.subarray(KEY_SERVERS.length)
  }
}
