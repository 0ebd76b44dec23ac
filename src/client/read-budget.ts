import type { Environment, TimerHandle } from '../native/environment.ts'

/** What one attempt of a transaction may use. What is left out is not limited. */
export interface Budget {
  /** Keys that it reads, also those that are not there. */
  readonly keys?: number
  /** Bytes of the keys and values that it reads. */
  readonly bytes?: number
  /** Milliseconds from its start to its commit, by the clock of the environment. */
  readonly milliseconds?: number
}

/**
 * A transaction used more than its budget. It was cancelled and not committed.
 *
 * @example
 * try {
 *   await db.doTransaction((tn) => tn.getRangeAll('a', 'z'), { budget: { keys: 1000 } })
 * } catch (error) {
 *   if (error instanceof BudgetExceededError) console.error(error.limited, error.limit, error.used)
 * }
 */
export class BudgetExceededError extends Error {
  override readonly name = 'BudgetExceededError'
  /** For programs that look at codes. */
  readonly code = 'ERR_FDBKIT_BUDGET'
  /** Which limit it was. */
  readonly limited: keyof Budget
  /** What the budget allows. */
  readonly limit: number
  /** What the attempt used. */
  readonly used: number

  /** @internal */
  constructor(limited: keyof Budget, limit: number, used: number) {
    super(
      `the transaction used ${used} ${limited}, and its budget is ${limit}: read less in one ` +
        'transaction, cut the range with longScan, or raise the budget',
    )
    this.limited = limited
    this.limit = limit
    this.used = used
  }
}

/** Throws for wrong types before anything is read. */
export function checkBudget(budget: Budget): Budget {
  for (const name of Object.keys(budget) as (keyof Budget)[]) {
    const value: unknown = budget[name]
    if (name !== 'keys' && name !== 'bytes' && name !== 'milliseconds') {
      throw new TypeError(`a budget has keys, bytes and milliseconds, and no ${String(name)}`)
    }
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) {
      throw new TypeError(`${name} of a budget is a number, 0 or more`)
    }
  }
  return budget
}

/** What an attempt of a transaction has used. */
export interface Usage {
  /** Keys that it read, also those that were not there. */
  readonly keysRead: number
  /** Bytes of the keys and values that it read. */
  readonly bytesRead: number
  /** Calls of its that write: set, clear, atomic operations. */
  readonly writes: number
}

/** Counts what an attempt uses, and stops it above the limit. */
export class ReadBudget {
  readonly #limits: Budget
  readonly #environment: Environment
  readonly #stop: () => void
  #keys = 0
  #bytes = 0
  #writes = 0
  #start = 0
  #timer: TimerHandle
  #exceeded: BudgetExceededError | undefined
  #fail: ((error: Error) => void) | undefined

  /** @param stop cancels what is under way. */
  constructor(limits: Budget, environment: Environment, stop: () => void) {
    this.#limits = checkBudget(limits)
    this.#environment = environment
    this.#stop = stop
  }

  /** A new attempt begins, with nothing used. */
  begin(): void {
    this.end()
    this.#keys = 0
    this.#bytes = 0
    this.#writes = 0
    this.#start = this.#environment.now()
    const { milliseconds } = this.#limits
    if (milliseconds === undefined || milliseconds === Infinity) return
    this.#timer = this.#environment.setTimer(milliseconds, () => {
      this.#exceed('milliseconds', this.#environment.now() - this.#start)
    })
  }

  /** What the work gives, or the error once the budget is exceeded: the work may wait for something else. */
  race<T>(work: PromiseLike<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject
      Promise.resolve(work).then(resolve, reject)
    })
  }

  /** The attempt is over: the clock stops. */
  end(): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer)
    this.#timer = undefined
  }

  get usage(): Usage {
    return { keysRead: this.#keys, bytesRead: this.#bytes, writes: this.#writes }
  }

  /** Throws what was exceeded before. */
  assertKept(): void {
    if (this.#exceeded !== undefined) throw this.#exceeded
  }

  /** Throws what is exceeded now; the attempt can't go on. */
  check(): void {
    this.assertKept()
    const { milliseconds = Infinity } = this.#limits
    const elapsed = this.#environment.now() - this.#start
    if (elapsed > milliseconds) this.#exceed('milliseconds', elapsed)
    this.assertKept()
  }

  /** Counts what was read, and throws above a limit. */
  count(keys: number, bytes: number): void {
    this.#keys += keys
    this.#bytes += bytes
    const { keys: maxKeys = Infinity, bytes: maxBytes = Infinity } = this.#limits
    if (this.#keys > maxKeys) this.#exceed('keys', this.#keys)
    else if (this.#bytes > maxBytes) this.#exceed('bytes', this.#bytes)
    this.check()
  }

  countWrite(): void {
    this.#writes++
  }

  /** Counts what a batch of a range holds. */
  countEntries(entries: readonly (readonly [Uint8Array, Uint8Array])[]): void {
    let bytes = 0
    for (const [key, value] of entries) bytes += key.length + value.length
    this.count(entries.length, bytes)
  }

  #exceed(limited: keyof Budget, used: number): void {
    if (this.#exceeded !== undefined) return
    this.#exceeded = new BudgetExceededError(limited, this.#limits[limited] as number, used)
    this.#fail?.(this.#exceeded)
    this.#stop()
  }
}
