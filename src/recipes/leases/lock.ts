import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { HeldLease } from './held-lease.ts'
import { Lease } from './lease.ts'
import { recipeScope } from '../ground/scope.ts'
import type { AnyScope, RawScope } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkText } from '../../native/values/arguments.ts'

/** How a lock behaves. */
export interface LockOptions {
  /** A holder that shows no sign of life for so long loses it; 10,000 unless set. */
  readonly leaseMilliseconds?: number
}

/** How a lock is waited for. */
export interface AcquireOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal
  /** Who holds it then, for `holder`. */
  readonly name?: string
}

const KNOWN = knownOptions<LockOptions>('a lock', { leaseMilliseconds: true })
const ACQUIRE = knownOptions<AcquireOptions>('acquire', { signal: true, name: true })

/**
 * A lock for many processes, with fencing tokens.
 *
 * A lock with a lease can't keep a holder that was asleep from going on when it wakes. Two things do: `held.guard(tn)`
 * in every transaction that the lock protects (exact), and `held.token` for what is outside of the database:
 * each holder's is larger than those before, so the other side refuses smaller ones.
 *
 * Who waits is not in line: any of them may be next.
 *
 * @example
 * const lock = new Lock(db.at('lock/report/'))
 * await using held = await lock.acquire()
 * await db.doTransaction(async (tn) => {
 *   await held.guard(tn)
 *   tn.set('report', 'done')
 * })
 */
export class Lock {
  readonly #lease: Lease
  readonly #scope: RawScope

  /** @param db the scope of this lock alone. */
  constructor(db: AnyScope<never, unknown>, options: LockOptions = {}) {
    checkOptions(KNOWN, options)
    this.#scope = recipeScope(db, 'Lock').withValueEncoding()
    this.#lease = new Lease(this.#scope, options.leaseMilliseconds ?? 10_000)
  }

  /** The lock, or undefined when another holds it. */
  async tryAcquire(name = ''): Promise<HeldLease | undefined> {
    checkText('name', name)
    const { environment } = this.#scope
    const asked = environment.now()
    const answer = await this.#lease.tryAcquire(name)
    if (!('grant' in answer)) return undefined
    return new HeldLease(this.#lease, answer.grant, environment, asked)
  }

  /**
   * Waits for the lock.
   *
   * @throws the reason of the signal, or RunAbortedError when it aborted while the lock was being taken: then nobody
   * may hold it until the lease of this call has run out.
   */
  async acquire(options: AcquireOptions = {}): Promise<HeldLease> {
    checkOptions(ACQUIRE, options)
    const { signal, name = '' } = options
    checkText('name', name)
    const { environment } = this.#scope
    for (;;) {
      signal?.throwIfAborted()
      const asked = environment.now()
      const answer = await this.#lease.tryAcquire(name, signal)
      if ('grant' in answer) return new HeldLease(this.#lease, answer.grant, environment, asked)
      await this.#lease.wait(answer.waitMilliseconds, signal)
    }
  }

  /** The name and token of the holder on record; its lease may have run out. */
  holder(): Promise<{ name: string; token: bigint } | undefined> {
    return this.#lease.holder()
  }
}

kind(Lock, 'Lock')
