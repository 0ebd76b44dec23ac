import { FDBError } from '../../native/errors/errors.ts'
import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { KeyValue } from '../../future/handles/transaction-handle.ts'
import type { AllKeys } from '../keys/all-keys.ts'
import { strNext } from '../keys/bytes.ts'
import { keySelector } from '../keys/key-selector.ts'
import { isGetSubspace } from '../keys/subspace.ts'
import type { GetSubspace } from '../keys/subspace.ts'
import { byteRange, decodeEntries } from '../ranges/range-ends.ts'
import type { TransactionSettings } from '../run/run-options.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { checkDatabase } from '../keys/given-scope.ts'

/** Part of a long scan. */
export interface ScanBatch<Key, Value> {
  /** In the order of the scan. */
  readonly entries: [key: Key, value: Value][]
  /** Pass it as `after` to go on behind this batch, also in another process. */
  readonly cursor: Buffer
}

/** How a long scan goes on. */
export interface LongScanOptions {
  /** Go on behind the cursor of a batch. */
  readonly after?: Uint8Array | undefined
  /** From the last key to the first. */
  readonly reverse?: boolean
  /** At most this many keys in a batch; 1,000 unless set. */
  readonly batchKeys?: number
  /** A batch ends once it has this many bytes; 1,000,000 unless set. */
  readonly batchBytes?: number
  /** A transaction reads for at most this many milliseconds, before the next takes over; 1,000 unless set. */
  readonly transactionMilliseconds?: number
  /** Ends the scan, which throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Options of each transaction; `retryLimit` counts errors without a batch in between. */
  readonly transaction?: TransactionSettings
}

/** The whole database, as a scan reads it: in transactions of its own. */
export interface ScannedDatabase {
  /** Clock and timers. */
  readonly environment: Environment
  /** Another transaction, when the one before is old or failed. */
  createTransaction(options?: TransactionSettings): Transaction
}

/** What can be scanned: a scope of a database. */
export interface ScanScope<KeyIn, KeyOut, ValIn, ValOut> extends GetSubspace<
  KeyIn,
  KeyOut,
  ValIn,
  ValOut
> {
  /** The whole key space with plain keys and values. */
  getRoot(): ScannedDatabase
}

const KNOWN = knownOptions<LongScanOptions>('a long scan', {
  after: true,
  reverse: true,
  batchKeys: true,
  batchBytes: true,
  transactionMilliseconds: true,
  signal: true,
  transaction: true,
})

/** A range in bytes. */
export interface Bounds {
  begin: Uint8Array
  end: Uint8Array
}

function positive(value: number, what: string): number {
  if (Number.isInteger(value) && value > 0 && value < 2 ** 31) return value
  throw new TypeError(`${what} of a long scan is a positive integer, not ${String(value)}`)
}

/**
 * Reads a range that is too large for one transaction, in as many as it takes: batches in key order. After
 * `transaction_too_old` and every other error that another attempt may cure, it goes on behind the last key it gave.
 *
 * Each key that is there during the whole scan comes exactly once. It is not one snapshot: each batch is one,
 * but later batches see later writes, so a key that is written meanwhile comes with its old or new value, or not at all.
 * A batch that was given is not read again; a program that restarts with a stored `cursor` sees a
 * batch again when it had not stored its cursor: at least once, and exactly once when the cursor is stored in
 * the transaction that does the batch's work. Reads are snapshot reads.
 *
 * @param start a key; without an `end`, a prefix; or {@link allKeys}.
 * @throws FDBError that no other attempt cures; the reason of the signal.
 * @example
 * for await (const { entries, cursor } of longScan(db, 'a', 'z')) console.log(entries.length, cursor)
 */
export async function* longScan<KeyIn, KeyOut, ValIn, ValOut>(
  db: ScanScope<KeyIn, KeyOut, ValIn, ValOut>,
  start: KeyPrefix<KeyIn> | AllKeys,
  end?: KeyPrefix<KeyIn>,
  options: LongScanOptions = {},
): AsyncGenerator<ScanBatch<KeyOut, ValOut>, void, undefined> {
  // Whatever has the two will do.
  if (!isGetSubspace(db) || typeof db.getRoot !== 'function') checkDatabase(db, 'db of longScan')
  checkOptions(KNOWN, options)
  const subspace = db.getSubspace()
  for await (const raw of scan(db.getRoot(), byteRange(subspace, start, end), options)) {
    yield { entries: decodeEntries(subspace, raw), cursor: raw.at(-1)![0] }
  }
}

/** The batches of a long scan as they are, none of them empty. */
export async function* scan(
  db: ScannedDatabase,
  bounds: Bounds,
  options: LongScanOptions,
): AsyncGenerator<KeyValue[], void, undefined> {
  const batches = new LongScan(db, bounds, options)
  try {
    while (!batches.done) {
      const raw = await batches.next()
      if (raw.length > 0) yield raw
    }
  } finally {
    batches.close()
  }
}

/** The scan in bytes: one transaction at a time, replaced when it is old or failed. */
class LongScan {
  readonly #db: ScannedDatabase
  readonly #options: LongScanOptions
  readonly #keys: number
  readonly #bytes: number
  readonly #age: number
  #bounds: Bounds
  #tn: Transaction | undefined
  #since = 0
  #failed = false
  done = false

  constructor(db: ScannedDatabase, bounds: Bounds, options: LongScanOptions) {
    this.#db = db
    this.#options = options
    this.#keys = positive(options.batchKeys ?? 1000, 'batchKeys')
    this.#bytes = positive(options.batchBytes ?? 1_000_000, 'batchBytes')
    this.#age = positive(options.transactionMilliseconds ?? 1000, 'transactionMilliseconds')
    this.#bounds = bounds
    if (options.after !== undefined) this.#goOn(options.after)
  }

  async next(): Promise<KeyValue[]> {
    const { signal } = this.#options
    for (;;) {
      signal?.throwIfAborted()
      const tn = this.#transaction()
      try {
        return await this.#read(tn)
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof FDBError)) throw error
        this.#failed = true
        await tn.onError(error.code, { signal })
        tn.restoreOptions()
      }
    }
  }

  async #read(tn: Transaction): Promise<KeyValue[]> {
    const { begin, end } = this.#bounds
    const { results, more } = await tn
      .snapshot()
      .native.getRange(keySelector.from<Uint8Array>(begin), keySelector.from<Uint8Array>(end), {
        limit: this.#keys,
        targetBytes: this.#bytes,
        streamingMode: StreamingMode.WantAll,
        reverse: this.#options.reverse ?? false,
        signal: this.#options.signal,
      })
    const last = results.at(-1)
    if (last !== undefined) this.#goOn(last[0])
    this.done = !more
    // After progress the next transaction begins with a short wait and a full count of retries again.
    if (this.#failed) this.close()
    return results
  }

  #goOn(cursor: Uint8Array): void {
    if (this.#options.reverse === true) this.#bounds = { begin: this.#bounds.begin, end: cursor }
    else this.#bounds = { begin: strNext(cursor), end: this.#bounds.end }
  }

  #transaction(): Transaction {
    const now = this.#db.environment.now()
    if (!this.#failed && now - this.#since >= this.#age) this.close()
    if (this.#tn === undefined) {
      this.#tn = this.#db.createTransaction(this.#options.transaction)
      this.#since = now
    }
    return this.#tn
  }

  close(): void {
    this.#tn?.[Symbol.dispose]()
    this.#tn = undefined
    this.#failed = false
  }
}
