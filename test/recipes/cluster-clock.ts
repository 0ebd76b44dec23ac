import { vi } from 'vitest'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'

/** The clock of the cluster, moved ahead for all that asks for a read version in this process. */
export class ClusterClock {
  #ahead = 0n

  constructor() {
    const ahead = (version: bigint): bigint => version + this.#ahead
    const original = TransactionHandle.prototype.getReadVersion
    vi.spyOn(TransactionHandle.prototype, 'getReadVersion').mockImplementation(function (
      this: TransactionHandle,
    ) {
      return original.call(this).decodeWith(ahead)
    })
  }

  advance(milliseconds: number): void {
    this.#ahead += BigInt(milliseconds) * 1000n
  }
}
