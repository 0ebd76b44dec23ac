import type { Transaction } from '../../client/transaction/transaction.ts'
import type { Attempt } from '../../client/run/retry-loop.ts'
import { unboundVersionstamp } from '../../layers/tuple/tuple-item.ts'
import type { TupleItem } from '../../layers/tuple/tuple-item.ts'
import { Once } from '../ground/once.ts'
import { recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RawScope, RecipeScope } from '../ground/scope.ts'
import { uniqueId } from '../ground/unique-id.ts'

/** So many claims are served by one transaction. */
const SERVED_AT_ONCE = 32

type Taken<T> =
  { readonly kind: 'item'; readonly value: T } | { readonly kind: 'empty' | 'claimed' }

/**
 * A queue: first in, first out, for any number of processes.
 *
 * - `push` appends under the versionstamp of its commit, so pushes conflict with nothing, and the order is that of
 *   the commits. Items of one transaction keep their order.
 * - `pop` takes the first item. One that conflicts with another `pop` puts itself in line with a claim;
 *   whoever comes next serves claims from the front, many in a transaction, oldest claim first. So
 *   under contention each transaction that is applied serves up to 32, and nobody is passed by for ever.
 *
 * Guarantees: each push that resolves is in the queue once, each item is given to one `pop`, also under
 * `commit_unknown_result`. A process that dies in `pop` may take its item with it: to survive that, pop with
 * `popIn` in the transaction that does the work.
 *
 * @example
 * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.json))
 * await jobs.push({ send: 'mail' })
 * const job = await jobs.pop() // undefined when the queue is empty
 */
export class Queue<ValIn, ValOut> {
  readonly #items: RecipeScope<ValIn, ValOut>
  /** Claims in line: [stamp, id]. */
  readonly #claims: RawScope
  /** What was given to a claim: [id]. */
  readonly #given: RawScope
  readonly #rawItems: RawScope
  readonly #once: Once

  /** @param db the scope of this queue alone, with the encoding of its values. */
  constructor(db: AnyScope<ValIn, ValOut>) {
    const scope = recipeScope(db)
    this.#items = scope.at(['item'])
    const raw = scope.withValueEncoding()
    this.#rawItems = raw.at(['item'])
    this.#given = raw.at(['given'])
    this.#claims = raw.at(['claim'])
    this.#once = new Once(raw.at(['once']))
  }

  /** Appends a value, exactly once. */
  push(value: ValIn): Promise<void> {
    return this.#once.run((tn) => this.pushIn(tn, value))
  }

  /**
   * Appends a value as part of a transaction. What happens under `commit_unknown_result` is up to that
   * transaction's function: see `Once`.
   */
  pushIn(tn: AnyTransaction, value: ValIn): void {
    tn.at(this.#items).versionstamps.setKey([unboundVersionstamp()], value, false)
  }

  /** Takes the first value, exactly once; undefined when the queue is empty. */
  async pop(): Promise<ValOut | undefined> {
    const id = uniqueId(this.#items.environment)
    const taken = await this.#once.run((tn, attempt) => this.#takeOrClaim(tn, attempt, id))
    if (taken.kind === 'item') return taken.value
    return taken.kind === 'empty' ? undefined : this.#wait(id)
  }

  async #takeOrClaim(tn: Transaction, attempt: Attempt, id: Buffer): Promise<Taken<ValOut>> {
    const claims = tn.at(this.#claims)
    const [waiting] = await claims.snapshot().getRangeAllStartsWith([], { limit: 1 })
    if (waiting === undefined && attempt.cause?.code !== 1020) {
      const item = await this.#takeFirst(tn)
      return item === undefined ? { kind: 'empty' } : { kind: 'item', value: item.value }
    }
    claims.versionstamps.setKey([unboundVersionstamp(), id], Buffer.alloc(0), false)
    return { kind: 'claimed' }
  }

  /**
   * Takes the first value as part of a transaction; undefined when there is none. It takes no notice of
   * claims, and it conflicts with every other `pop` of the same item. The item comes back when the transaction isn't
   * committed.
   */
  popIn(tn: AnyTransaction): Promise<ValOut | undefined> {
    return tn.doTransaction(async () => (await this.#takeFirst(tn))?.value)
  }

  async #takeFirst(tn: AnyTransaction): Promise<{ value: ValOut } | undefined> {
    const items = tn.at(this.#items)
    const [first] = await items.snapshot().getRangeAllStartsWith([], { limit: 1 })
    if (first === undefined) return undefined
    // Later pushes sort behind it: only another pop of this item is a conflict.
    const key = first[0] as TupleItem[]
    items.conflicts.addReadKey(key)
    items.clear(key)
    return { value: first[1] }
  }

  /** Serves the line until the own claim was served, or the queue was empty when it was its turn. */
  async #wait(id: Buffer): Promise<ValOut | undefined> {
    for (;;) {
      const taken = await this.#once.run((tn) => this.#serve(tn, id))
      if (taken.kind === 'empty') return undefined
      if (taken.kind === 'item') return taken.value
    }
  }

  async #serve(tn: Transaction, id: Buffer): Promise<Taken<ValOut>> {
    const given = tn.at(this.#given)
    const mine = await given.get([id])
    if (mine !== undefined) {
      given.clear([id])
      return { kind: 'item', value: this.#unpack(mine) }
    }
    const claims = tn.at(this.#claims)
    const items = tn.at(this.#rawItems)
    const limit = { limit: SERVED_AT_ONCE }
    const [line, ready] = await Promise.all([
      claims.snapshot().getRangeAllStartsWith([], limit),
      items.snapshot().getRangeAllStartsWith([], limit),
    ])
    let outcome: Taken<ValOut> = { kind: 'claimed' }
    for (const [at, [claim]] of line.entries()) {
      const claimKey = claim as TupleItem[]
      const item = ready[at]
      const isMine = id.equals(claim[1] as Buffer)
      if (item === undefined && !isMine) continue
      claims.conflicts.addReadKey(claimKey)
      claims.clear(claimKey)
      if (item === undefined) return { kind: 'empty' }
      const itemKey = item[0] as TupleItem[]
      items.conflicts.addReadKey(itemKey)
      items.clear(itemKey)
      if (isMine) outcome = { kind: 'item', value: this.#unpack(item[1]) }
      else given.set([claim[1] as Buffer], item[1])
    }
    return outcome
  }

  /** The first value, left where it is; undefined when the queue is empty. */
  async peek(): Promise<ValOut | undefined> {
    const [first] = await this.#items.getRangeAllStartsWith([], { limit: 1 })
    return first?.[1]
  }

  /** Whether the queue has no item now. */
  async isEmpty(): Promise<boolean> {
    const [first] = await this.#items.getRangeAllStartsWith([], { limit: 1 })
    return first === undefined
  }

  #unpack(bytes: Buffer): ValOut {
    return this.#items.getSubspace().unpackValue(bytes)
  }

  /** Takes away what the last operations left behind to stay exactly-once. Call it before the process ends. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}
