/// <reference types="node" preserve="true" />
/**
 * FoundationDB for TypeScript: databases, transactions, encodings, tuples, subspaces and directories, on a cluster or on
 * the engine that comes with the package.
 *
 * @example
 * import { openEmbedded } from 'fdbkit'
 * const db = openEmbedded()
 * await db.set('hello', 'world')
 * console.log(String(await db.get('hello'))) // world
 *
 * @module
 */
export { open, openEmbedded } from './client/database/open.ts'
export type { OpenEmbeddedOptions, OpenOptions } from './client/database/open.ts'
export { setAPIVersion } from './client/connection/api-version.ts'

export { Database, Tenant } from './client/database/database.ts'
export type {
  RunOptions,
  TransactionBody,
  TransactionPriority,
  TransactionSettings,
} from './client/run/run-options.ts'
export type { DatabaseAdmin, RebootOptions } from './client/connection/database-admin.ts'
export type {
  DatabaseGranules,
  FlushOptions,
  PurgeOptions,
} from './client/granules/database-granules.ts'
export type { BoundaryOptions, DatabaseLocality } from './client/scans/database-locality.ts'
export type {
  ListTenantsOptions,
  TenantInfo,
  TenantOptions,
} from './client/tenants/tenant-management.ts'
export type { DatabaseTenants } from './client/tenants/database-tenants.ts'
export type { DatabaseVersionstamps } from './client/database/database-versionstamps.ts'
export type { BlobReadOptions } from './client/granules/blob-reader.ts'
export type {
  GranuleFile,
  GranuleSummary,
  KeyRange,
  KeyValue,
} from './future/handles/transaction-handle.ts'
export type { OptionValue } from './native/values/option-values.ts'
export type { Attempt, RunObserver } from './client/run/retry-loop.ts'
export { Transaction } from './client/transaction/transaction.ts'
export type { NativeCalls } from './client/transaction/native-calls.ts'
export type { TransactionConflicts } from './client/transaction/transaction-conflicts.ts'
export type { TransactionCosts } from './client/transaction/transaction-costs.ts'
export type { TransactionLocality } from './client/transaction/transaction-locality.ts'
export type {
  StampedValue,
  TransactionVersionstamps,
} from './client/transaction/transaction-versionstamps.ts'
export type { Transactor } from './client/run/transactor.ts'
export type { MappedEntry, RangeBatch } from './client/ranges/range-reads.ts'
export type { NumberCallOptions, NumberOptions } from './client/transaction/number-params.ts'
export type { OneRange } from './client/ranges/many-ranges.ts'
export type { RangeBound, RangeStart } from './client/ranges/range-ends.ts'
export type { SummaryOptions, TransactionGranules } from './client/granules/transaction-granules.ts'
export type { CallOptions } from './client/attempt/call-options.ts'
export type { RangeReadOptions } from './client/ranges/range-options.ts'
export type { FdbFuture } from './future/handles/fdb-future.ts'
export { Watch } from './client/transaction/watch.ts'
export type { SetWatchOptions, WatchOptions, WatchWithValue } from './client/transaction/watch.ts'

export { allKeys } from './client/keys/all-keys.ts'
export type { AllKeys } from './client/keys/all-keys.ts'
export { keySelector } from './client/keys/key-selector.ts'
export type { KeySelector } from './client/keys/key-selector.ts'
export { Subspace, root } from './client/keys/subspace.ts'
export type { DirectoryPlace, GetSubspace } from './client/keys/subspace.ts'
export { DecodeError } from './client/keys/decode-error.ts'
export { encoders } from './client/keys/encoders.ts'
export type { Encoders } from './client/keys/encoders.ts'
export type { JsonEncoder, ParsingSchema, StandardSchema } from './client/keys/json.ts'
export type { Transformer } from './client/keys/transformer.ts'
export type { KeyPrefix, KeyRest, ShorterPrefix } from './client/keys/key-prefix.ts'
export type { TupleEncoder } from './client/keys/tuple-keys.ts'
export { strInc, strNext } from './client/keys/bytes.ts'
export type { NativeValue } from './client/keys/bytes.ts'

export * as tuple from './layers/tuple/tuple.ts'
export { TupleError } from './layers/tuple/tuple-error.ts'
export type {
  TupleDouble,
  TupleFloat,
  TupleItem,
  TupleUnboundVersionstamp,
  TupleUserType,
  TupleUuid,
  TupleVersionstamp,
  UnboundStamp,
  UnpackedItem,
} from './layers/tuple/tuple-item.ts'

export { Directory } from './layers/directory/directory.ts'
export { DirectoryLayer, directory } from './layers/directory/directory-layer.ts'
export type { DirectoryLayerOptions } from './layers/directory/directory-layer.ts'
export { DirectoryError } from './layers/directory/directory-error.ts'
export type { DirectoryErrorReason } from './layers/directory/directory-error.ts'
export type { PathInput } from './layers/directory/directory-path.ts'
export type {
  AnyDatabaseOrTransaction,
  DatabaseOrTransaction,
} from './layers/directory/transact.ts'
export { HighContentionAllocator } from './layers/directory/allocator.ts'

export { versionAtTime } from './client/database/version-at-time.ts'
export { longScan } from './client/scans/long-scan.ts'
export type {
  LongScanOptions,
  ScanBatch,
  ScanScope,
  ScannedDatabase,
} from './client/scans/long-scan.ts'
export type { CountOptions, ScanOptions } from './client/scans/scanned-range.ts'
export type { Page, PageOptions } from './client/scans/page.ts'
export { BudgetExceededError } from './client/attempt/read-budget.ts'
export type { Budget, Usage } from './client/attempt/read-budget.ts'
export { ReadLimitError, RunAbortedError } from './client/attempt/errors.ts'
export { FDBBusyError, FDBError, FDBStateError } from './native/errors/errors.ts'
export type { ErrorContext } from './native/errors/errors.ts'
export { LibraryNotFoundError } from './native/library/not-found.ts'
export { networkInfo } from './native/library/network.ts'
export { stopNetwork } from './client/connection/stop-network.ts'
export type { NetworkInfo } from './native/library/network.ts'
export { hostEnvironment } from './native/environment/environment.ts'
export type { Environment, TimerHandle } from './native/environment/environment.ts'

export { ConflictRangeType } from './native/generated/conflict-range-type.ts'
export { DatabaseOptionCode } from './native/generated/database-options.ts'
export type { DatabaseOptionName, DatabaseOptions } from './native/generated/database-options.ts'
export { ErrorPredicate } from './native/generated/error-predicate.ts'
export { MutationType } from './native/generated/mutation-type.ts'
export { NetworkOptionCode } from './native/generated/network-options.ts'
export type { NetworkOptionName, NetworkOptions } from './native/generated/network-options.ts'
export { StreamingMode } from './native/generated/streaming-mode.ts'
export { TransactionOptionCode } from './native/generated/transaction-options.ts'
export type {
  TransactionOptionName,
  TransactionOptions,
} from './native/generated/transaction-options.ts'
