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

  /** Fires at the next ring behind what the transaction has seen. */
  watchIn(tn: AnyTransaction, signal?: AbortSignal): Watch {
    return tn
      .at(this.#scope)
      .watch([], { keepAlive: true, ...(signal !== undefined && { signal }) })
  }
}
