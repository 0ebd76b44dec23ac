import type { Transaction } from '../../client/transaction/transaction.ts'
import type { Subspace } from '../../client/keys/subspace.ts'
import { allKeys } from '../../client/keys/all-keys.ts'
import { concat2, type NativeValue } from '../../client/keys/bytes.ts'
import { unboundVersionstamp } from '../../layers/tuple/tuple-item.ts'
import { pack, range, unpack } from '../../layers/tuple/tuple.ts'
import { DOUBLE } from '../../layers/tuple/type-codes.ts'
import {
  BEHIND_DOUBLES,
  BEHIND_INTEGERS,
  compareNumbers,
  doubleNotBelow,
  rangesBefore,
  type ByteRange,
} from '../ground/number-order.ts'
import { Once } from '../ground/once.ts'
import { partOf, recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RecipeScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkTransaction } from '../../client/keys/given-scope.ts'
import { describe } from '../../native/values/describe.ts'

/** What a priority may be. Text sorts before all numbers, by its UTF-8; numbers and bigints as numbers do. */
export type Priority = number | bigint | string

interface Entry<Value> {
  /** Behind the prefix of the items. */
  readonly key: Buffer
  readonly priority: Priority
  /** 12 bytes: the order of the pushes. */
  readonly stamp: Buffer
  readonly value: Value
}

/** All items; those whose priority is text or packed as an integer; those whose priority is packed as a double. */
const ALL = range()
const INTEGERS = { begin: ALL.begin, end: Buffer.of(BEHIND_INTEGERS) }
const DOUBLES = { begin: Buffer.of(DOUBLE), end: Buffer.of(BEHIND_DOUBLES) }

/**
 * A queue that gives the lowest priority first, and among equals the one that was pushed first.
 *
 * Numbers and bigints are one order, and exact: -1, -0.5, 0, 0.5, 1n, 2. Equal numbers are equal priorities, -0 and
 * 0, or 2 ** 60 and 2n ** 60n; `-Infinity` and `Infinity` are before and behind all other numbers. Text is before
 * all numbers.
 *
 * `push` conflicts with no other `push`. `pop` conflicts with another `pop`, and with a push of a lower priority than
 * the item that it took: its answer is the lowest there was, exactly.
 *
 * Guarantees: as for `Queue`: each push that resolves is in the queue once, each item is given to one `pop`.
 *
 * An item's key is the tuple of its priority and the versionstamp of its push. Tuples sort all integers before
 * all doubles, so the first item is the first of one kind or of the other: `pop` reads both at once. A key whose
 * bytes sort as numbers do would save that read, but only in a queue without items of earlier versions of this
 * package, and programs with such a version would not see its items.
 *
 * @typeParam T what comes out.
 * @typeParam In what goes in, where the encoding of values takes more than it gives.
 * @example
 * const jobs = new PriorityQueue(db.at('jobs/').withValueEncoding(encoders.json))
 * await jobs.push(2, { send: 'mail' })
 * const job = await jobs.pop()
 */
export class PriorityQueue<T, In = T> {
  readonly #items: RecipeScope<In, T>
  /** The same with keys in bytes: where a number begins among other numbers is no tuple. */
  readonly #bytes: Subspace<NativeValue, Buffer, In, T>
  readonly #once: Once

  /** @param db the scope of this queue alone, with the encoding of its values. */
  constructor(db: AnyScope<In, T>) {
    const scope = recipeScope(db, 'PriorityQueue')
    this.#items = scope.at(['item'])
    this.#bytes = this.#items.getSubspace().withKeyEncoding()
    this.#once = new Once(scope.withValueEncoding().at(['once']))
  }

  /**
   * Adds a value, exactly once.
   *
   * @throws TypeError for a priority that is NaN, or no number, bigint or string.
   */
  push(priority: Priority, value: In): Promise<void> {
    checkPriority(priority)
    return this.#once.run((tn) => this.pushIn(tn, priority, value))
  }

  /**
   * Adds a value as part of a transaction.
   *
   * @throws TypeError for a priority that is NaN, or no number, bigint or string.
   */
  pushIn(tn: AnyTransaction, priority: Priority, value: In): void {
    checkTransaction(tn, 'tn of pushIn')
    checkPriority(priority)
    tn.at(this.#items).versionstamps.setKey([priority, unboundVersionstamp()], value, false)
  }

  /** Takes the first value, exactly once; undefined when there is none. */
  pop(): Promise<T | undefined> {
    return this.#once.run(async (tn) => {
      const items = tn.at(this.#bytes)
      return take(items, await firstOf(items.snapshot()))
    })
  }

  /**
   * Takes the first value as part of a transaction; undefined when there is none.
   *
   * @throws FDBError `accessed_unreadable` (1036) when a push of the same transaction is in the way: it would come
   * first, or it has an integer as its priority and what would come first has a fraction.
   */
  popIn(tn: AnyTransaction): Promise<T | undefined> {
    return partOf(tn, 'popIn', async () => {
      const items = tn.at(this.#bytes)
      return take(items, await firstInTurn(items.snapshot()))
    })
  }

  /** The first value, left where it is; undefined when there is none. */
  async peek(): Promise<T | undefined> {
    const first = await this.#items.doTransaction((tn) => firstOf(tn.at(this.#bytes).snapshot()))
    return first?.value
  }

  /** Whether the queue has no item now. */
  async isEmpty(): Promise<boolean> {
    const found = await this.#items.getRangeAll(allKeys, undefined, { limit: 1 })
    return found.length === 0
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

kind(PriorityQueue, 'PriorityQueue')

type Items<Value> = Transaction<NativeValue, Buffer, never, Value>

/** What was read but isn't taken is no conflict: only another pop of the item is, and a push before it. */
function take<Value>(items: Items<Value>, first: Entry<Value> | undefined): Value | undefined {
  if (first === undefined) {
    items.conflicts.addReadRange(ALL.begin, ALL.end)
    return undefined
  }
  for (const { begin, end } of rangesAhead(first.priority)) items.conflicts.addReadRange(begin, end)
  items.conflicts.addReadKey(first.key)
  items.clear(first.key)
  return first.value
}

/** For a transaction that pushed nothing: one round trip. */
async function firstOf<Value>(items: Items<Value>): Promise<Entry<Value> | undefined> {
  const [integer, double] = await Promise.all([
    firstIn(items, INTEGERS.begin, INTEGERS.end),
    firstIn(items, DOUBLES.begin, DOUBLES.end),
  ])
  return earlier(integer, double)
}

/**
 * For a transaction that may have pushed: what it pushed can't be read, since the stamp is not known yet, and a read
 * that fails is the end of the transaction. So the second read goes no further than to what the first one found.
 */
async function firstInTurn<Value>(items: Items<Value>): Promise<Entry<Value> | undefined> {
  const first = await firstIn(items, ALL.begin, ALL.end)
  if (first === undefined || typeof first.priority === 'string') return first
  return earlier(
    first,
    await firstIn(items, DOUBLES.begin, endOfEarlier(first.priority, first.stamp)),
  )
}

/** Before it lie the doubles that come first: smaller ones, and an equal one with an earlier stamp. */
function endOfEarlier(priority: number | bigint, stamp: Uint8Array): Buffer {
  const least = doubleNotBelow(priority)
  const behind = pack([{ type: 'double', value: least }])
  if (compareNumbers(least, priority) !== 0) return behind
  return concat2(behind, pack([{ type: 'versionstamp', value: stamp }]))
}

/** Keys are those of a tuple of the priority and the stamp. */
async function firstIn<Value>(
  items: Items<Value>,
  begin: Buffer,
  end: Buffer,
): Promise<Entry<Value> | undefined> {
  const [first] = await items.getRangeAll(begin, end, { limit: 1 })
  if (first === undefined) return undefined
  const [key, value] = first
  const [priority, stamp] = unpack(key) as [Priority, { value: Buffer }]
  return { key, priority, stamp: stamp.value, value }
}

/** Where a push would come first. */
function rangesAhead(priority: Priority): readonly ByteRange[] {
  if (typeof priority === 'string') return [{ begin: ALL.begin, end: pack([priority]) }]
  return rangesBefore(Buffer.alloc(0), priority)
}

function earlier<Value>(
  a: Entry<Value> | undefined,
  b: Entry<Value> | undefined,
): Entry<Value> | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (typeof a.priority === 'string' || typeof b.priority === 'string') return a
  const order = compareNumbers(a.priority, b.priority) || Buffer.compare(a.stamp, b.stamp)
  return order < 0 ? a : b
}

function checkPriority(priority: unknown): void {
  const type = typeof priority
  if (type === 'string' || type === 'bigint' || (type === 'number' && !Number.isNaN(priority)))
    return
  const got = type === 'number' ? 'NaN' : describe(priority)
  throw new TypeError(`priority is a number, a bigint or a string, not ${got}`)
}
