/** Bodies follow: the signatures are agreed. */
import type { OptionValue } from '../native/network.ts'
import type { FdbFuture } from './fdb-future.ts'
import type { TransactionHandleShape } from './transaction-handle.ts'

export interface OpenTarget {
  /** Path of a cluster file. Neither it nor a connection string: the C library's default. */
  readonly clusterFile?: string
  readonly connectionString?: string
}

/** `DatabaseHandle.open(target)`; the network must run. */
export interface DatabaseHandleShape {
  createTransaction(): TransactionHandleShape
  openTenant(name: Uint8Array): TenantHandleShape
  setOption(option: number | string, value?: OptionValue): void
  /** JSON */
  getClientStatus(): FdbFuture<Buffer>
  /** 0 to 1 */
  getMainThreadBusyness(): number
  getServerProtocol(expected?: bigint): FdbFuture<bigint>
  rebootWorker(address: string, check: boolean, seconds: number): FdbFuture<bigint>
  forceRecoveryWithDataLoss(dcid: string): FdbFuture<void>
  createSnapshot(uid: Uint8Array, command: Uint8Array): FdbFuture<void>
  /** Throws FDBStateError when it is closed already. */
  close(): void
  readonly closed: boolean
  [Symbol.dispose](): void
}

export interface TenantHandleShape {
  createTransaction(): TransactionHandleShape
  getId(): FdbFuture<bigint>
  close(): void
  readonly closed: boolean
  [Symbol.dispose](): void
}
