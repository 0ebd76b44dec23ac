import type { TransactionView } from '../attempt/transaction-view.ts'
import { TransactionGranules } from '../granules/transaction-granules.ts'
import { NativeCalls } from './native-calls.ts'
import { TransactionConflicts } from './transaction-conflicts.ts'
import { TransactionCosts } from './transaction-costs.ts'
import { TransactionLocality } from './transaction-locality.ts'
import { TransactionVersionstamps } from './transaction-versionstamps.ts'

/** What few transactions need, each part made when it is asked for. */
export class TransactionFacets<KeyIn, KeyOut, ValIn, ValOut> {
  readonly #view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>
  #versionstamps: TransactionVersionstamps<KeyIn, ValIn, ValOut> | undefined
  #conflicts: TransactionConflicts<KeyIn> | undefined
  #locality: TransactionLocality<KeyIn, KeyOut> | undefined
  #granules: TransactionGranules<KeyIn, KeyOut, ValOut> | undefined
  #costs: TransactionCosts | undefined
  #native: NativeCalls<KeyIn, KeyOut, ValOut> | undefined

  constructor(view: TransactionView<KeyIn, KeyOut, ValIn, ValOut>) {
    this.#view = view
  }

  get versionstamps(): TransactionVersionstamps<KeyIn, ValIn, ValOut> {
    return (this.#versionstamps ??= new TransactionVersionstamps(this.#view))
  }

  get conflicts(): TransactionConflicts<KeyIn> {
    return (this.#conflicts ??= new TransactionConflicts(this.#view))
  }

  get locality(): TransactionLocality<KeyIn, KeyOut> {
    return (this.#locality ??= new TransactionLocality(this.#view))
  }

  get granules(): TransactionGranules<KeyIn, KeyOut, ValOut> {
    return (this.#granules ??= new TransactionGranules(this.#view))
  }

  get costs(): TransactionCosts {
    return (this.#costs ??= new TransactionCosts(this.#view.context))
  }

  get native(): NativeCalls<KeyIn, KeyOut, ValOut> {
    return (this.#native ??= new NativeCalls(this.#view))
  }
}
