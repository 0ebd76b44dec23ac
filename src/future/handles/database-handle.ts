/** Owns an `FDBDatabase*`. */
import { FDBError, FDBStateError } from '../../native/errors/errors.ts'
import { databaseOptions } from '../../native/generated/database-options.ts'
import { encodeOption, type OptionValue } from '../../native/values/option-values.ts'
import { born, gone } from '../owners/census.ts'
import { checkBytes, checkInteger, checkString, checkWide } from './checks.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { Code, Flag } from '../port/commands.ts'
import { FdbFuture } from './fdb-future.ts'
import { GranuleCalls } from './granule-calls.ts'
import {
  readBytes,
  readInt64,
  readNothing,
  readUint64,
  type PayloadReader,
} from '../port/payload.ts'
import { joinScope } from '../owners/surroundings.ts'
import { pin } from '../owners/pinned.ts'
import type { Port } from '../port/port.ts'
import { ringOfWorker } from '../ring/ring.ts'
import { TenantHandle } from './tenant-handle.ts'
import { TransactionHandle } from './transaction-handle.ts'

/** The length of what is left out. */
const NO_BYTES = -1

export interface OpenTarget {
  /** Path of a cluster file. Neither it nor a connection string: the C library's default. */
  readonly clusterFile?: string
  /** Needs a library of release 7.2 or later. */
  readonly connectionString?: string
}

export class DatabaseHandle {
  readonly #ring: Port
  readonly #object: number
  readonly #membership = joinScope(this)
  #closed = false

  /**
   * Opens a database. The network must run (see startNetwork). The C API does not wait for the cluster
   * here: an unreachable one shows at the first operation. Throws FDBError.
   */
  static open(target: OpenTarget = {}, ring: Port = ringOfWorker()): DatabaseHandle {
    const { clusterFile, connectionString } = target
    if (clusterFile !== undefined && connectionString !== undefined) {
      throw new TypeError('pass clusterFile or connectionString, not both')
    }
    if (clusterFile !== undefined) checkString('clusterFile', clusterFile)
    if (connectionString !== undefined) {
      checkString('connectionString', connectionString)
      ring.requireFunction('fdb_create_database_from_connection_string')
    }
    const place = connectionString ?? clusterFile
    const isString = connectionString !== undefined
    const text = place === undefined ? undefined : Buffer.from(`${place}\0`)
    const length = text === undefined ? NO_BYTES : text.length
    const object = ring.takeObject()
    const code = isString ? Code.openDatabase | Flag.connectionString : Code.openDatabase
    const at = ring.command(code, object, 3, wordsOf(Math.max(0, length)))
    ring.writer.word(at + 2, length)
    if (text !== undefined) ring.writer.bytes(at + 3, text, length)
    const error = ring.flush()
    if (error !== 0) {
      ring.freeObject(object)
      const detail = `database ${place ?? 'of the default cluster file'}`
      throw new FDBError(error, detail, { operation: 'open' })
    }
    return new DatabaseHandle(ring, object)
  }

  /** A database that the port has made itself. */
  static adopt(ring: Port, object: number): DatabaseHandle {
    return new DatabaseHandle(ring, object)
  }

  private constructor(ring: Port, object: number) {
    this.#ring = ring
    this.#object = object
    pin(this, 'a database')
    born('handle', this, 'FDBDatabase')
  }

  get closed(): boolean {
    return this.#closed
  }

  /** As `closed`, by the name that every parent of futures has for it. */
  get destroyed(): boolean {
    return this.#closed
  }

  /** Calls about blob granules. */
  get granules(): GranuleCalls {
    const owner = { open: () => (this.#assertOpen(), this) }
    return new GranuleCalls(this.#ring, this.#object, 'fdb_database_', owner)
  }

  /** The `FDBDatabase*`, for calls of the raw table. What was called before is carried out first. */
  get pointer(): bigint {
    this.#assertOpen()
    return this.#ring.pointer(this.#object)
  }

  createTransaction(): TransactionHandle {
    this.#assertOpen()
    return new TransactionHandle(this.#ring, Code.openTransaction, this.#object)
  }

  /** Throws FDBError. That the tenant does not exist shows at the first operation. */
  openTenant(name: Uint8Array): TenantHandle {
    this.#assertOpen()
    this.#ring.requireFunction('fdb_database_open_tenant')
    return new TenantHandle(this.#ring, this.#object, name)
  }

  /** By code or name of the option table. Throws TypeError or FDBError, which name the option. */
  setOption(option: number | string, value?: OptionValue): void {
    this.#assertOpen()
    const encoded = encodeOption('database option', databaseOptions, option, value)
    const name = `database option ${encoded.name}`
    const bytes = encoded.value
    const length = bytes === undefined ? NO_BYTES : checkBytes(name, bytes)
    const words = wordsOf(Math.max(0, length))
    const at = this.#ring.command(Code.setDatabaseOption, this.#object, 4, words)
    const { writer } = this.#ring
    writer.word(at + 2, encoded.code)
    writer.word(at + 3, length)
    if (bytes !== undefined) writer.bytes(at + 4, bytes, length)
    this.#answer('setOption', name)
  }

  /** What the client knows about its connections: JSON. As fdb_database_get_client_status. */
  getClientStatus(): FdbFuture<Buffer> {
    this.#ring.requireFunction('fdb_database_get_client_status')
    return this.#submit(readBytes, Code.getClientStatus, 3, 0)
  }

  /** How busy the network thread was lately: 0 to 1. */
  getMainThreadBusyness(): number {
    this.#assertOpen()
    this.#ring.requireFunction('fdb_database_get_main_thread_busyness')
    this.#ring.command(Code.busyness, this.#object, 2, 0)
    this.#answer('getMainThreadBusyness')
    return this.#ring.answer.getFloat64(0, true)
  }

  /** The protocol of the coordinators; with `expected`, settles once it is another one. */
  getServerProtocol(expected = 0n): FdbFuture<bigint> {
    this.#ring.requireFunction('fdb_database_get_server_protocol')
    checkWide('expected', BigInt.asIntN(64, expected))
    const future = this.#submit<bigint>(readUint64, Code.getServerProtocol, 5, 0)
    this.#ring.writer.wide(future.operands, expected)
    return future
  }

  /** Reboots a process of the cluster. 1n: the request was sent. */
  rebootWorker(address: string, check: boolean, seconds: number): FdbFuture<bigint> {
    this.#ring.requireFunction('fdb_database_reboot_worker')
    const bytes = checkString('address', address)
    checkInteger('seconds', seconds)
    const future = this.#submit<bigint>(readInt64, Code.rebootWorker, 6, wordsOf(bytes.length))
    const { writer } = this.#ring
    writer.word(future.operands, bytes.length)
    writer.word(future.operands + 1, check ? 1 : 0)
    writer.word(future.operands + 2, seconds)
    writer.bytes(future.operands + 3, bytes, bytes.length)
    return future
  }

  /** Makes the datacenter's copy the database, and gives up what it lacks. */
  forceRecoveryWithDataLoss(dcid: string): FdbFuture<void> {
    this.#ring.requireFunction('fdb_database_force_recovery_with_data_loss')
    const bytes = checkString('dcid', dcid)
    const future = this.#submit<void>(
      readNothing,
      Code.forceRecoveryWithDataLoss,
      4,
      wordsOf(bytes.length),
    )
    this.#ring.writer.word(future.operands, bytes.length)
    this.#ring.writer.bytes(future.operands + 1, bytes, bytes.length)
    return future
  }

  /** Has every process run the command, which takes a snapshot of its disk. */
  createSnapshot(uid: Uint8Array, command: Uint8Array): FdbFuture<void> {
    this.#ring.requireFunction('fdb_database_create_snapshot')
    const uidBytes = checkBytes('uid', uid)
    const commandBytes = checkBytes('command', command)
    const words = wordsOf(uidBytes) + wordsOf(commandBytes)
    const future = this.#submit<void>(readNothing, Code.createSnapshot, 5, words)
    const { writer } = this.#ring
    const at = future.operands
    writer.word(at, uidBytes)
    writer.word(at + 1, commandBytes)
    writer.bytes(writer.bytes(at + 2, uid, uidBytes), command, commandBytes)
    return future
  }

  /** Throws FDBStateError when it is closed already. Transactions of it go on until they are destroyed. */
  close(): void {
    this.#assertOpen()
    this.#closed = true
    this.#membership?.leave()
    gone('handle', this)
    this.#ring.destroyObject(this.#object)
  }

  /** Like close, and does nothing the second time. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw new FDBStateError('This database is closed. Open it again to use it.')
  }

  #submit<T>(read: PayloadReader, code: number, words: number, byteWords: number): FdbFuture<T> {
    this.#assertOpen()
    return new FdbFuture<T>(this.#ring, read, code, this.#object, words, byteWords, this)
  }

  #answer(operation: string, detail?: string): void {
    const error = this.#ring.flush()
    if (error !== 0) throw new FDBError(error, detail, { operation })
  }
}
