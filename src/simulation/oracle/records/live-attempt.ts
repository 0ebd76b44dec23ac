/** An attempt that goes on, and the options that hold in it. */
import { Flag } from '../../../future/port/commands.ts'
import { transactionOptions as options } from '../../../native/generated/transaction-options.ts'
import type { Attempt, Modes } from './attempt.ts'
import type { Operands } from './operands.ts'

export class LiveAttempt {
  readonly attempt: Attempt
  /** Something is written that a commit applies. */
  hasWritten = false
  hasRead = false
  /** Its read version is asked for, or given. */
  hasAsked = false
  isCommitting = false
  #direct = false
  /** Above 0: snapshot reads see the transaction's own writes. */
  #snapshotSeesOwn = 1
  #silent = false

  /** @param defaults codes of the options that the database gives it. */
  constructor(attempt: Attempt, defaults: readonly number[]) {
    this.attempt = attempt
    for (const code of defaults) this.setOption(code)
  }

  setOption(code: number): void {
    switch (code) {
      case options.read_your_writes_disable.code:
        this.#direct = true
        return
      case options.snapshot_ryw_enable.code:
        this.#snapshotSeesOwn++
        return
      case options.snapshot_ryw_disable.code:
        this.#snapshotSeesOwn--
        return
      case options.next_write_no_write_conflict_range.code:
        this.#silent = true
        return
      case options.causal_read_risky.code:
      case options.use_grv_cache.code:
        if (this.attempt.source === 'cluster') this.attempt.source = 'risky'
        return
      case options.automatic_idempotency.code:
      case options.idempotency_id.code:
        this.attempt.idempotent = true
        return
      case options.access_system_keys.code:
      case options.read_system_keys.code:
      case options.bypass_unreadable.code:
        this.attempt.readsBeyond = true
    }
  }

  modesOf(operands: Operands): Modes {
    const snapshot = operands.flag(Flag.snapshot)
    return { snapshot, seesOwn: !this.#direct && (!snapshot || this.#snapshotSeesOwn > 0) }
  }

  /** Whether the next write, which is now, conflicts with nobody. */
  takeSilence(): boolean {
    const silent = this.#silent
    this.#silent = false
    return silent
  }
}
