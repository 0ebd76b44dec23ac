import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/**
 * Where data lies in the cluster, and how much there is. `tn.locality`.
 *
 * @example console.log(await tn.locality.getAddresses('a'))
 */
export class TransactionLocality<KeyIn, KeyOut> {
  readonly #view: TransactionView<KeyIn, KeyOut, never, unknown>

  /** @internal Use `tn.locality`. */
  constructor(view: TransactionView<KeyIn, KeyOut, never, unknown>) {
    this.#view = view
  }

  /**
   * The addresses (`ip:port`) of the servers that hold a key. `fdb_transaction_get_addresses_for_key`.
   *
   * @example console.log(await tn.locality.getAddresses('a'))
   */
  getAddresses(key: KeyIn): FdbFuture<string[]> {
    const { context, subspace } = this.#view
    return context.handle.getAddressesForKey(subspace.packKey(key))
  }

  /**
   * About how many bytes of keys and values a range holds: a sample, cheap for a large range.
   * `fdb_transaction_get_estimated_range_size_bytes`.
   *
   * @example const bytes = await tn.locality.getEstimatedSize('a', 'b')
   */
  getEstimatedSize(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>): FdbFuture<number> {
    const { context, subspace } = this.#view
    const [begin, behind] = [subspace.packKey(start), subspace.packKey(end)]
    return context.handle.getEstimatedRangeSizeBytes(begin, behind).decodeWith(Number)
  }

  /**
   * Keys that cut a range into parts of about `chunkSize` bytes, with both ends of the range among them.
   * `fdb_transaction_get_range_split_points`.
   *
   * @example const cuts = await tn.locality.getSplitPoints('a', 'b', 10_000_000)
   */
  getSplitPoints(
    start: KeyPrefix<KeyIn>,
    end: KeyPrefix<KeyIn>,
    chunkSize: number,
  ): FdbFuture<KeyOut[]> {
    if (!Number.isSafeInteger(chunkSize)) {
      throw new TypeError(`chunkSize is an integer number of bytes, not ${shown(chunkSize)}`)
    }
    const { context, subspace } = this.#view
    const [begin, behind] = [subspace.packKey(start), subspace.packKey(end)]
    return context.handle
      .getRangeSplitPoints(begin, behind, BigInt(chunkSize))
      .decodeWith((keys: Buffer[]) => keys.map((key) => subspace.decodeKey(key)))
  }
}

kind(TransactionLocality, 'TransactionLocality')
