import type { TransactionHandle } from '../future/transaction-handle.ts'
import type { Environment } from '../native/environment.ts'
import type { ReadBudget } from './read-budget.ts'
import type { Transformer } from './transformer.ts'

/** More versionstamps than two bytes can order. */
const MAX_STAMP_CODES = 0x10000

interface BakeItem {
  item: unknown
  transformer: Transformer<never, unknown>
  code: Uint8Array | null
}

/**
 * What all views of one transaction share: the native transaction, which this owns, and what one attempt
 * has gathered.
 */
export class TransactionContext {
  readonly handle: TransactionHandle
  readonly apiVersion: number
  readonly environment: Environment
  /** Counts what the attempt reads; set by the retry loop. */
  budget: ReadBudget | undefined
  #nextCode = 0
  #toBake: BakeItem[] = []

  constructor(handle: TransactionHandle, apiVersion: number, environment: Environment) {
    this.handle = handle
    this.apiVersion = apiVersion
    this.environment = environment
  }

  /** Orders versionstamps of this transaction: 0, 1, 2, ... */
  takeStampCode(): number {
    if (this.#nextCode >= MAX_STAMP_CODES) {
      throw new RangeError(
        `a transaction counts at most ${MAX_STAMP_CODES} versionstamps: ` +
          'write fewer, or give the unbound versionstamps codes of your own',
      )
    }
    return this.#nextCode++
  }

  bakeLater<In>(item: In, transformer: Transformer<In, unknown>, code: Uint8Array | null): void {
    if (transformer.bakeVersionstamp === undefined) return
    this.#toBake.push({ item, transformer: transformer, code })
  }

  get hasStampsToBake(): boolean {
    return this.#toBake.length > 0
  }

  /** Writes the stamp of the commit into the tuples that were packed without one. */
  bake(stamp: Uint8Array): void {
    for (const { item, transformer, code } of this.#toBake) {
      transformer.bakeVersionstamp?.(item as never, stamp, code)
    }
    this.forget()
  }

  /** Forgets what one attempt gathered, before the next. */
  forget(): void {
    this.#nextCode = 0
    this.#toBake = []
  }
}
