/** What the embedded engine does beside the C API, for tests: see native-callbacks/include/fdb_embedded.h. */
import { clientApi, hasEngine } from '../../native/library/api-table.ts'
import { FDBError, FDBStateError } from '../../native/errors/errors.ts'
import { bytesIn } from '../../native/values/byte-length.ts'
import { Code } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { readBytes, readNothing } from '../port/payload.ts'
import type { DatabaseHandle } from './database-handle.ts'
import { FdbFuture } from './fdb-future.ts'

/** How many of a thousand chances fire, of each kind. */
export interface FaultNumbers {
  readonly conflicts: number
  readonly unknownCommits: number
  readonly slowReads: number
  readonly tooOld: number
  readonly overload: number
}

/** @throws FDBStateError when the process talks to a cluster; `what` begins the message. */
export function assertEngine(what: string): void {
  if (hasEngine()) return
  throw new FDBStateError(`${what} is of the embedded engine: a cluster has nothing like it.`)
}

/** All that is in the database and its tenants, as bytes. */
export function saveContent(handle: DatabaseHandle): FdbFuture<Buffer> {
  const { port, parent, family } = handle.place
  family.assertOpen()
  return family.add(new FdbFuture<Buffer>(port, readBytes, Code.saveEmbedded, parent, 3, 0, handle))
}

/** What the C API can say the length of. */
const MOST_BYTES = 2 ** 31 - 1

/**
 * Makes the database what it was then. Throws TypeError for what are no bytes. Fails with 2000 for other bytes, and has
 * changed nothing.
 */
export function loadContent(handle: DatabaseHandle, content: Uint8Array): FdbFuture<void> {
  const { port, parent, family } = handle.place
  family.assertOpen()
  const length = bytesIn('content', content)
  if (length < 0 || length > MOST_BYTES) {
    throw new TypeError('content is a Uint8Array of less than 2 GiB, as it was saved')
  }
  const words = wordsOf(length)
  const future = new FdbFuture<void>(port, readNothing, Code.loadEmbedded, parent, 4, words, handle)
  port.writer.word(future.operands, length)
  port.writer.bytes(future.operands + 1, content, length)
  return family.add(future)
}

/** What the calls of this handle meet from now on. */
export function setFaults(handle: DatabaseHandle, seed: number, faults: FaultNumbers): void {
  const { conflicts, unknownCommits, slowReads, tooOld, overload } = faults
  const code = clientApi().call(
    'fdb_embedded_set_faults',
    handle.pointer,
    BigInt(seed),
    conflicts,
    unknownCommits,
    slowReads,
    tooOld,
    overload,
  )
  if (code !== 0) throw new FDBError(code as number, 'faults of the embedded engine')
}
