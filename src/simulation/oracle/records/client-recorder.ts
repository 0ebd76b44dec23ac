/**
 * What one client calls, seen where its commands pass; and what the oracle adds to that: it asks for the read version behind
 * which a transaction reads, and has each commit leave a mark.
 */
import { Code, Flag } from '../../../future/port/commands.ts'
import { wordsOf } from '../../../future/port/copy-bytes.ts'
import { readNothing } from '../../../future/port/payload.ts'
import type { SlotOwner } from '../../../future/port/port.ts'
import { databaseOptions } from '../../../native/generated/database-options.ts'
import { FDBBusyError } from '../../../native/errors/errors.ts'
import { transactionOptions } from '../../../native/generated/transaction-options.ts'
import { MutationType } from '../../../native/generated/mutation-type.ts'
import type { BridgePort } from '../../bridge/bridge-port.ts'
import type { PortWitness } from '../../bridge/bridge-witness.ts'
import type { Attempt, Commit, Read, TransactionRecord } from './attempt.ts'
import { CallPlace } from './call-place.ts'
import { LiveAttempt } from './live-attempt.ts'
import { markOf, stampedKey } from './mark.ts'
import { readRead, readWrite, type Operands } from './operands.ts'
import type { Recorder } from './recorder.ts'

const NOBODY: SlotOwner = {
  read: readNothing,
  complete: () => undefined,
  lost: () => undefined,
}
const NO_VALUE = -1

/** What transactions are made from. */
interface Parent {
  readonly tenant: string | undefined
  /** Codes of transaction options that it gives them. */
  readonly defaults: number[]
}

/** What comes back by a slot. */
type Awaited =
  | { readonly what: 'read'; readonly read: Read }
  | { readonly what: 'version' | 'stamp'; readonly attempt: Attempt }
  | { readonly what: 'commit'; readonly commit: Commit }
  | { readonly what: 'retry'; readonly object: number }

const WRITES: readonly number[] = [Code.set, Code.clear, Code.clearRange, Code.atomicOp]
const READS: readonly number[] = [Code.get, Code.getKey, Code.getRange, Code.getMappedRange]
/** Without a future, and with something to tell of the transaction. */
const NOTED: readonly number[] = [
  ...WRITES,
  Code.setTransactionOption,
  Code.setReadVersion,
  Code.addConflictRange,
]
/** The type of a conflict range. */
const WRITE_CONFLICT = 1
/** What a transaction may get its read version for. */
const TAKES_VERSION: readonly number[] = [
  ...READS,
  Code.getReadVersion,
  Code.watch,
  Code.getEstimatedRangeSizeBytes,
  Code.getRangeSplitPoints,
  Code.getAddressesForKey,
]
const OPENS: readonly number[] = [Code.openTransaction, Code.openTenantTransaction]
/** Of the database's options, those that mean something here. */
const DEFAULTS = new Map<number, number>([
  [databaseOptions.snapshot_ryw_enable.code, transactionOptions.snapshot_ryw_enable.code],
  [databaseOptions.snapshot_ryw_disable.code, transactionOptions.snapshot_ryw_disable.code],
  [databaseOptions.transaction_causal_read_risky.code, transactionOptions.causal_read_risky.code],
  [
    databaseOptions.transaction_automatic_idempotency.code,
    transactionOptions.automatic_idempotency.code,
  ],
  [databaseOptions.transaction_bypass_unreadable.code, transactionOptions.bypass_unreadable.code],
])

/** A transaction of the client, and the attempt that it is at. */
interface Living {
  readonly record: TransactionRecord
  parent: Parent | undefined
  live: LiveAttempt | undefined
}

export class ClientRecorder implements PortWitness {
  readonly #recorder: Recorder
  readonly #port: BridgePort
  readonly #client: number
  readonly #parents = new Map<number, Parent>()
  readonly #transactions = new Map<number, Living>()
  readonly #awaited = new Map<number, Awaited>()
  /** The oracle makes a transaction of its own. */
  #isOwn = false

  constructor(recorder: Recorder, port: BridgePort, client: number) {
    this.#recorder = recorder
    this.#port = port
    this.#client = client
  }

  /** What `open` makes is the oracle's, and is not recorded. */
  unrecorded<T>(open: () => T): T {
    this.#isOwn = true
    try {
      return open()
    } finally {
      this.#isOwn = false
    }
  }

  before(code: number, object: number): void {
    if (OPENS.includes(code)) return this.#open(code, object)
    const living = this.#transactions.get(object)
    if (living === undefined) return
    if (code === Code.reset) return this.#renew(living)
    const live = this.#liveOf(living)
    if (WRITES.includes(code)) live.hasWritten = true
    else if (code === Code.setReadVersion || code === Code.getReadVersion) live.hasAsked = true
    if (TAKES_VERSION.includes(code)) live.attempt.asked ??= this.#recorder.now()
    if (READS.includes(code)) {
      live.hasRead = true
      // What it wrote itself may be the answer: then there is no read version, and is none to be.
      if (code !== Code.get || !live.hasWritten) this.#askVersion(object, live)
    } else if (code === Code.commit && !live.isCommitting) this.#beforeCommit(object, living, live)
  }

  written(code: number, object: number, slot: number, at: number): void {
    if (code === Code.openTenant || code === Code.setDatabaseOption) {
      return this.#noteParent(code, object, at)
    }
    const living = this.#transactions.get(object)
    if (living === undefined) return
    if (OPENS.includes(code)) return this.#noteOpening(living, at)
    const { live } = living
    if (live === undefined) return
    if (slot >= 0) return this.#noteAsked(code, object, slot, at, live)
    // What comes behind the commit is no part of it, and fails.
    if (live.isCommitting || !NOTED.includes(code)) return
    const carryOut = (operands: Operands) => this.#carryOut(code, live, operands)
    this.#recorder.note({ at, skip: 2, carryOut })
  }

  settled(slot: number, error: number, data: Uint8Array, length: number): void {
    const awaited = this.#awaited.get(slot)
    if (awaited === undefined) return
    this.#awaited.delete(slot)
    if (awaited.what === 'commit') {
      awaited.commit.answered = this.#recorder.now()
      awaited.commit.error = error
      return
    }
    if (error !== 0) return
    const bytes = Buffer.from(data.buffer, data.byteOffset, Math.max(0, length))
    switch (awaited.what) {
      case 'read':
        return this.#recorder.answer(awaited.read, data, length)
      case 'version':
        awaited.attempt.readVersion = Number(bytes.readBigInt64LE())
        return this.#recorder.saw(awaited.attempt.readVersion)
      case 'stamp':
        awaited.attempt.stamp = bytes.toString('hex')
        return
      case 'retry': {
        const living = this.#transactions.get(awaited.object)
        if (living !== undefined) this.#renew(living)
      }
    }
  }

  released(slot: number): void {
    this.#awaited.delete(slot)
  }

  ended(): void {
    for (const living of this.#transactions.values()) this.#renew(living)
    this.#transactions.clear()
    this.#parents.clear()
  }

  /** The object is destroyed. */
  destroyed(object: number): void {
    const living = this.#transactions.get(object)
    if (living !== undefined) this.#renew(living)
    this.#transactions.delete(object)
    this.#parents.delete(object)
  }

  #carryOut(code: number, live: LiveAttempt, operands: Operands): (() => void) | undefined {
    if (code === Code.setTransactionOption) {
      const option = operands.word()
      return () => live.setOption(option)
    }
    if (code === Code.addConflictRange) {
      for (let i = 0; i < 2; i++) operands.word()
      // A range that is only marked as read is nothing to commit.
      return operands.word() === WRITE_CONFLICT ? () => (live.hasWritten = true) : undefined
    }
    if (code === Code.setReadVersion) {
      live.attempt.readVersion = operands.wide()
      live.attempt.source = 'given'
    } else this.#recorder.add(live.attempt, readWrite(code, operands, live.takeSilence()))
    return undefined
  }

  #open(code: number, object: number): void {
    if (this.#isOwn) return
    const record: TransactionRecord = {
      number: this.#recorder.nextTransaction(),
      client: this.#client,
      tenant: undefined,
      inTenant: code === Code.openTenantTransaction || this.#recorder.defaultTenant !== undefined,
      run: this.#recorder.takeRun(),
      place: new CallPlace(),
      attempts: 0,
    }
    this.#transactions.set(object, { record, parent: undefined, live: undefined })
  }

  /** What it is made from is known once the command goes out. */
  #noteOpening(living: Living, at: number): void {
    const carryOut = (operands: Operands): undefined => {
      living.parent = this.#parentOf(operands.word())
      living.record.tenant = living.parent.tenant ?? this.#recorder.defaultTenant
      for (const code of living.parent.defaults) living.live?.setOption(code)
    }
    this.#recorder.note({ at, skip: 2, carryOut })
  }

  #noteParent(code: number, object: number, at: number): void {
    const carryOut = (operands: Operands): (() => void) | undefined => {
      const first = operands.word()
      if (code === Code.setDatabaseOption) {
        const option = DEFAULTS.get(first)
        return option === undefined ? undefined : () => this.#parentOf(object).defaults.push(option)
      }
      const { defaults } = this.#parentOf(first)
      this.#parents.set(object, { tenant: operands.text(operands.word()), defaults })
      return undefined
    }
    this.#recorder.note({ at, skip: 2, carryOut })
  }

  #parentOf(object: number): Parent {
    const known = this.#parents.get(object)
    if (known !== undefined) return known
    const database = { tenant: undefined, defaults: [] }
    this.#parents.set(object, database)
    return database
  }

  #liveOf(living: Living): LiveAttempt {
    if (living.live !== undefined) return living.live
    const { record, parent } = living
    const attempt: Attempt = {
      id: this.#recorder.nextAttempt(),
      transaction: record,
      number: ++record.attempts,
      begun: this.#recorder.now(),
      operations: [],
      asked: undefined,
      readVersion: undefined,
      source: 'cluster',
      commit: undefined,
      stamp: undefined,
      readsBeyond: false,
      idempotent: false,
      over: false,
    }
    record.run?.attempts.push(attempt)
    this.#recorder.keep(attempt)
    living.live = new LiveAttempt(attempt, parent?.defaults ?? [])
    return living.live
  }

  #renew(living: Living): void {
    if (living.live !== undefined) living.live.attempt.over = true
    living.live = undefined
  }

  /** The same that its reads take. */
  #askVersion(object: number, live: LiveAttempt): void {
    if (live.hasAsked) return
    const slot = this.#takeSlot()
    if (slot !== undefined) this.#port.submit(Code.getReadVersion | Flag.arm, slot, object, 3, 0)
  }

  #beforeCommit(object: number, { record }: Living, live: LiveAttempt): void {
    live.isCommitting = true
    if (live.hasRead) this.#askVersion(object, live)
    const marked = live.hasWritten && !record.inTenant && this.#recorder.full === undefined
    if (marked) this.#writeMark(object, live.attempt.id)
    else if (live.hasWritten) {
      const slot = this.#takeSlot()
      if (slot !== undefined) this.#port.submit(Code.getVersionstamp | Flag.arm, slot, object, 3, 0)
    }
    const after = this.#recorder.newest
    const sent = this.#recorder.now()
    live.attempt.commit = { sent, marked, after, answered: undefined, error: 0 }
  }

  /** The option is set after everything that it could make another thing of. */
  #writeMark(object: number, id: number): void {
    const { writer } = this.#port
    const option = this.#port.command(Code.setTransactionOption, object, 4, 0)
    writer.word(option + 2, transactionOptions.access_system_keys.code)
    writer.word(option + 3, NO_VALUE)
    const [key, value] = [stampedKey(), markOf(id)]
    const words = wordsOf(key.length) + wordsOf(value.length)
    const at = this.#port.command(Code.atomicOp, object, 5, words)
    writer.word(at + 2, key.length)
    writer.word(at + 3, value.length)
    writer.word(at + 4, MutationType.SetVersionstampedKey)
    writer.bytes(writer.bytes(at + 5, key, key.length), value, value.length)
  }

  #noteAsked(code: number, object: number, slot: number, at: number, live: LiveAttempt): void {
    const { attempt } = live
    if (READS.includes(code)) {
      if (live.isCommitting) return
      const place = new CallPlace()
      const carryOut = (operands: Operands): undefined => {
        const read = readRead(operands.head & 0xff, operands, live.modesOf(operands), place)
        this.#awaited.set(slot, { what: 'read', read })
        this.#recorder.add(attempt, read)
      }
      return this.#recorder.note({ at, skip: 3, carryOut })
    }
    if (code === Code.getReadVersion) this.#awaited.set(slot, { what: 'version', attempt })
    else if (code === Code.getVersionstamp) this.#awaited.set(slot, { what: 'stamp', attempt })
    else if (code === Code.onError) this.#awaited.set(slot, { what: 'retry', object })
    else if (code === Code.commit && attempt.commit !== undefined) {
      this.#awaited.set(slot, { what: 'commit', commit: attempt.commit })
    }
  }

  /** Undefined: every slot is taken, so that the oracle does without. */
  #takeSlot(): number | undefined {
    try {
      return this.#port.takeSlot(NOBODY)
    } catch (full) {
      if (full instanceof FDBBusyError) return undefined
      throw full
    }
  }
}
