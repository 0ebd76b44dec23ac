import type { Environment, TimerHandle } from '../../native/environment/environment.ts'
import { lostLease } from './lease.ts'
import type { Grant, Lease } from './lease.ts'
import type { AnyTransaction } from '../ground/scope.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * A lease that this process holds, and renews three times in its life until it is released. After a renewal that
 * fails or comes too late, `lost` aborts.
 *
 * @example
 * const lock = new Lock(db.at('lock/nightly/'))
 * await using held: HeldLease = await lock.acquire()
 * held.lost.addEventListener('abort', () => console.error('stop: somebody else may have it'))
 */
export class HeldLease {
  /** The fencing token: larger than that of every holder before. Pass it to what the lease protects. */
  readonly token: bigint
  readonly #lease: Lease
  readonly #grant: Grant
  readonly #environment: Environment
  readonly #lost = new AbortController()
  #validUntil: number
  #timer: TimerHandle
  /** When nobody renewed until then, another one may have it. */
  #deadline: TimerHandle
  #renewal: Promise<void> = Promise.resolve()
  #released = false

  /** @internal Use `Lock` or `LeaderElection`. */
  constructor(lease: Lease, grant: Grant, environment: Environment, asked: number) {
    this.token = grant.token
    this.#lease = lease
    this.#grant = grant
    this.#environment = environment
    this.#validUntil = asked + lease.milliseconds
    this.#schedule()
  }

  /** Aborts when the lease is lost, with the reason. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** By this process's clock, nobody else can have it. What must be exact uses `guard`. */
  get isHeld(): boolean {
    return !this.#released && !this.lost.aborted && this.#environment.now() < this.#validUntil
  }

  /**
   * Makes a transaction depend on the lease: it commits only if nobody took it over.
   *
   * @throws LeaseLostError
   */
  guard(tn: AnyTransaction): Promise<void> {
    return this.#lease.guard(tn, this.#grant)
  }

  #schedule(): void {
    this.#stopTimers()
    const environment = this.#environment
    this.#timer = environment.setTimer(this.#lease.milliseconds / 3, () => void this.renew())
    const left = Math.max(0, this.#validUntil - environment.now())
    this.#deadline = environment.setTimer(left, () => this.#lose(lostLease(this.token)))
  }

  #stopTimers(): void {
    this.#environment.clearTimer(this.#timer)
    this.#environment.clearTimer(this.#deadline)
  }

  #lose(reason: unknown): void {
    this.#stopTimers()
    this.#lost.abort(reason)
  }

  /** Renews now. The lease does it by itself; failures show in `lost`. */
  renew(): Promise<void> {
    this.#renewal = this.#renewal.then(() => this.#renewOnce())
    return this.#renewal
  }

  async #renewOnce(): Promise<void> {
    if (this.#released || this.lost.aborted) return
    const asked = this.#environment.now()
    try {
      await this.#lease.renew(this.#grant)
    } catch (error) {
      this.#lose(error)
      return
    }
    // One that came too late changes nothing: whoever listens to `lost` has stopped.
    if (this.#released || this.lost.aborted) return
    this.#validUntil = asked + this.#lease.milliseconds
    this.#schedule()
  }

  /** Gives the lease back, so that the next one gets it at once. */
  async release(): Promise<void> {
    this.#released = true
    this.#stopTimers()
    await this.#renewal
    await this.#lease.release(this.#grant)
  }

  /** As `release`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }
}

kind(HeldLease, 'HeldLease')
