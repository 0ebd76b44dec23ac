import type { Environment } from '../../native/environment/environment.ts'
import { pack, unpack } from '../../layers/tuple/tuple.ts'
import { LeaseLostError } from '../ground/lease-lost-error.ts'
import { partOf } from '../ground/scope.ts'
import type { AnyTransaction, RawScope } from '../ground/scope.ts'
import { uniqueId } from '../ground/unique-id.ts'

interface LeaseRecord {
  readonly holder: Buffer | null
  readonly token: bigint
  readonly beat: bigint
  readonly milliseconds: number
  readonly name: string
}

/** A lease that was acquired. */
export interface Grant {
  readonly holder: Buffer
  /** Larger than that of every lease before. */
  readonly token: bigint
}

/**
 * A lease in one key, for who waits and who holds. No two clocks are compared: who waits takes the lease over
 * when the record stayed the same for the time that it names, by the waiter's own clock. A holder renews by
 * changing the record. The token grows with each new holder, and is kept when the lease is released.
 *
 * The holder's id is drawn for each acquisition, so an attempt after `commit_unknown_result` finds its own record.
 */
export class Lease {
  readonly #scope: RawScope
  readonly #environment: Environment
  readonly #milliseconds: number
  #seen: { record: string; at: number } | undefined

  constructor(scope: RawScope, milliseconds: number) {
    if (!Number.isInteger(milliseconds) || milliseconds < 1) {
      throw new TypeError('leaseMilliseconds is a positive integer')
    }
    this.#scope = scope
    this.#environment = scope.environment
    this.#milliseconds = milliseconds
  }

  get milliseconds(): number {
    return this.#milliseconds
  }

  /**
   * Acquires it, or says how long to wait at most before another try can work. A signal that aborts while the commit
   * is under way may leave a record of a holder that is not there: it runs out like that of one who died.
   */
  tryAcquire(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ grant: Grant } | { waitMilliseconds: number }> {
    const holder = uniqueId(this.#environment)
    return this.#scope.doTransaction(
      async (tn) => {
        const bytes = await tn.get([])
        const found = bytes === undefined ? undefined : parse(bytes)
        if (found?.holder?.equals(holder) === true) return { grant: { holder, token: found.token } }
        if (found !== undefined && found.holder !== null) {
          const waitMilliseconds = this.#observe(bytes as Buffer, found)
          if (waitMilliseconds > 0) return { waitMilliseconds }
        }
        const token = (found?.token ?? 0n) + 1n
        tn.set([], format({ holder, token, beat: 0n, milliseconds: this.#milliseconds, name }))
        return { grant: { holder, token } }
      },
      { signal },
    )
  }

  /** Milliseconds until the record has stood still for long enough. */
  #observe(bytes: Buffer, { milliseconds }: LeaseRecord): number {
    const record = bytes.toString('latin1')
    const now = this.#environment.now()
    if (this.#seen?.record !== record) this.#seen = { record, at: now }
    return this.#seen.at + milliseconds - now
  }

  /** Shows that the holder lives. @throws LeaseLostError */
  renew(grant: Grant): Promise<void> {
    return this.#scope.doTransaction(async (tn) => {
      const record = await this.#own(tn, grant)
      tn.set([], format({ ...record, beat: record.beat + 1n }))
    })
  }

  /** Gives it back. Does nothing when it was lost. */
  release(grant: Grant): Promise<void> {
    return this.#scope.doTransaction(async (tn) => {
      const bytes = await tn.get([])
      const record = bytes === undefined ? undefined : parse(bytes)
      if (record?.holder?.equals(grant.holder) !== true) return
      tn.set([], format({ ...record, holder: null }))
    })
  }

  /**
   * Makes a transaction depend on the lease: it commits only if the lease is the grant's until then.
   *
   * @throws LeaseLostError
   */
  guard(tn: AnyTransaction, grant: Grant): Promise<void> {
    return partOf(tn, 'guard', async () => void (await this.#own(tn, grant)))
  }

  async #own(tn: AnyTransaction, { holder, token }: Grant): Promise<LeaseRecord> {
    const bytes = await tn.at(this.#scope).get([])
    const record = bytes === undefined ? undefined : parse(bytes)
    if (record?.holder?.equals(holder) !== true) throw lostLease(token)
    return record
  }

  /** Who holds it as far as the record says; it may have run out. */
  async holder(): Promise<{ name: string; token: bigint } | undefined> {
    const bytes = await this.#scope.get([])
    const record = bytes === undefined ? undefined : parse(bytes)
    return record === undefined || record.holder === null
      ? undefined
      : { name: record.name, token: record.token }
  }

  /** Waits for a change of the record, or until the time is over. */
  async wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const options = { keepAlive: true, ...(signal === undefined ? {} : { signal }) }
    const { watch, value } = await this.#scope.doTransaction(
      async (tn) => ({ value: await tn.get([]), watch: tn.watch([], options) }),
      { signal },
    )
    const now = value?.toString('latin1')
    if (this.#seen !== undefined && now !== this.#seen.record) return watch.cancel()
    const timer = this.#environment.setTimer(milliseconds, () => watch.cancel())
    try {
      await watch.promise
    } finally {
      this.#environment.clearTimer(timer)
    }
  }
}

/** What to throw where the lease with this token is not the caller's. */
export function lostLease(token: bigint): LeaseLostError {
  return new LeaseLostError(`with token ${token}`, 'stop, and acquire it again')
}

function format({ holder, token, beat, milliseconds, name }: LeaseRecord): Buffer {
  return pack([holder, token, beat, milliseconds, name])
}

function parse(bytes: Buffer): LeaseRecord {
  const [holder, token, beat, milliseconds, name] = unpack(bytes) as [
    Buffer | null,
    bigint | number,
    bigint | number,
    number,
    string,
  ]
  return { holder, token: BigInt(token), beat: BigInt(beat), milliseconds, name }
}
