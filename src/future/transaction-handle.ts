/** Bodies follow: the signatures are agreed. */
import type { OptionValue } from '../native/network.ts'
import type { FdbFuture } from './fdb-future.ts'

/** The key that the C API means by key, orEqual and offset. */
export interface Selector {
  readonly key: Uint8Array
  readonly orEqual: boolean
  readonly offset: number
}

export interface RangeOptions {
  /** Keys; 0: no limit. */
  readonly limit?: number
  /** Bytes; 0: no limit. */
  readonly targetBytes?: number
  /** A code of the streaming mode table; default -1, iterator. */
  readonly mode?: number
  /** 1, 2, 3, ... in mode iterator. */
  readonly iteration?: number
  readonly snapshot?: boolean
  readonly reverse?: boolean
}

export type KeyValue = [key: Buffer, value: Buffer]

export interface RangeResult {
  readonly results: KeyValue[]
  /** There may be more in the range, behind the last key. */
  readonly more: boolean
}

export interface MappedKeyValue {
  readonly key: Buffer
  readonly value: Buffer
  /** What the mapper's range read found. */
  readonly results: KeyValue[]
  readonly begin: Selector
  readonly end: Selector
}

export interface MappedRangeResult {
  readonly results: MappedKeyValue[]
  readonly more: boolean
}

/** Owns an FDBTransaction*. Keys and values are copied at the call: the caller may reuse the buffer. */
export interface TransactionHandleShape {
  get(key: Uint8Array, snapshot: boolean): FdbFuture<Buffer | undefined>
  getKey(key: Uint8Array, orEqual: boolean, offset: number, snapshot: boolean): FdbFuture<Buffer>
  getRange(begin: Selector, end: Selector, options?: RangeOptions): FdbFuture<RangeResult>
  getMappedRange(
    begin: Selector,
    end: Selector,
    mapper: Uint8Array,
    options?: RangeOptions,
  ): FdbFuture<MappedRangeResult>
  getReadVersion(): FdbFuture<bigint>
  setReadVersion(version: bigint): void
  set(key: Uint8Array, value: Uint8Array): void
  clear(key: Uint8Array): void
  clearRange(begin: Uint8Array, end: Uint8Array): void
  /** `mutation`: a code of the mutation table. */
  atomicOp(mutation: number, key: Uint8Array, param: Uint8Array): void
  commit(): FdbFuture<void>
  /** -1n for a transaction that wrote nothing. */
  getCommittedVersion(): bigint
  getVersionstamp(): FdbFuture<Buffer>
  onError(code: number): FdbFuture<void>
  /** Does not hold the process open unless `holdOpen(true)`. */
  watch(key: Uint8Array): FdbFuture<void>
  getApproximateSize(): FdbFuture<bigint>
  getTotalCost(): FdbFuture<bigint>
  getTagThrottledDuration(): FdbFuture<number>
  getEstimatedRangeSizeBytes(begin: Uint8Array, end: Uint8Array): FdbFuture<bigint>
  getRangeSplitPoints(begin: Uint8Array, end: Uint8Array, chunkSize: bigint): FdbFuture<Buffer[]>
  getAddressesForKey(key: Uint8Array): FdbFuture<string[]>
  /** `type`: a code of the conflict range table (0 read, 1 write). */
  addConflictRange(begin: Uint8Array, end: Uint8Array, type: number): void
  /** By code or camel-case name of the option table. */
  setOption(option: number | string, value?: OptionValue): void
  reset(): void
  cancel(): void
  /** Throws FDBStateError when it is destroyed already. */
  destroy(): void
  readonly destroyed: boolean
  /** Like destroy, and does nothing the second time. */
  [Symbol.dispose](): void
}
