import { unboundVersionstamp } from '../layers/tuple/tuple-item.ts'
import { Once } from './once.ts'
import { recipeScope } from './scope.ts'
import type { AnyScope, AnyTransaction, RecipeScope } from './scope.ts'

/** What a priority may be: anything that sorts in a tuple. */
export type Priority = number | bigint | string

/**
 * A queue that gives the lowest priority first, and among equals the one that was pushed first.
 *
 * `push` conflicts with no other `push`. `pop` conflicts with another `pop`, and with a push of a lower priority than
 * the item that it took: its answer is the lowest there was, exactly.
 *
 * Guarantees: as for `Queue`: each push that resolves is in the queue once, each item is given to one `pop`.
 *
 * @example
 * const jobs = new PriorityQueue(db.at('jobs/').withValueEncoding(encoders.json))
 * await jobs.push(2, { send: 'mail' })
 * const job = await jobs.pop()
 */
export class PriorityQueue<ValIn, ValOut> {
  readonly #items: RecipeScope<ValIn, ValOut>
  readonly #once: Once

  /** @param db the scope of this queue alone, with the encoding of its values. */
  constructor(db: AnyScope<ValIn, ValOut>) {
    const scope = recipeScope(db)
    this.#items = scope.at(['item'])
    this.#once = new Once(scope.withValueEncoding().at(['once']))
  }

  /** Adds a value, exactly once. */
  push(priority: Priority, value: ValIn): Promise<void> {
    checkPriority(priority)
    return this.#once.run((tn) => this.pushIn(tn, priority, value))
  }

  /** Adds a value as part of a transaction. */
  pushIn(tn: AnyTransaction, priority: Priority, value: ValIn): void {
    checkPriority(priority)
    tn.at(this.#items).setVersionstampedKey([priority, unboundVersionstamp()], value, false)
  }

  /** Takes the first value, exactly once; undefined when there is none. */
  pop(): Promise<ValOut | undefined> {
    return this.#once.run((tn) => this.popIn(tn))
  }

  /** Takes the first value as part of a transaction; undefined when there is none. */
  async popIn(tn: AnyTransaction): Promise<ValOut | undefined> {
    const items = tn.at(this.#items)
    // No snapshot: what is read up to the first item conflicts with whoever pushes before it.
    const [first] = await items.getRangeAllStartsWith([], { limit: 1 })
    if (first === undefined) return undefined
    items.clear(first[0])
    return first[1]
  }

  /** The first value, left where it is; undefined when there is none. */
  async peek(): Promise<ValOut | undefined> {
    const [first] = await this.#items.getRangeAllStartsWith([], { limit: 1 })
    return first?.[1]
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

function checkPriority(priority: unknown): void {
  const type = typeof priority
  if (type === 'string' || type === 'bigint' || (type === 'number' && !Number.isNaN(priority)))
    return
  throw new TypeError(`priority is a number, a bigint or a string, not ${String(priority)}`)
}
