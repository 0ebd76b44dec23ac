import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { Once } from '../ground/once.ts'
import { partOf, recipeScope } from '../ground/scope.ts'
import type { AnyScope, AnyTransaction, RawScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkTransaction } from '../../client/keys/given-scope.ts'
import { shown } from '../../native/values/describe.ts'

const MAX_SHARDS = 10_000

/** How a counter is spread. */
export interface CounterOptions {
  /** Keys that it is spread over; 16 unless set. May be changed at any time. */
  readonly shards?: number
}

const KNOWN = knownOptions<CounterOptions>('a counter', { shards: true })

/**
 * A 64-bit counter that many may add to at once: `add` is an atomic operation on one of several keys, drawn at
 * random, so it conflicts with nothing and no single key takes all writes. It wraps around as 64-bit integers do.
 *
 * Guarantees: each `add` that resolves counts once, also under `commit_unknown_result`. `addIn` is part
 * of the caller's transaction, and counts as often as that is applied.
 *
 * @example
 * const visits = new ShardedCounter(db.at('visits/'))
 * await visits.add(1)
 * console.log(await visits.value())
 */
export class ShardedCounter {
  readonly #shards: RawScope
  readonly #once: Once
  readonly #count: number

  /** @param db the scope of this counter alone. */
  constructor(db: AnyScope<never, unknown>, options: CounterOptions = {}) {
    checkOptions(KNOWN, options)
    const { shards = 16 } = options
    if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS) {
      throw new TypeError(`shards of a counter is an integer from 1 to ${MAX_SHARDS}`)
    }
    const scope = recipeScope(db, 'ShardedCounter').withValueEncoding()
    this.#shards = scope.at(['shard'])
    this.#once = new Once(scope.at(['once']))
    this.#count = shards
  }

  /** Adds an integer, exactly once. */
  add(amount: bigint | number = 1n): Promise<void> {
    const wide = toInteger(amount)
    return this.#once.run((tn) => this.addIn(tn, wide))
  }

  /** Adds an integer as part of a transaction. */
  addIn(tn: AnyTransaction, amount: bigint | number): void {
    checkTransaction(tn, 'tn of addIn')
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(toInteger(amount))
    const shard = Math.floor(this.#shards.environment.random() * this.#count)
    tn.at(this.#shards).add([shard], bytes)
  }

  /** The sum at one moment. */
  value(): Promise<bigint> {
    return this.#shards.doTransaction((tn) => this.valueIn(tn.snapshot()))
  }

  /** The sum as part of a transaction: a conflict for everyone who adds, unless it is a snapshot. */
  valueIn(tn: AnyTransaction): Promise<bigint> {
    return partOf(tn, 'valueIn', async () => {
      const entries = await tn.at(this.#shards).getRangeAllStartsWith([])
      const sum = entries.reduce((total, [, bytes]) => total + bytes.readBigInt64LE(), 0n)
      return BigInt.asIntN(64, sum)
    })
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

kind(ShardedCounter, 'ShardedCounter')

function toInteger(amount: bigint | number): bigint {
  if (typeof amount !== 'bigint' && !Number.isSafeInteger(amount)) {
    throw new TypeError(`amount is a bigint or a safe integer, not ${shown(amount)}`)
  }
  const wide = BigInt(amount)
  if (BigInt.asIntN(64, wide) !== wide) throw new TypeError('amount is an integer of 64 bits')
  return wide
}
