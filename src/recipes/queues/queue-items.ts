/**
 * The items of a queue, as keys. `item` has those that can be taken, in the order of their pushes; `hidden` those that
 * can't yet, in the order of the versions from which on they can: delayed ones, and those that a consumer has leased.
 * docs/recipes.md has the layout.
 */
import { allKeys } from '../../client/keys/all-keys.ts'
import { longScan } from '../../client/scans/long-scan.ts'
import { unboundVersionstamp } from '../../layers/tuple/tuple-item.ts'
import { range, unpack } from '../../layers/tuple/tuple.ts'
import { Bell } from '../ground/bell.ts'
import { LeaseLostError } from '../ground/lease-lost-error.ts'
import type { AnyTransaction, RawScope } from '../ground/scope.ts'
import {
  VERSIONS_PER_MILLISECOND,
  after,
  hiddenKey,
  hiddenOf,
  inOrder,
  itemKey,
  itemOf,
} from './queue-layout.ts'
import type { Hidden, Item, Leased } from './queue-layout.ts'

/** So many hidden items are brought back by one transaction. */
const BROUGHT_AT_ONCE = 32
/** One transaction of less than five seconds is one moment. */
const COUNTING = { transactionMilliseconds: 4000 }

/** What a transaction sees of a queue. */
export interface Look {
  /** The first that can be taken; undefined when there is none. */
  readonly first: Item | undefined
  /** There is something to be taken, or to be brought to the dead letters. */
  readonly hasWork: boolean
  /** Milliseconds until the next hidden item can be taken; undefined when none is hidden. */
  readonly nextIn: number | undefined
}

interface Seen {
  readonly version: bigint
  readonly items: Item[]
  readonly due: Hidden[]
  readonly later: Hidden | undefined
}

/** Of a queue. Values are bytes here. */
export class QueueItems {
  readonly #scope: RawScope
  readonly #items: RawScope
  readonly #hidden: RawScope
  readonly #dead: RawScope
  readonly #maxTries: number
  /** Rung by whatever makes an item come sooner. */
  readonly bell: Bell

  constructor(scope: RawScope, maxTries: number) {
    this.#scope = scope
    this.#items = scope.at(['item'])
    this.#hidden = scope.at(['hidden'])
    this.#dead = scope.at(['dead'])
    this.#maxTries = maxTries
    this.bell = new Bell(scope.at(['bell']))
  }

  pushIn(tn: AnyTransaction, value: Uint8Array): void {
    tn.at(this.#items).versionstamps.setKey([unboundVersionstamp()], value, false)
    this.bell.ringIn(tn)
  }

  async pushLaterIn(
    tn: AnyTransaction,
    values: readonly Uint8Array[],
    delay: number,
  ): Promise<void> {
    const due = after(await tn.getReadVersion(), delay)
    const hidden = tn.at(this.#hidden)
    for (const value of values) {
      hidden.versionstamps.setKey([due, unboundVersionstamp(), 0], value, false)
    }
    this.bell.ringIn(tn)
  }

  /** What can be taken now, left where it is. */
  async look(tn: AnyTransaction): Promise<Look> {
    const { version, items, due, later } = await this.#see(tn, 1)
    const [first] = [...items, ...due.filter((hidden) => !this.#isDead(hidden))].sort(inOrder)
    const nextIn = later && Number(later.until - version) / VERSIONS_PER_MILLISECOND
    return { first, hasWork: items.length + due.length > 0, nextIn }
  }

  /** What is read of is no conflict: only what is taken is. */
  async #see(tn: AnyTransaction, limit: number): Promise<Seen> {
    const [version, hidden, items] = await Promise.all([
      tn.getReadVersion(),
      tn.at(this.#hidden).snapshot().getRangeAll(allKeys, undefined, { limit: BROUGHT_AT_ONCE }),
      tn.at(this.#items).snapshot().getRangeAll(allKeys, undefined, { limit }),
    ])
    const all = hidden.map(hiddenOf)
    const due = all.filter(({ until }) => until <= version)
    return { version, items: items.map(itemOf), due, later: all[due.length] }
  }

  /**
   * The first items that can be taken. Hidden ones whose time has come are brought back to their places, and those that
   * were tried too often go to the dead letters.
   */
  async firstIn(tn: AnyTransaction, limit: number): Promise<{ items: Item[]; version: bigint }> {
    const { version, items, due } = await this.#see(tn, limit)
    const hidden = tn.at(this.#hidden)
    for (const back of due) {
      hidden.conflicts.addReadKey(hiddenKey(back))
      hidden.clear(hiddenKey(back))
      if (this.#isDead(back)) {
        this.#buryIn(tn, back.value)
      } else {
        tn.at(this.#items).set(itemKey(back), back.value)
        items.push(back)
      }
    }
    return { items: items.sort(inOrder).slice(0, limit), version }
  }

  /** All that no consumer has, counted over as many transactions as it takes. */
  async length(): Promise<number> {
    const now = await this.#scope.doTransaction((tn) => tn.getReadVersion(), { readOnly: true })
    // The two parts are next to each other, so what moves from one to the other moves within one scan.
    const bytes = this.#scope.withKeyEncoding()
    const [from, to] = [range(['hidden']).begin, range(['item']).end]
    let count = 0
    for await (const { entries } of longScan(bytes, from, to, COUNTING)) {
      for (const [key, value] of entries) {
        const [part, ...rest] = unpack(key)
        if (part === 'item' || this.#isFree(hiddenOf([rest, value]), now)) count++
      }
    }
    return count
  }

  /** A lease that ran out was a try, a delay was none. */
  #isDead({ tries, id }: Hidden): boolean {
    return id !== undefined && tries >= this.#maxTries
  }

  #isFree(hidden: Hidden, now: bigint): boolean {
    return hidden.id === undefined || (hidden.until <= now && !this.#isDead(hidden))
  }

  /** The dead letters are a queue like this one. */
  #buryIn(tn: AnyTransaction, value: Uint8Array): void {
    new QueueItems(this.#dead, Infinity).pushIn(tn, value)
  }

  /** Only another taker of the item is a conflict: later pushes sort behind it. */
  takeIn(tn: AnyTransaction, item: Item): void {
    const items = tn.at(this.#items)
    items.conflicts.addReadKey(itemKey(item))
    items.clear(itemKey(item))
  }

  /** Puts an item back to its place. */
  putBackIn(tn: AnyTransaction, item: Item): void {
    tn.at(this.#items).set(itemKey(item), item.value)
    this.bell.ringIn(tn)
  }

  /** Takes an item for a while. */
  leaseIn(
    tn: AnyTransaction,
    item: Item,
    id: Buffer,
    version: bigint,
    milliseconds: number,
  ): Leased {
    this.takeIn(tn, item)
    const until = after(version, milliseconds)
    const leased = { ...item, tries: item.tries + 1, until, id }
    tn.at(this.#hidden).set(hiddenKey(leased), item.value)
    return leased
  }

  /**
   * Ends a lease, and the item with it.
   *
   * @throws LeaseLostError when it is no longer the caller's.
   */
  async settleIn(tn: AnyTransaction, leased: Leased): Promise<void> {
    const hidden = tn.at(this.#hidden)
    if (!(await hidden.exists(hiddenKey(leased)))) {
      throw new LeaseLostError(
        `of a message of a queue, try ${leased.tries},`,
        'it ran out, or the message was settled before; leave the work undone',
      )
    }
    hidden.clear(hiddenKey(leased))
  }

  /** Ends a lease without a result: the item comes again after the delay, or goes to the dead letters. */
  async returnIn(tn: AnyTransaction, leased: Leased, delay: number): Promise<void> {
    await this.settleIn(tn, leased)
    if (this.#isDead(leased)) return this.#buryIn(tn, leased.value)
    if (delay === 0) return this.putBackIn(tn, leased)
    const until = after(await tn.getReadVersion(), delay)
    tn.at(this.#hidden).set(hiddenKey({ ...leased, until, id: undefined }), leased.value)
    this.bell.ringIn(tn)
  }

  /** Gives a lease that nobody has used back, as if it had not been. */
  async forgetIn(tn: AnyTransaction, leased: Leased): Promise<void> {
    await this.settleIn(tn, leased)
    this.putBackIn(tn, { ...leased, tries: leased.tries - 1 })
  }

  /** A lease that begins now. */
  async extendIn(tn: AnyTransaction, leased: Leased, milliseconds: number): Promise<Leased> {
    await this.settleIn(tn, leased)
    const extended = { ...leased, until: after(await tn.getReadVersion(), milliseconds) }
    tn.at(this.#hidden).set(hiddenKey(extended), leased.value)
    return extended
  }
}
