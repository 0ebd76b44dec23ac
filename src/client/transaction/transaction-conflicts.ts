import type { KeyPrefix } from '../keys/key-prefix.ts'
import type { KeyRange } from '../../future/handles/transaction-handle.ts'
import { ConflictRangeType } from '../../native/generated/conflict-range-type.ts'
import { TransactionView } from '../attempt/transaction-view.ts'
import { strNext } from '../keys/bytes.ts'
import { root } from '../keys/subspace.ts'
import { wholeRange } from '../ranges/range-reads.ts'
import { kind } from '../../native/values/kinds.ts'

/** Where the client keeps the ranges of a transaction, among the special keys. */
export const CONFLICT_SPACES = {
  conflicting: '/transaction/conflicting_keys/',
  read: '/transaction/read_conflict_range/',
  write: '/transaction/write_conflict_range/',
} as const

const SPECIAL = Buffer.from([0xff, 0xff])
/** The value of the key that begins a range; that of its end is `0`. */
const BEGINS = '1'

/**
 * What makes a transaction conflict: ranges that it adds by hand, and those that it has. `tn.conflicts`.
 *
 * @example tn.conflicts.addReadKey('config')
 */
export class TransactionConflicts<KeyIn> {
  readonly #view: TransactionView<KeyIn, unknown, never, unknown>

  /** @internal Use `tn.conflicts`. */
  constructor(view: TransactionView<KeyIn, unknown, never, unknown>) {
    this.#view = view
  }

  /**
   * Conflicts as if the range had been read: with transactions that write to it before this one commits.
   * `fdb_transaction_add_conflict_range`.
   *
   * @example tn.conflicts.addReadRange('a', 'b')
   */
  addReadRange(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>): void {
    this.#addRange(start, end, ConflictRangeType.Read)
  }

  /**
   * Conflicts as if the key had been read.
   *
   * @example tn.conflicts.addReadKey('config')
   */
  addReadKey(key: KeyIn): void {
    this.#addKey(key, ConflictRangeType.Read)
  }

  /**
   * Conflicts as if the range had been written: transactions that read from it fail when this one commits
   * first. `fdb_transaction_add_conflict_range`.
   *
   * @example tn.conflicts.addWriteRange('a', 'b')
   */
  addWriteRange(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>): void {
    this.#addRange(start, end, ConflictRangeType.Write)
  }

  /**
   * Conflicts as if the key had been written.
   *
   * @example tn.conflicts.addWriteKey('generation')
   */
  addWriteKey(key: KeyIn): void {
    this.#addKey(key, ConflictRangeType.Write)
  }

  /**
   * What the last commit conflicted with: ranges that this transaction read and others wrote. For whoever caught
   * `not_committed` (1020), and for the attempt that follows. Empty unless the option `report_conflicting_keys` was set
   * before the commit. Read from the special keys, which API version 630 and later have.
   *
   * @example
   * const tn = db.createTransaction({ report_conflicting_keys: true })
   * await tn.get('a')
   * tn.set('b', 'c')
   * await db.set('a', 'changed')
   * try {
   *   await tn.commit()
   * } catch {
   *   for (const { begin } of await tn.conflicts.getConflicting()) console.log(String(begin)) // a
   * } finally {
   *   tn.close()
   * }
   */
  getConflicting(): Promise<KeyRange[]> {
    return this.#ranges('conflicting')
  }

  /**
   * The ranges that this transaction has read so far, of which a commit of others makes it conflict.
   *
   * @example for (const { begin, end } of await tn.conflicts.getRead()) console.log(begin, end)
   */
  getRead(): Promise<KeyRange[]> {
    return this.#ranges('read')
  }

  /**
   * The ranges that this transaction has written so far, which make others conflict.
   *
   * @example for (const { begin, end } of await tn.conflicts.getWritten()) console.log(begin, end)
   */
  getWritten(): Promise<KeyRange[]> {
    return this.#ranges('write')
  }

  #addRange(start: KeyPrefix<KeyIn>, end: KeyPrefix<KeyIn>, type: ConflictRangeType): void {
    const { context, subspace } = this.#view
    context.handle.addConflictRange(subspace.packKey(start), subspace.packKey(end), type)
  }

  #addKey(key: KeyIn, type: ConflictRangeType): void {
    const { context, subspace } = this.#view
    const packed = subspace.packKey(key)
    context.handle.addConflictRange(packed, strNext(packed), type)
  }

  #ranges(space: keyof typeof CONFLICT_SPACES): Promise<KeyRange[]> {
    return this.#view.context.handOut(this.#read(space))
  }

  /** From the special keys: a key where each range begins and one where it ends, behind the name of the space. */
  async #read(space: keyof typeof CONFLICT_SPACES): Promise<KeyRange[]> {
    const whole = new TransactionView(this.#view.context, root, true)
    const prefix = Buffer.concat([SPECIAL, Buffer.from(CONFLICT_SPACES[space])])
    const markers = await wholeRange(whole, prefix, Buffer.concat([prefix, SPECIAL]))
    const ranges: KeyRange[] = []
    let begin: Buffer | undefined
    for (const [marker, value] of markers) {
      const key = marker.subarray(prefix.length)
      if (value.toString() === BEGINS) begin ??= key
      else if (begin !== undefined) {
        ranges.push({ begin, end: key })
        begin = undefined
      }
    }
    return ranges
  }
}

kind(TransactionConflicts, 'TransactionConflicts')
