import { FDBError } from '../../../native/errors/errors.ts'
import type { Database } from '../../../client/database/database.ts'
import { RunAbortedError } from '../../../client/attempt/errors.ts'
import type { Attempt } from '../../../client/run/retry-loop.ts'
import type { Transaction } from '../../../client/transaction/transaction.ts'
import type {
  TransactionOptionName,
  TransactionOptions,
} from '../../../native/generated/transaction-options.ts'
import type { OptionValue } from '../../../native/values/option-values.ts'
import { Interrupted, ShellError } from './shell-error.ts'
import { messageOf } from '../../ground/errors.ts'

interface Active {
  readonly tn: Transaction
  readonly options: Map<TransactionOptionName, OptionValue>
  /** The commit fills in a versionstamp, so it is worth asking for. */
  hasStamp: boolean
}

/** Said when a commit was not waited for to its end. */
const UNKNOWN = 'what was written may have been applied or not: look before you try again'

/** What a commit did. */
export interface Committed {
  /** -1n when nothing was written. */
  readonly version: bigint
  readonly stamp: Buffer | undefined
}

/** What a body of `write` did. */
export interface WriteNotes {
  /** It wrote a versionstamp for the commit to fill in. */
  readonly stamped?: boolean
}

/**
 * The transaction that `begin` opened, if there is one, and the options of those to come. A command runs in it, or in
 * one of its own, which is retried.
 */
export class ShellTransactions {
  readonly #database: () => Database
  readonly #options = new Map<TransactionOptionName, OptionValue>()
  readonly #rolledBack: () => void
  #active: Active | undefined

  /**
   * @param database what new transactions are of.
   * @param rolledBack is called when what a transaction did is gone.
   */
  constructor(database: () => Database, rolledBack: () => void) {
    this.#database = database
    this.#rolledBack = rolledBack
  }

  get isOpen(): boolean {
    return this.#active !== undefined
  }

  /** Those of the open transaction, or of all that follow. */
  get options(): ReadonlyMap<TransactionOptionName, OptionValue> {
    return this.#active?.options ?? this.#options
  }

  /** A body that reads: again from the start, as often as it takes, outside of a transaction. */
  read<T>(body: (tn: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#active !== undefined) return this.#inActive(this.#active, body, signal)
    return this.#database().doTransaction(body, { ...this.#given(), signal })
  }

  /**
   * A body that writes. Outside of a transaction it is committed.
   *
   * @returns undefined in a transaction, where the commit is still to come.
   */
  async write(
    body: (tn: Transaction, attempt?: Attempt) => Promise<WriteNotes | void>,
    signal: AbortSignal,
  ): Promise<Committed | undefined> {
    const active = this.#active
    if (active !== undefined) {
      const notes = await this.#inActive(active, (tn) => body(tn), signal)
      if (notes?.stamped === true) active.hasStamp = true
      return undefined
    }
    let version = -1n
    const observer = { committed: (_: Attempt, committed: bigint) => void (version = committed) }
    try {
      const stamp = await this.#database().doTransaction(
        async (tn, attempt) => {
          const notes = await body(tn, attempt)
          return notes?.stamped === true ? tn.versionstamps.ofCommit() : undefined
        },
        { ...this.#given(), signal, observer },
      )
      return { version, stamp: await stamp?.promise }
    } catch (error) {
      if (error instanceof RunAbortedError) {
        throw new Interrupted(`${messageOf(error.cause)}; ${UNKNOWN}`)
      }
      const isUnknown = error instanceof FDBError && error.maybeCommitted
      throw isUnknown ? new ShellError(`${error.message}; ${UNKNOWN}`) : error
    }
  }

  #given(): TransactionOptions {
    return Object.fromEntries(this.#options)
  }

  /** An error of the database ends the transaction: it may have been the answer to anything in it. */
  async #inActive<T>(
    { tn }: Active,
    body: (tn: Transaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const cancel = (): void => tn.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const result = await body(tn)
      // What has its answer already is cancelled for all that.
      signal.throwIfAborted()
      return result
    } catch (error) {
      if (!signal.aborted && !(error instanceof FDBError)) throw error
      this.#end()
      const Kind = signal.aborted ? Interrupted : ShellError
      const cause: unknown = signal.aborted ? signal.reason : error
      throw new Kind(`${messageOf(cause)}; the transaction was rolled back`)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  begin(): void {
    if (this.#active !== undefined) throw new ShellError('a transaction is open already')
    const options = new Map(this.#options)
    const tn = this.#database().createTransaction(this.#given())
    this.#active = { tn, options, hasStamp: false }
  }

  /** Ends the transaction, whatever comes of it. */
  async commit(signal: AbortSignal): Promise<Committed> {
    const { tn, hasStamp } = this.#opened()
    const cancel = (): void => tn.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    let isApplied = false
    try {
      const stamp = hasStamp ? tn.versionstamps.ofCommit() : undefined
      await tn.commit()
      isApplied = true
      const committed = { version: tn.getCommittedVersion(), stamp: await stamp?.promise }
      this.#close()
      return committed
    } catch (error) {
      this.#end()
      if (!(error instanceof FDBError)) throw error
      const outcome =
        isApplied || error.maybeCommitted ? UNKNOWN : 'the transaction was rolled back'
      if (signal.aborted) throw new Interrupted(`${messageOf(signal.reason)}; ${outcome}`)
      throw new ShellError(`${error.message}; ${outcome}`)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  /** What was written is dropped. */
  rollback(): void {
    this.#opened()
    this.#end()
  }

  #opened(): Active {
    if (this.#active === undefined)
      throw new ShellError('there is no transaction: `begin` opens one')
    return this.#active
  }

  #end(): void {
    if (this.#close()) this.#rolledBack()
  }

  #close(): boolean {
    const active = this.#active
    this.#active = undefined
    active?.tn[Symbol.dispose]()
    return active !== undefined
  }

  /** @throws TypeError or RangeError for a value that the option doesn't take. */
  setOption(name: TransactionOptionName, value: OptionValue): void {
    if (this.#active !== undefined) {
      this.#active.tn.setOption(name, value)
      this.#active.options.set(name, value)
      return
    }
    // The option is tried at once, so that the error comes here and not with the next command.
    this.#database()
      .createTransaction({ [name]: value })
      [Symbol.dispose]()
    this.#options.set(name, value)
  }

  clearOption(name: TransactionOptionName): void {
    if (this.#active !== undefined) {
      throw new ShellError('an option of an open transaction stays on until its end')
    }
    if (!this.#options.delete(name)) throw new ShellError(`${name} is not on`)
  }

  /** @returns whether an open transaction was dropped. */
  close(): boolean {
    return this.#close()
  }
}
