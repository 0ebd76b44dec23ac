import type { Watch } from '../../client/transaction/watch.ts'
import type { AnyTransaction, RawScope } from './scope.ts'

/**
 * A key that who waits watches, and who has news writes. Its value is the stamp of the commit: another one each time, so
 * every ring fires the watches, and no conflict among those who ring.
 */
export class Bell {
  readonly #scope: RawScope

  /** @param scope of the bell alone. */
  constructor(scope: RawScope) {
    this.#scope = scope
  }

  /** Rings when the transaction is committed. */
  ringIn(tn: AnyTransaction): void {
    tn.at(this.#scope).versionstamps.setPrefixedValue([])
  }

  /**
   * Fires at the next ring behind what the transaction has seen. It is read first: a watch of a key that was read has its
   * value from there, and one that asks itself may fail alone, behind a commit that is done.
   */
  async watchIn(tn: AnyTransaction, signal?: AbortSignal): Promise<Watch> {
    const bell = tn.at(this.#scope)
    await bell.get([])
    return bell.watch([], { keepAlive: true, ...(signal !== undefined && { signal }) })
  }
}
