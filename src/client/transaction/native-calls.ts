import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { MutationType } from '../../native/generated/mutation-type.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { checkMapper } from '../ranges/mapper.ts'
import type { RangeBound } from '../ranges/range-ends.ts'
import type { RangeReadOptions } from '../ranges/range-options.ts'
import { mappedBatch, oneBatch } from '../ranges/range-reads.ts'
import type { MappedEntry, RangeBatch } from '../ranges/range-reads.ts'
import { checkMutation } from './mutations.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * Calls of the C API as they are: raw bytes, and one batch of a range. `tn.native`.
 *
 * @example tn.native.atomicOp(MutationType.Max, 'high', Buffer.from([7]))
 */
export class NativeCalls<KeyIn, KeyOut, ValOut> {
  readonly #view: TransactionView<KeyIn, KeyOut, never, ValOut>

  /** @internal Use `tn.native`. */
  constructor(view: TransactionView<KeyIn, KeyOut, never, ValOut>) {
    this.#view = view
  }

  /**
   * Applies an atomic operation to raw bytes, outside of subspace and encodings.
   * `fdb_transaction_atomic_op`.
   *
   * @example tn.native.atomicOp(MutationType.Max, 'high', Buffer.from([7]))
   */
  atomicOp(type: MutationType, key: NativeValue, param: NativeValue): void {
    const handle = this.#view.context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), toBytes(key, 'key'), toBytes(param, 'param'))
  }

  /**
   * Applies an atomic operation to a key of the subspace, with a parameter of raw bytes whatever the value encoding.
   *
   * @example tn.native.atomicOpBytes(MutationType.BitOr, 'flags', Buffer.from([4]))
   */
  atomicOpBytes(type: MutationType, key: KeyIn, param: NativeValue): void {
    const { context, subspace } = this.#view
    const handle = context.toWrite('atomicOp')
    handle.atomicOp(checkMutation(type), subspace.packKey(key), toBytes(param, 'param'))
  }

  /**
   * One call of `fdb_transaction_get_range`: one batch.
   *
   * @param iteration 1, 2, 3, ... in streaming mode Iterator, where batches grow with it.
   * @example
   * const first = keySelector.firstGreaterOrEqual('a')
   * const last = keySelector.firstGreaterOrEqual('b')
   * const { results, more } = await tn.native.getRange(first, last, { limit: 5 })
   */
  getRange(
    start: RangeBound<KeyIn>,
    end: RangeBound<KeyIn>,
    options: RangeReadOptions = {},
    iteration = 1,
  ): FdbFuture<RangeBatch<KeyOut, ValOut>> {
    return oneBatch(this.#view, start, end, options, iteration)
  }

  /**
   * One batch of a range read of index entries, each with the range that `mapper` makes of it: a packed
   * tuple whose items may be `{K[n]}`, `{V[n]}` and a last `{...}`. `fdb_transaction_get_mapped_range`.
   *
   * Keys and values come as bytes, since they lie outside of the subspace. Must be a snapshot read or not
   * as the cluster allows, and needs read-your-writes left on.
   *
   * @throws TypeError for a mapper that is only `{...}`, or has a `{K[-1]}`: a real cluster does not survive the first.
   * @example
   * const mapper = tuple.pack(['user', '{K[2]}', '{...}'])
   * const { begin, end } = tuple.range(['index', 'city', 'London'])
   * const { results } = await tn.native.getMappedRange(begin, end, mapper)
   */
  getMappedRange(
    start: RangeBound<KeyIn>,
    end: RangeBound<KeyIn>,
    mapper: NativeValue,
    options: RangeReadOptions = {},
    iteration = 1,
  ): FdbFuture<{ results: MappedEntry[]; more: boolean }> {
    return mappedBatch(
      this.#view,
      start,
      end,
      checkMapper(toBytes(mapper, 'mapper')),
      options,
      iteration,
    )
  }
}

kind(NativeCalls, 'NativeCalls')
