import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { HeldLease } from './held-lease.ts'
import { Lock } from './lock.ts'
import type { LockOptions } from './lock.ts'
import type { AnyScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkDatabase } from '../../client/keys/given-scope.ts'
import { checkFunction, checkText } from '../../native/values/arguments.ts'

/** How a candidate waits. */
export interface CampaignOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal
}

const KNOWN = knownOptions<CampaignOptions>('a campaign', { signal: true })

/**
 * One leader among many candidates: who holds the lease. `leader()` tells everyone who it is; `term` grows with each.
 *
 * By their own clocks, two candidates never lead at once as long as clocks run at about the same rate. A transaction
 * with `leadership.guard(tn)` is exact in any case.
 *
 * @example
 * const election = new LeaderElection(db.at('leader/'), 'host-7')
 * await election.lead(async (leadership) => {
 *   await db.doTransaction((tn) => leadership.guard(tn))
 *   console.log(`leads in term ${leadership.token}`)
 * })
 */
export class LeaderElection {
  readonly #lock: Lock
  readonly #candidate: string

  /**
   * @param db the scope of this election alone.
   * @param candidate the name that `leader` tells.
   */
  constructor(db: AnyScope<never, unknown>, candidate: string, options: LockOptions = {}) {
    checkDatabase(db, 'db of new LeaderElection')
    checkText('candidate', candidate)
    this.#lock = new Lock(db, options)
    this.#candidate = candidate
  }

  /**
   * Waits until this candidate is the leader; release what it gives to resign.
   *
   * @throws the reason of the signal, or RunAbortedError, as `Lock` does.
   */
  async campaign(options: CampaignOptions = {}): Promise<HeldLease> {
    checkOptions(KNOWN, options)
    return await this.#lock.acquire({ ...options, name: this.#candidate })
  }

  /** Waits until this candidate leads, runs `work`, and resigns when that settles. */
  async lead<T>(
    work: (leadership: HeldLease) => Promise<T>,
    options: CampaignOptions = {},
  ): Promise<T> {
    checkFunction('work', work)
    const leadership = await this.campaign(options)
    try {
      return await work(leadership)
    } finally {
      await leadership.release()
    }
  }

  /** Name and term of the leader on record, which may have died since; undefined without one. */
  async leader(): Promise<{ name: string; term: bigint } | undefined> {
    const holder = await this.#lock.holder()
    return holder === undefined ? undefined : { name: holder.name, term: holder.token }
  }
}

kind(LeaderElection, 'LeaderElection')
