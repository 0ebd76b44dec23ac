import type { Subspace } from '../keys/subspace.ts'
import { defaultTransformer } from '../keys/transformer.ts'
import type { TransactionContext } from './transaction-context.ts'

/**
 * How a transaction is looked at: a part of the key space with its encodings, and whether reads add conflicts. What all
 * views of a transaction share is its context.
 */
export class TransactionView<KeyIn, KeyOut, ValIn, ValOut> {
  readonly context: TransactionContext
  readonly subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  /** Reads add no read conflicts. */
  readonly isSnapshot: boolean
  /** Values are bytes as they are, so that nothing is to be decoded. */
  readonly hasPlainValues: boolean

  constructor(
    context: TransactionContext,
    subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
    isSnapshot: boolean,
  ) {
    this.context = context
    this.subspace = subspace
    this.isSnapshot = isSnapshot
    this.hasPlainValues = (subspace.valueXf as unknown) === defaultTransformer
    context.trace?.see(subspace)
  }
}
