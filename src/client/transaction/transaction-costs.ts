import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * What a transaction costs. `tn.costs`.
 *
 * @example console.log(await tn.costs.getApproximateSize())
 */
export class TransactionCosts {
  readonly #context: TransactionContext

  /** @internal Use `tn.costs`. */
  constructor(context: TransactionContext) {
    this.#context = context
  }

  /**
   * About how many bytes the commit will send. `fdb_transaction_get_approximate_size`.
   *
   * @example if ((await tn.costs.getApproximateSize()) > 1_000_000) await tn.commit()
   */
  getApproximateSize(): FdbFuture<number> {
    return this.#context.handle.getApproximateSize().decodeWith(Number)
  }

  /**
   * What the transaction has cost so far, in the units of tag quotas. `fdb_transaction_get_total_cost`.
   *
   * @example console.log(await tn.costs.getTotalCost())
   */
  getTotalCost(): FdbFuture<number> {
    return this.#context.handle.getTotalCost().decodeWith(Number)
  }

  /**
   * Seconds that tag throttling has delayed it. `fdb_transaction_get_tag_throttled_duration`.
   *
   * @example const seconds = await tn.costs.getTagThrottledDuration()
   */
  getTagThrottledDuration(): FdbFuture<number> {
    return this.#context.handle.getTagThrottledDuration()
  }
}

kind(TransactionCosts, 'TransactionCosts')
