/** Owns an `FDBDatabase*`. */
import { databaseOptions } from '../../native/generated/database-options.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { Code, Flag } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { readBytes, readInt64, readNothing, readUint64 } from '../port/payload.ts'
import type { Port } from '../port/port.ts'
import { ringOfWorker } from '../ring/ring.ts'
import { checkAnswer, checkMade, NO_BYTES, setOption, type Options } from './answers.ts'
import { checkBytes, checkInteger, checkString, checkWide } from '../port/checks.ts'
import type { FdbFuture } from './fdb-future.ts'
import { ParentHandle, type ParentKind } from './parent-handle.ts'
import { TenantHandle } from './tenant-handle.ts'
import { UnderWay } from './under-way.ts'

const DATABASE: ParentKind = {
  name: 'database',
  type: 'FDBDatabase',
  opener: Code.openTransaction,
}

const OPTIONS: Options = {
  scope: 'database option',
  table: databaseOptions,
  code: Code.setDatabaseOption,
}

export interface OpenTarget {
  /** Path of a cluster file. Neither it nor a connection string: the C library's default. */
  readonly clusterFile?: string
  /** Needs a library of release 7.2 or later. */
  readonly connectionString?: string
}

export class DatabaseHandle extends ParentHandle {
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
    checkMade(ring, object, 'open', () => `database ${place ?? 'of the default cluster file'}`)
    return new DatabaseHandle(ring, object)
  }

  /** A database that the port has made itself. */
  static adopt(ring: Port, object: number): DatabaseHandle {
    return new DatabaseHandle(ring, object)
  }

  private constructor(port: Port, object: number) {
    super(DATABASE, port, object, new UnderWay(DATABASE.name))
  }

  /** Throws FDBError. That the tenant does not exist shows at the first operation. */
  openTenant(name: Uint8Array): TenantHandle {
    this.assertOpen()
    this.port.requireFunction('fdb_database_open_tenant')
    return TenantHandle.open(this.port, this.object, this.underWay, name)
  }

  /** By code or name of the option table. Throws TypeError or FDBError, which name the option. */
  setOption(option: number | string, value?: OptionValue): void {
    this.assertOpen()
    setOption(this.port, this.object, OPTIONS, option, value)
  }

  /** What the client knows about its connections: JSON. As fdb_database_get_client_status. */
  getClientStatus(): FdbFuture<Buffer> {
    this.port.requireFunction('fdb_database_get_client_status')
    return this.submit(readBytes, Code.getClientStatus, 3, 0)
  }

  /** How busy the network thread was lately: 0 to 1. */
  getMainThreadBusyness(): number {
    this.assertOpen()
    this.port.requireFunction('fdb_database_get_main_thread_busyness')
    this.port.command(Code.busyness, this.object, 2, 0)
    checkAnswer(this.port, { operation: 'getMainThreadBusyness' })
    return this.port.answer.getFloat64(0, true)
  }

  /** The protocol of the coordinators; with `expected`, settles once it is another one. */
  getServerProtocol(expected = 0n): FdbFuture<bigint> {
    this.port.requireFunction('fdb_database_get_server_protocol')
    checkWide('expected', BigInt.asIntN(64, expected))
    const future = this.submit<bigint>(readUint64, Code.getServerProtocol, 5, 0)
    this.port.writer.wide(future.operands, expected)
    return future
  }

  /** Reboots a process of the cluster. 1n: the request was sent. */
  rebootWorker(address: string, check: boolean, seconds: number): FdbFuture<bigint> {
    this.port.requireFunction('fdb_database_reboot_worker')
    const bytes = checkString('address', address)
    checkInteger('seconds', seconds)
    const future = this.submit<bigint>(readInt64, Code.rebootWorker, 6, wordsOf(bytes.length))
    const { writer } = this.port
    writer.word(future.operands, bytes.length)
    writer.word(future.operands + 1, check ? 1 : 0)
    writer.word(future.operands + 2, seconds)
    writer.bytes(future.operands + 3, bytes, bytes.length)
    return future
  }

  /** Makes the datacenter's copy the database, and gives up what it lacks. */
  forceRecoveryWithDataLoss(dcid: string): FdbFuture<void> {
    this.port.requireFunction('fdb_database_force_recovery_with_data_loss')
    const bytes = checkString('dcid', dcid)
    const future = this.submit<void>(
      readNothing,
      Code.forceRecoveryWithDataLoss,
      4,
      wordsOf(bytes.length),
    )
    this.port.writer.word(future.operands, bytes.length)
    this.port.writer.bytes(future.operands + 1, bytes, bytes.length)
    return future
  }

  /** Has every process run the command, which takes a snapshot of its disk. */
  createSnapshot(uid: Uint8Array, command: Uint8Array): FdbFuture<void> {
    this.port.requireFunction('fdb_database_create_snapshot')
    const uidBytes = checkBytes('uid', uid)
    const commandBytes = checkBytes('command', command)
    const words = wordsOf(uidBytes) + wordsOf(commandBytes)
    const future = this.submit<void>(readNothing, Code.createSnapshot, 5, words)
    const { writer } = this.port
    const at = future.operands
    writer.word(at, uidBytes)
    writer.word(at + 1, commandBytes)
    writer.bytes(writer.bytes(at + 2, uid, uidBytes), command, commandBytes)
    return future
  }
}
