import type { Environment, TimerHandle } from '../../native/environment/environment.ts'
import { isMarkedMaybeCommitted, markMaybeCommitted } from '../../native/errors/errors.ts'
import { brand } from '../../native/values/kinds.ts'

/** What one attempt of a transaction may use. What is left out is not limited. */
export interface Budget {
  /** Keys that it reads, also those that are not there. */
  readonly keys?: number
  /** Bytes of the keys and values that it reads. */
  readonly bytes?: number
  /** Milliseconds from its start until its commit is sent, by the clock of the environment. */
  readonly milliseconds?: number
}

/**
 * An attempt of a transaction used more than its budget before its commit was sent. It was cancelled, and nothing of it
 * is applied. `maybeCommitted` tells of commits of the same run before it. A commit that was sent is never cancelled
 * by a budget.
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
  constructor(limited: keyof Budget, limit: number, used: number, maybeCommitted: boolean) {
    super(
      `the transaction used ${used} ${limited}, and its budget is ${limit}: read less in one ` +
        'transaction, cut the range with longScan, or raise the budget. ' +
        (maybeCommitted
          ? 'A commit that the run had sent before may have been applied: look before you do it again'
          : 'It was not committed'),
    )
    this.limited = limited
    this.limit = limit
    this.used = used
    if (maybeCommitted) markMaybeCommitted(this)
  }

  /** An earlier commit of the same run may have been applied: of an attempt before, or called by its function. */
  get maybeCommitted(): boolean {
    return isMarkedMaybeCommitted(this)
  }
}

brand(BudgetExceededError, 'BudgetExceededError')

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

/** What a budget needs of the attempt that it is for. */
export interface BudgetOwner {
  /** A commit of the run was sent, and may have been applied. */
  readonly maybeCommitted: boolean
  /** The attempt can't go on: cancels what is under way. */
  stop(error: BudgetExceededError): void
}

/** Timers may fire early, and clocks may round: then the rest is waited for, at least so many milliseconds. */
const LEAST_REST = 1

/** Counts what one attempt uses, and stops it above the limit. */
export class ReadBudget {
  readonly #limits: Budget
  readonly #environment: Environment
  readonly #owner: BudgetOwner
  readonly #start: number
  #keys = 0
  #bytes = 0
  #writes = 0
  /** Off while a commit is under way, and after the attempt: then it counts, and stops nothing. */
  #on = true
  #timer: TimerHandle
  #exceeded: BudgetExceededError | undefined

  /** The attempt begins, with nothing used. */
  constructor(limits: Budget, environment: Environment, owner: BudgetOwner) {
    this.#limits = limits
    this.#environment = environment
    this.#owner = owner
    this.#start = environment.now()
    this.#arm()
  }

  /** A commit is sent, or the attempt is over: the clock stops. */
  stopClock(): void {
    this.#on = false
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer)
    this.#timer = undefined
  }

  /** The function has reset its transaction behind a commit of its own: the attempt goes on, and so does its clock. */
  resume(): void {
    if (this.#on) return
    this.#on = true
    this.#arm()
  }

  #arm(): void {
    const { milliseconds = Infinity } = this.#limits
    if (milliseconds === Infinity) return
    const rest = Math.max(LEAST_REST, milliseconds - this.#elapsed)
    this.#timer = this.#environment.setTimer(rest, () => {
      this.#checkClock()
      if (this.#exceeded === undefined) this.#arm()
    })
  }

  get #elapsed(): number {
    return this.#environment.now() - this.#start
  }

  get usage(): Usage {
    return { keysRead: this.#keys, bytesRead: this.#bytes, writes: this.#writes }
  }

  /** Throws what is exceeded now or was before; the attempt can't go on. */
  check(): void {
    this.#checkClock()
    if (this.#exceeded !== undefined) throw this.#exceeded
  }

  #checkClock(): void {
    const { milliseconds = Infinity } = this.#limits
    if (milliseconds === Infinity) return
    const elapsed = this.#elapsed
    if (elapsed > milliseconds) this.#exceed('milliseconds', elapsed)
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
    if (!this.#on || this.#exceeded !== undefined) return
    this.stopClock()
    const limit = this.#limits[limited] as number
    this.#exceeded = new BudgetExceededError(limited, limit, used, this.#owner.maybeCommitted)
    this.#owner.stop(this.#exceeded)
  }
}
