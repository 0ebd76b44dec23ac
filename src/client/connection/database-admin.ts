import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import type { DatabaseContext } from './database-context.ts'
import { kind } from '../../native/values/kinds.ts'

/** How `rebootWorker` ends a process. */
export interface RebootOptions {
  /** The process checks that its data is readable before it starts again. */
  readonly check?: boolean
  /** Seconds that it stays away; 0 unless set. */
  readonly suspendSeconds?: number
}

const KNOWN = knownOptions<RebootOptions>('a reboot', { check: true, suspendSeconds: true })

/**
 * Calls about the cluster as a whole, whatever the scope. `db.admin`. All reject with FDBStateError after `close`.
 *
 * @example const status = JSON.parse(await db.admin.getClientStatus())
 */
export class DatabaseAdmin {
  readonly #context: DatabaseContext

  /** @internal Use `db.admin`. */
  constructor(context: DatabaseContext) {
    this.#context = context
  }

  /**
   * The client's own view of the cluster: JSON as text. `fdb_database_get_client_status`.
   *
   * @example const status = JSON.parse(await db.admin.getClientStatus())
   */
  async getClientStatus(): Promise<string> {
    return (await this.#context.handle.getClientStatus()).toString('utf8')
  }

  /**
   * How busy the network thread is, from 0 to 1. `fdb_database_get_main_thread_busyness`.
   *
   * @example if (db.admin.getMainThreadBusyness() > 0.9) console.warn('the client is at its limit')
   */
  getMainThreadBusyness(): number {
    return this.#context.handle.getMainThreadBusyness()
  }

  /**
   * The protocol version of the cluster; with `expected`, once it is another than that.
   * `fdb_database_get_server_protocol`.
   *
   * @example const protocol = await db.admin.getServerProtocol()
   */
  async getServerProtocol(expected?: bigint): Promise<bigint> {
    if (expected !== undefined && typeof expected !== 'bigint') {
      throw new TypeError('expected of getServerProtocol is a bigint')
    }
    return await this.#context.handle.getServerProtocol(expected)
  }

  /**
   * Reboots a process of the cluster. `fdb_database_reboot_worker`.
   *
   * @param address `ip:port`, with `:tls` behind it where the process uses that.
   * @returns whether the request was sent; false when the cluster has no process at that address.
   * @example await db.admin.rebootWorker('10.0.0.3:4500', { suspendSeconds: 10 })
   */
  async rebootWorker(address: string, options: RebootOptions = {}): Promise<boolean> {
    checkOptions(KNOWN, options)
    const { check = false, suspendSeconds = 0 } = options
    checkText(address, 'address')
    if (typeof check !== 'boolean') throw new TypeError('check of a reboot is a boolean')
    if (!Number.isInteger(suspendSeconds) || suspendSeconds < 0 || suspendSeconds >= 2 ** 31) {
      throw new TypeError('suspendSeconds of a reboot is an integer, 0 or more')
    }
    return (await this.#context.handle.rebootWorker(address, check, suspendSeconds)) === 1n
  }

  /**
   * Makes the copy of the data in one datacenter the database, and gives up what was committed and is not
   * in it. For disasters. `fdb_database_force_recovery_with_data_loss`.
   *
   * @param dcid the identifier of the datacenter.
   * @example await db.admin.forceRecoveryWithDataLoss('dc2')
   */
  async forceRecoveryWithDataLoss(dcid: string): Promise<void> {
    checkText(dcid, 'dcid')
    await this.#context.handle.forceRecoveryWithDataLoss(dcid)
  }

  /**
   * Has the processes of the cluster run a command that takes a snapshot of their disks.
   * `fdb_database_create_snapshot`.
   *
   * @param uid 32 hexadecimal digits, which name the snapshot.
   * @param command a program that the processes allow (`snap_create_whitelist`), and its arguments.
   * @throws FDBError, for example `snap_path_not_whitelisted` (2505), `snap_invalid_uid_string` (2509).
   * @example await db.admin.createSnapshot('00112233445566778899aabbccddeeff', '/usr/local/bin/snap --fast')
   */
  async createSnapshot(uid: string, command: NativeValue): Promise<void> {
    checkText(uid, 'uid')
    await this.#context.handle.createSnapshot(Buffer.from(uid), toBytes(command, 'command'))
  }
}

kind(DatabaseAdmin, 'DatabaseAdmin')

function checkText(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw new TypeError(`${what} is a string of at least one character, and none of them null`)
  }
}
