import type { FdbFuture } from '../../future/handles/fdb-future.ts'
import type { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { FDBError, FDBStateError } from '../../native/errors/errors.ts'
import { transactionOptions } from '../../native/generated/transaction-options.ts'
import type { OptionInfo } from '../../native/generated/option-info.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { endedTransaction } from './ended-transaction.ts'
import type { Ending } from './ended-transaction.ts'
import { patient } from './patient-promise.ts'
import type { RunTrace } from './run-trace.ts'
import type { ReadBudget } from './read-budget.ts'
import type { Transformer } from '../keys/transformer.ts'
import { UnaskedErrors } from './unasked-errors.ts'

/** More versionstamps than two bytes can order. */
const MAX_STAMP_CODES = 0x10000

const TRANSACTION_READ_ONLY = 2023
/** From here on some options outlive the reset before another attempt. */
const KEEPS_PERSISTENT_OPTIONS = 610
const facts: Readonly<Record<string, OptionInfo>> = transactionOptions

/** An option of the C API, checked, by its name. */
export type SetOption = readonly [name: string, value: OptionValue]

interface BakeItem {
  item: unknown
  transformer: Transformer<never, unknown>
  code: Uint8Array | null
}

/**
 * What all views of one transaction share: the native transaction, and what the transaction has gathered. A retry loop
 * has one for each attempt, over the same native transaction, and ends it with the attempt.
 */
export class TransactionContext {
  /** The native transaction; after the end, what refuses every call. */
  handle: TransactionHandle
  readonly apiVersion: number
  readonly environment: Environment
  /** Counts what the attempt uses; set by the retry loop when somebody wants to know. */
  budget: ReadBudget | undefined
  /** The run that it belongs to, while somebody listens to what runs do. */
  trace: RunTrace | undefined
  readonly #readOnly: boolean
  readonly #openOther: (() => TransactionHandle) | undefined
  #again: readonly SetOption[] = []
  #nextCode = 0
  #toBake: BakeItem[] = []
  #ended = false
  /** Made when something is handed out that may fail too early. */
  #unasked: UnaskedErrors | undefined
  #hasWritten = false
  #lateCall: FDBStateError | undefined

  constructor(
    handle: TransactionHandle,
    apiVersion: number,
    environment: Environment,
    readOnly = false,
    openOther?: () => TransactionHandle,
  ) {
    this.handle = handle
    this.apiVersion = apiVersion
    this.environment = environment
    this.#readOnly = readOnly
    this.#openOther = openOther
  }

  /** For another attempt over the same native transaction, with the same options and nothing gathered. */
  renewed(handle: TransactionHandle): TransactionContext {
    const next = this.#like(handle, this.#readOnly)
    next.#again = this.#again
    next.trace = this.trace
    return next
  }

  /** Another transaction of the whole database, so that its options are not those of this one. The caller closes it. */
  beside(options: readonly SetOption[]): TransactionContext {
    if (this.handle.destroyed || this.#openOther === undefined) {
      throw new FDBStateError('the transaction was closed, or its attempt is over')
    }
    const other = this.#like(this.#openOther(), false)
    other.setOptions(options)
    return other
  }

  #like(handle: TransactionHandle, readOnly: boolean): TransactionContext {
    return new TransactionContext(
      handle,
      this.apiVersion,
      this.environment,
      readOnly,
      this.#openOther,
    )
  }

  /** The attempt is over: what is called from now on throws, at the place of the call. */
  end(attempt: number, ending: Ending): void {
    if (!this.#ended) this.handle = endedTransaction(attempt, ending, this)
    this.#ended = true
    if (ending !== 'returned') this.#unasked?.forget()
  }

  /** A call came after the end. */
  noteLateCall(error: FDBStateError): void {
    this.#lateCall ??= error
  }

  /** The commit is answered: throws when something was to be a part of it, and came too late. */
  throwLateCall(): void {
    if (this.#lateCall !== undefined) throw this.#lateCall
  }

  /** The first call that came after the end: what it was to do is no part of the commit. */
  get lateCall(): FDBStateError | undefined {
    return this.#lateCall
  }

  /** A promise for the function of the transaction. It may reject before anybody asks for it. */
  handOut<T>(promise: Promise<T>): Promise<T> {
    return patient(promise, (this.#unasked ??= new UnaskedErrors()))
  }

  /** The function has returned: throws what failed meanwhile, and was awaited by nobody. */
  throwUnasked(): void {
    this.#unasked?.throwFirst()
  }

  /** The attempt was applied, or its owner has closed it: what nobody has awaited is reported. */
  reportUnasked(): void {
    this.#unasked?.report()
  }

  /** Gives the native transaction back. */
  close(): void {
    this.handle[Symbol.dispose]()
    if (!this.#ended) this.reportUnasked()
  }

  /** All that is under way fails, as its owner wants it. */
  cancel(): void {
    this.#forgetUnasked()
    this.handle.cancel()
  }

  #forgetUnasked(): void {
    this.#unasked?.forget()
    this.#unasked = undefined
  }

  /** Sends the commit. A budget ends there: what it would cancel may be applied. */
  commit(): FdbFuture<void> {
    const future = this.handle.commit(this.#hasWritten)
    this.budget?.stopClock()
    return future
  }

  /** The function begins anew with its transaction. */
  reset(): void {
    this.handle.reset()
    this.#hasWritten = false
    this.#startAgain()
  }

  onError(code: number): FdbFuture<void> {
    const future = this.handle.onError(code)
    this.#startAgain()
    return future
  }

  #startAgain(): void {
    this.#forgetUnasked()
    this.#nextCode = 0
    this.#toBake = []
    this.budget?.resume()
  }

  /** Something was written that a commit would apply. */
  get hasWritten(): boolean {
    return this.#hasWritten
  }

  /** The handle, for a write. */
  toWrite(operation: string): TransactionHandle {
    if (this.#readOnly) throw new FDBError(TRANSACTION_READ_ONLY, undefined, { operation })
    this.#hasWritten = true
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
  }
}
