import { checkIsObject, checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { pack, unpack } from '../../layers/tuple/tuple.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import { Once } from '../ground/once.ts'
import { recipeScope } from '../ground/scope.ts'
import type { AnyScope, RawScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { shown } from '../../native/values/describe.ts'

/** A bucket of permits that fills up over time. */
export interface RateLimiterOptions {
  /** Permits that the bucket holds at most, and at first. */
  readonly capacity: number
  /** Permits that come back each second. */
  readonly perSecond: number
  /**
   * `environment`, the default: the clock of the environment, for limiters that share one (a process, a simulation).
   * `versions`: that of the cluster, a million versions a second, for limiters in many processes, whose own
   * clocks have nothing in common.
   */
  readonly clock?: 'environment' | 'versions'
}

const KNOWN = knownOptions<RateLimiterOptions>('a rate limiter', {
  capacity: true,
  perSecond: true,
  clock: true,
})

/** Whether permits were taken; if not, how long until there are enough. */
export interface Permission {
  /** They were taken. */
  readonly granted: boolean
  /** 0 when they were; else until there are enough, unless others take them. */
  readonly waitMilliseconds: number
}

/**
 * A rate limit that many share: a token bucket in one key. In any span of t seconds it grants at most
 * `capacity + perSecond * t` permits. Each `take` that resolves took its permits once, also under
 * `commit_unknown_result`. Takers conflict with each other: for large rates use a limiter a part.
 *
 * @example
 * const limiter = new RateLimiter(db.at('limit/mail/'), { capacity: 10, perSecond: 2, clock: 'versions' })
 * const { granted, waitMilliseconds } = await limiter.take()
 */
export class RateLimiter {
  readonly #bucket: RawScope
  readonly #once: Once
  readonly #options: RateLimiterOptions

  /** @param db the scope of this limiter alone. */
  constructor(db: AnyScope<never, unknown>, options: RateLimiterOptions) {
    checkIsObject(KNOWN.whose, options)
    checkOptions(KNOWN, options)
    for (const name of ['capacity', 'perSecond'] as const) {
      const value = options[name]
      if (!(Number.isFinite(value) && value > 0)) {
        throw new TypeError(`${name} of a rate limiter is a number above 0, not ${shown(value)}`)
      }
    }
    const { clock = 'environment' } = options
    if (clock !== 'environment' && clock !== 'versions') {
      throw new TypeError(`clock of a rate limiter is 'environment' or 'versions'`)
    }
    const scope = recipeScope(db, 'RateLimiter').withValueEncoding()
    this.#bucket = scope.at(['bucket'])
    this.#once = new Once(scope.at(['once']))
    this.#options = options
  }

  /** Takes permits if there are enough, all or none. */
  take(permits = 1): Promise<Permission> {
    const { capacity } = this.#options
    if (typeof permits !== 'number' || !(permits > 0 && permits <= capacity)) {
      throw new TypeError(`permits is a number above 0, at most the capacity of ${capacity}`)
    }
    return this.#once.run((tn) => this.#take(tn, permits))
  }

  async #take(tn: Transaction, permits: number): Promise<Permission> {
    const { capacity, perSecond } = this.#options
    const bucket = tn.at(this.#bucket)
    const [now, bytes] = await Promise.all([this.#now(tn), bucket.get([])])
    const [left, at] = bytes === undefined ? [capacity, now] : (unpack(bytes) as [number, number])
    const elapsed = Math.max(0, now - at)
    const filled = Math.min(capacity, left + (elapsed / 1000) * perSecond)
    const granted = filled >= permits
    if (!granted) {
      return { granted, waitMilliseconds: Math.ceil(((permits - filled) / perSecond) * 1000) }
    }
    // A clock behind the last taker's neither fills the bucket nor sets the time back.
    bucket.set([], pack([filled - permits, Math.max(now, at)]))
    return { granted, waitMilliseconds: 0 }
  }

  /** Milliseconds. */
  async #now(tn: Transaction): Promise<number> {
    if (this.#options.clock !== 'versions') return tn.environment.now()
    return Number(await tn.getReadVersion()) / 1000
  }

  /** Takes away what the last operations left behind to stay exactly-once. */
  sweep(): Promise<void> {
    return this.#once.sweep()
  }
}

kind(RateLimiter, 'RateLimiter')
