/** The calls about blob granules that a database and a tenant have. Keys are copied at the call. */
import { FDBError } from '../../native/errors/errors.ts'
import { checkBytes, checkInteger, checkWide } from '../port/checks.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { Code, operationOf } from '../port/commands.ts'
import { FdbFuture, type Parent } from './fdb-future.ts'
import {
  readBool,
  readBytes,
  readInt64,
  readKeyRanges,
  readNothing,
  type KeyRange,
  type PayloadReader,
} from '../port/payload.ts'
import type { Port } from '../port/port.ts'
import type { UnderWay } from './under-way.ts'

const INVERTED_RANGE = 2005

/** A call's operands: all calls about granules have the same. */
export interface GranuleOperands {
  readonly begin: Uint8Array
  readonly end: Uint8Array
  readonly version?: bigint
  readonly number?: number
}

/** The same, checked and measured. */
interface CheckedOperands extends Required<GranuleOperands> {
  readonly beginBytes: number
  readonly endBytes: number
}

/** The client library of 7.4 ends the process when the begin of such a range lies behind its end. */
export function checkGranuleRange(
  operation: string | undefined,
  { begin, end, version = 0n, number = 0 }: GranuleOperands,
): CheckedOperands {
  const beginBytes = checkBytes('begin', begin)
  const endBytes = checkBytes('end', end)
  checkWide('version', version)
  checkInteger('limit', number)
  if (Buffer.compare(begin, end) > 0) {
    throw new FDBError(INVERTED_RANGE, undefined, { operation, key: begin })
  }
  return { begin, end, version, number, beginBytes, endBytes }
}

/** Submits a call whose operands were checked. */
export function submitGranuleCall<T>(
  ring: Port,
  read: PayloadReader,
  code: number,
  object: number,
  { begin, end, version, number, beginBytes, endBytes }: CheckedOperands,
  parent: Parent,
): FdbFuture<T> {
  const byteWords = wordsOf(beginBytes) + wordsOf(endBytes)
  const future = new FdbFuture<T>(ring, read, code, object, 8, byteWords, parent)
  future.key = begin
  const { writer } = ring
  const at = future.operands
  writer.word(at, beginBytes)
  writer.word(at + 1, endBytes)
  writer.wide(at + 2, version)
  writer.word(at + 4, number)
  writer.bytes(writer.bytes(at + 5, begin, beginBytes), end, endBytes)
  return future
}

/** A database or tenant. */
export interface GranuleOwner {
  /** Itself when it is open; throws when it is not. */
  open(): Parent
  readonly underWay: UnderWay
}

/** Of an open database or tenant; its owner says whether it is open. */
export class GranuleCalls {
  readonly #ring: Port
  readonly #object: number
  readonly #prefix: string
  readonly #owner: GranuleOwner

  /**
   * @param prefix of the functions: `fdb_database_` or `fdb_tenant_`.
   */
  constructor(ring: Port, object: number, prefix: string, owner: GranuleOwner) {
    this.#ring = ring
    this.#object = object
    this.#prefix = prefix
    this.#owner = owner
  }

  /** The key of the purge, to be waited for. */
  purge(begin: Uint8Array, end: Uint8Array, version: bigint, force: boolean): FdbFuture<Buffer> {
    const operands = { begin, end, version, number: force ? 1 : 0 }
    return this.#submit('purge_blob_granules', readBytes, Code.purgeBlobGranules, operands)
  }

  waitForPurge(key: Uint8Array): FdbFuture<void> {
    const operands = { begin: key, end: key }
    return this.#submit('wait_purge_granules_complete', readNothing, Code.waitForPurge, operands)
  }

  blobbify(begin: Uint8Array, end: Uint8Array): FdbFuture<boolean> {
    return this.#submit('blobbify_range', readBool, Code.blobbifyRange, { begin, end })
  }

  blobbifyBlocking(begin: Uint8Array, end: Uint8Array): FdbFuture<boolean> {
    const operands = { begin, end }
    return this.#submit('blobbify_range_blocking', readBool, Code.blobbifyRangeBlocking, operands)
  }

  unblobbify(begin: Uint8Array, end: Uint8Array): FdbFuture<boolean> {
    return this.#submit('unblobbify_range', readBool, Code.unblobbifyRange, { begin, end })
  }

  list(begin: Uint8Array, end: Uint8Array, limit: number): FdbFuture<KeyRange[]> {
    const operands = { begin, end, number: limit }
    return this.#submit(
      'list_blobbified_ranges',
      readKeyRanges,
      Code.listBlobbifiedRanges,
      operands,
    )
  }

  verify(begin: Uint8Array, end: Uint8Array, version: bigint): FdbFuture<bigint> {
    const operands = { begin, end, version }
    return this.#submit('verify_blob_range', readInt64, Code.verifyBlobRange, operands)
  }

  flush(begin: Uint8Array, end: Uint8Array, compact: boolean, version: bigint): FdbFuture<boolean> {
    const operands = { begin, end, version, number: compact ? 1 : 0 }
    return this.#submit('flush_blob_range', readBool, Code.flushBlobRange, operands)
  }

  #submit<T>(
    name: string,
    read: PayloadReader,
    code: number,
    operands: GranuleOperands,
  ): FdbFuture<T> {
    const owner = this.#owner.open()
    const checked = checkGranuleRange(operationOf(code), operands)
    this.#ring.requireFunction(this.#prefix + name)
    const { underWay } = this.#owner
    return underWay.add(submitGranuleCall(this.#ring, read, code, this.#object, checked, owner))
  }
}
