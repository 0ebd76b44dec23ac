/** Has the client library read the files that blob granules are made of. */
import { koffi } from './foreign.ts'
import { clientApi } from './api-table.ts'
import { FDBError } from '../errors/errors.ts'

/** A key and a value, or the two parameters of a change. */
export type Pair = [first: Buffer, second: Buffer]

export interface FileMutation {
  readonly version: bigint
  readonly isClear: boolean
  readonly first: Buffer
  readonly second: Buffer
}

// Structures that say "none": no tenant's prefix, which the caller takes off, and no encryption.
const NO_PREFIX = Buffer.alloc(16)
const NO_ENCRYPTION = Buffer.alloc(104)

const PAIR_BYTES = 24
const MUTATION_BYTES = 36
const OPERATION = 'readBlobGranules'

/** The keys and values of a snapshot file. @throws FDBError for bytes that are none. */
export function parseSnapshotFile(bytes: Uint8Array): Pair[] {
  return withResult('fdb_readbg_parse_snapshot_file', bytes, (result) => {
    const [out, count] = [[null], [0]]
    check(clientApi().call('fdb_result_get_keyvalue_array', result, out, count, [0]))
    const rows = rowsAt(out[0], count[0] as number, PAIR_BYTES)
    return rows.map((row): Pair => [bytesAt(row, 0), bytesAt(row, 12)])
  })
}

/** The changes of a delta file. @throws FDBError for bytes that are none. */
export function parseDeltaFile(bytes: Uint8Array): FileMutation[] {
  return withResult('fdb_readbg_parse_delta_file', bytes, (result) => {
    const [out, count] = [[null], [0]]
    check(clientApi().call('fdb_result_get_bg_mutations_array', result, out, count))
    return rowsAt(out[0], count[0] as number, MUTATION_BYTES).map((row) => ({
      version: row.readBigInt64LE(4),
      isClear: row[0] !== 0,
      first: bytesAt(row, 12),
      second: bytesAt(row, 24),
    }))
  })
}

function withResult<T>(name: string, bytes: Uint8Array, read: (result: unknown) => T): T {
  const api = clientApi()
  const result = api.call(name, bytes, bytes.length, NO_PREFIX, NO_ENCRYPTION)
  try {
    return read(result)
  } finally {
    api.call('fdb_result_destroy', result)
  }
}

function check(code: unknown): void {
  if (code !== 0) throw new FDBError(code as number, undefined, { operation: OPERATION })
}

function rowsAt(pointer: unknown, count: number, size: number): Buffer[] {
  if (count === 0) return []
  const all = Buffer.from(koffi().decode(pointer, 'uint8_t', count * size) as Uint8Array)
  return Array.from({ length: count }, (_, i) => all.subarray(i * size, (i + 1) * size))
}

/** The bytes that a pointer and a length in a structure name. */
function bytesAt(row: Buffer, at: number): Buffer {
  const length = row.readInt32LE(at + 8)
  if (length === 0) return Buffer.alloc(0)
  const pointer = row.readBigUInt64LE(at)
  return Buffer.from(koffi().decode(pointer, 'uint8_t', length) as Uint8Array)
}
