// The directory layer: paths of names that stand for short prefixes, shared with the official clients.

import { encoders } from '../../client/keys/encoders.ts'
import type { GetSubspace, Subspace } from '../../client/keys/subspace.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import { pack } from '../tuple/tuple.ts'
import type { TupleItem, UnpackedItem } from '../tuple/tuple.ts'
import { DirectoryError } from './directory-error.ts'
import { transact } from './transact.ts'
import type { AnyDatabaseOrTransaction } from './transact.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkPlace } from '../../client/keys/given-scope.ts'

type TupleKey = TupleItem | readonly TupleItem[]

/** Of 8 bytes, little-endian. */
const ONE = Buffer.of(1, 0, 0, 0, 0, 0, 0, 0)

/** Signed, 8 bytes, little-endian: what the atomic addition works on. */
function countOf(bytes: Buffer): number {
  if (bytes.length === 8) return checkedNumber(Number(bytes.readBigInt64LE()))
  throw new DirectoryError('damaged', `a counter of the allocator has ${bytes.length} bytes`)
}

function checkedNumber(item: UnpackedItem | undefined): number {
  if (typeof item === 'number' && Number.isSafeInteger(item) && item >= 0) return item
  throw new DirectoryError('damaged', 'the allocator holds a number that it never writes')
}

/** Small windows keep prefixes short, large ones keep concurrent allocations apart. */
function windowSize(start: number): number {
  if (start < 255) return 64
  return start < 65535 ? 1024 : 8192
}

interface Window {
  readonly start: number
  readonly size: number
}

/**
 * Gives out short byte strings, each once, to many transactions at a time with few conflicts. It draws
 * from a window of numbers that moves on once half of it is taken; `recent` holds what is taken of the
 * window, `counters` how many were tried at each window's start. Two transactions conflict only when they
 * draw the same number.
 *
 * The layout and the steps are those of the official clients, which can allocate from the same subspace
 * at the same time.
 *
 * @example
 * const allocator = new HighContentionAllocator(db.getSubspace().at('ids'))
 * const id = await db.doTransaction((tn) => allocator.allocate(tn))
 */
export class HighContentionAllocator {
  readonly #counters: Subspace<TupleKey, UnpackedItem[]>
  readonly #recent: Subspace<TupleKey, UnpackedItem[]>

  /** @param subspace all of it belongs to the allocator; keys in it are tuples. */
  constructor(subspace: GetSubspace<never, unknown, never, unknown>) {
    checkPlace(subspace, 'subspace of new HighContentionAllocator')
    const tuples = subspace.getSubspace().withKeyEncoding(encoders.tuple)
    this.#counters = tuples.at([0]).withValueEncoding()
    this.#recent = tuples.at([1]).withValueEncoding()
  }

  /**
   * Allocates in this transaction: the number is taken when it commits. May be called several times at
   * once. Draws from the environment of the database.
   *
   * @returns a packed tuple of one integer.
   */
  allocate(scope: AnyDatabaseOrTransaction): Promise<Buffer> {
    return transact(scope, async (tn) => {
      // Ends by itself: after 5 seconds the cluster refuses the reads of a transaction.
      for (;;) {
        const window = await this.#currentWindow(tn)
        const candidate = await this.#draw(tn, window)
        if (candidate !== undefined) return pack([candidate])
      }
    })
  }

  /** Start of the newest window, as the transaction sees it; undefined before the first allocation. */
  async #latestStart(tn: Transaction): Promise<number | undefined> {
    const counters = tn.at(this.#counters).snapshot()
    const [latest] = await counters.getRangeAllStartsWith([], { limit: 1, reverse: true })
    if (latest === undefined) return undefined
    countOf(latest[1])
    return checkedNumber(latest[0][0])
  }

  /** Counts this allocation in the newest window, and moves the window on when it is half full. */
  async #currentWindow(tn: Transaction): Promise<Window> {
    let start = (await this.#latestStart(tn)) ?? 0
    for (let advanced = false; ; advanced = true) {
      // No await from the clears to the read: other allocations of this transaction come before or after.
      if (advanced) this.#forgetBefore(tn, start)
      const counters = tn.at(this.#counters)
      counters.add([start], ONE)
      const counted = await counters.snapshot().get([start])
      const count = counted === undefined ? 0 : countOf(counted)
      const size = windowSize(start)
      if (count * 2 < size) return { start, size }
      start += size
    }
  }

  #forgetBefore(tn: Transaction, start: number): void {
    tn.at(this.#counters).clearRange([], [start])
    const recent = tn.at(this.#recent)
    recent.setOption('next_write_no_write_conflict_range')
    recent.clearRange([], [start])
  }

  /** A number of the window that nobody has; undefined when the window has moved on meanwhile. */
  async #draw(tn: Transaction, { start, size }: Window): Promise<number | undefined> {
    const recent = tn.at(this.#recent)
    for (;;) {
      const candidate = start + Math.floor(tn.environment.random() * size)
      // The read goes first and the write follows at once, so that of two allocations in this transaction
      // one sees the other. The write alone is no conflict: only who keeps the number adds that.
      const latest = this.#latestStart(tn)
      const taken = recent.exists([candidate])
      recent.setOption('next_write_no_write_conflict_range')
      recent.set([candidate], '')
      const [latestStart = 0, isTaken] = await Promise.all([latest, taken])
      if (latestStart > start) return undefined
      if (!isTaken) {
        recent.conflicts.addWriteKey([candidate])
        return candidate
      }
    }
  }
}

kind(HighContentionAllocator, 'HighContentionAllocator')
