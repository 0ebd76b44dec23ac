/**
 * The line in front of a queue under contention: who has lost a conflict about an item leaves a claim, and whoever comes
 * next serves claims from the front, many in a transaction.
 */
import { allKeys } from '../../client/keys/all-keys.ts'
import { unboundVersionstamp } from '../../layers/tuple/tuple-item.ts'
import type { TupleItem, TupleVersionstamp } from '../../layers/tuple/tuple-item.ts'
import type { AnyTransaction, RawScope } from '../ground/scope.ts'
import type { QueueItems } from './queue-items.ts'
import type { Item } from './queue-layout.ts'

/** So many claims are served by one transaction. */
const SERVED_AT_ONCE = 32

/** What became of a claim: an item; it was its turn, and the queue was empty; it is still in line. */
export type Served<T> =
  { readonly kind: 'item'; readonly item: T } | { readonly kind: 'empty' | 'claimed' }

export class QueueLine {
  readonly #items: QueueItems
  /** Claims: [stamp, id]. */
  readonly #claims: RawScope
  /** What was given to a claim, with its place: [id, stamp, tries]. */
  readonly #given: RawScope

  constructor(scope: RawScope, items: QueueItems) {
    this.#items = items
    this.#claims = scope.at(['claim'])
    this.#given = scope.at(['given'])
  }

  /** Somebody is in line. */
  async isUsed(tn: AnyTransaction): Promise<boolean> {
    const claims = tn.at(this.#claims).snapshot()
    return (await claims.getRangeAll(allKeys, undefined, { limit: 1 })).length > 0
  }

  /** Leaves a claim. */
  enterIn(tn: AnyTransaction, id: Buffer): void {
    const claims = tn.at(this.#claims)
    claims.versionstamps.setKey([unboundVersionstamp(), id], Buffer.alloc(0), false)
  }

  /** Serves the front of the line, and takes what was given to the claim. */
  async serveIn(tn: AnyTransaction, id: Buffer): Promise<Served<Item>> {
    const given = tn.at(this.#given)
    const [mine] = await given.getRangeAllStartsWith([id], { limit: 1 })
    if (mine !== undefined) {
      const [key, value] = mine
      given.clear(key)
      const [, stamp, tries] = key as [Buffer, TupleVersionstamp, number]
      return { kind: 'item', item: { stamp, tries, value } }
    }
    const claims = tn.at(this.#claims)
    const [line, { items }] = await Promise.all([
      claims.snapshot().getRangeAll(allKeys, undefined, { limit: SERVED_AT_ONCE }),
      this.#items.firstIn(tn, SERVED_AT_ONCE),
    ])
    let outcome: Served<Item> = { kind: 'claimed' }
    for (const [at, [claim]] of line.entries()) {
      const claimKey = claim as TupleItem[]
      const item = items[at]
      const isMine = id.equals(claim[1] as Buffer)
      if (item === undefined && !isMine) continue
      claims.conflicts.addReadKey(claimKey)
      claims.clear(claimKey)
      if (item === undefined) return { kind: 'empty' }
      this.#items.takeIn(tn, item)
      if (isMine) outcome = { kind: 'item', item }
      else given.set([claim[1] as Buffer, item.stamp, item.tries], item.value)
    }
    return outcome
  }
}
