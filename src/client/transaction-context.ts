import type { TransactionHandle } from '../future/transaction-handle.ts'
import type { Environment } from '../native/environment.ts'
import { FDBError } from '../native/errors.ts'
import { transactionOptions } from '../native/generated/transaction-options.ts'
import type { OptionInfo } from '../native/generated/option-info.ts'
import type { ReadBudget } from './read-budget.ts'
import type { SetOption } from './run-plan.ts'
import type { Transformer } from './transformer.ts'

/** More versionstamps than two bytes can order. */
const MAX_STAMP_CODES = 0x10000

const TRANSACTION_READ_ONLY = 2023
/** From here on some options outlive the reset before another attempt. */
const KEEPS_PERSISTENT_OPTIONS = 610
const facts: Readonly<Record<string, OptionInfo>> = transactionOptions

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
  /** Counts what the attempt uses; set by the retry loop when somebody wants to know. */
  budget: ReadBudget | undefined
  readonly #readOnly: boolean
  #again: readonly SetOption[] = []
  #nextCode = 0
  #toBake: BakeItem[] = []

  constructor(
    handle: TransactionHandle,
    apiVersion: number,
    environment: Environment,
    readOnly = false,
  ) {
    this.handle = handle
    this.apiVersion = apiVersion
    this.environment = environment
    this.#readOnly = readOnly
  }

  /** The handle, for a write. */
  toWrite(operation: string): TransactionHandle {
    if (this.#readOnly) throw new FDBError(TRANSACTION_READ_ONLY, undefined, { operation })
    this.budget?.countWrite()
    return this.handle
  }

  /** Sets options for all attempts. */
  setOptions(options: readonly SetOption[]): void {
    for (const [name, value] of options) this.handle.setOption(name, value)
    const persist = this.apiVersion >= KEEPS_PERSISTENT_OPTIONS
    this.#again = options.filter(([name]) => !(persist && facts[name]?.persistent === true))
  }

  /** The transaction was reset for another attempt: gives it again what the reset took. */
  restoreOptions(): void {
    for (const [name, value] of this.#again) this.handle.setOption(name, value)
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
