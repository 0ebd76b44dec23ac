/** What `fdbkit/compat` exports, by name and as its default. */
import { strInc } from './bytes/util.ts'

export {
  configNetwork,
  createCluster,
  createClusterSync,
  open,
  openSync,
  setAPIVersion,
} from './open.ts'
export type { AnyCase, Cluster } from './open.ts'
export { stopNetwork as stopNetworkSync } from '../client/connection/stop-network.ts'
export { type as modType } from './native.ts'

export { Database } from './database.ts'
export type { RunTransaction } from './database.ts'
export { Transaction } from './transaction.ts'
export type { Callback } from './callback.ts'
export type { Version } from './bytes/version-bytes.ts'
export { Watch } from '../client/transaction/watch.ts'
export type { SetWatchOptions, WatchOptions, WatchWithValue } from '../client/transaction/watch.ts'
export type { RangeBatch as KVList } from '../client/ranges/range-reads.ts'
export type { RangeReadOptions as RangeOptions } from '../client/ranges/range-options.ts'
export type { NativeValue } from '../client/keys/bytes.ts'

export { FDBError } from './error.ts'
export { keySelector } from './bytes/key-selector.ts'
export type { KeySelector } from './bytes/key-selector.ts'
export { Subspace, root } from '../client/keys/subspace.ts'
export type { GetSubspace } from '../client/keys/subspace.ts'
export type { Transformer } from '../client/keys/transformer.ts'
export {
  Directory,
  DirectoryError,
  DirectoryLayer,
  HighContentionAllocator,
  directory,
} from './directory.ts'

export { encoders } from '../client/keys/encoders.ts'
export * as tuple from '../layers/tuple/tuple.ts'
export type { TupleItem } from '../layers/tuple/tuple.ts'
export {
  packPrefixedVersionstamp,
  packVersionstamp,
  packVersionstampPrefixSuffix,
} from './bytes/versionstamp.ts'
/**
 * What node-foundationdb has by this name.
 *
 * @example console.log(util.strInc('app').toString()) // apq
 */
export const util = { strInc }

export { NetworkOptionCode } from './options.ts'
export type { NetworkOptions } from '../native/generated/network-options.ts'
export { DatabaseOptionCode } from '../native/generated/database-options.ts'
export type { DatabaseOptions } from '../native/generated/database-options.ts'
export { TransactionOptionCode } from '../native/generated/transaction-options.ts'
export type { TransactionOptions } from '../native/generated/transaction-options.ts'
export { StreamingMode } from '../native/generated/streaming-mode.ts'
export { MutationType } from '../native/generated/mutation-type.ts'
export { ConflictRangeType } from '../native/generated/conflict-range-type.ts'
export { ErrorPredicate } from '../native/generated/error-predicate.ts'
export type { OptionValue } from '../native/values/option-values.ts'
