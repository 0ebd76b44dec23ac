/** One sweep over the versions: commits and reads in their order, each over what was there. */
import { isWrite, versionOf, type Attempt } from '../records/attempt.ts'
import type { Mark } from '../records/mark.ts'
import type { Row } from '../model/reads.ts'
import { isChecked, misfitsOf, type Misfit } from './fit.ts'
import { shownKey, shownValue, type Finding } from './finding.ts'
import { overwritten, SeenKeys } from './overwritten.ts'
import { State } from './state.ts'

/** A commit at its place. One that the cluster applied twice has two. */
interface Applied {
  readonly stamp: string
  readonly attempt: Attempt
}

/** What the oracle has read of the cluster, at one version. */
export interface Snapshot {
  readonly version: number
  /** Commits since the last one that was read. */
  readonly marks: readonly Mark[]
  /** All keys of users, without those of tenants. */
  readonly rows: readonly Row[]
}

/** Rows that differ from what they should be: so many are told. */
const MOST_ROWS = 3

export class Replay {
  readonly #states = new Map<string | undefined, State>()
  readonly #seen = new SeenKeys()
  readonly #findings: Finding[] = []
  /** Attempts whose reads were looked at. */
  readonly #checked = new WeakSet<Attempt>()
  /** The last version that was checked. */
  #version: number
  #reads = 0

  /** The tenant of all transactions that name none. */
  readonly #tenant: string | undefined

  /**
   * @param base what was there before anything was recorded.
   * @param tenant where that is: undefined, if not in the tenant of all transactions.
   */
  constructor(base: Snapshot, tenant?: string) {
    this.#version = base.version
    this.#tenant = tenant
    for (const [key, value] of base.rows) this.#stateOf(tenant).map.set(key, value)
  }

  /** How many reads were compared with what was there. */
  get reads(): number {
    return this.#reads
  }

  /**
   * Checks what was read and committed since the last time, up to the snapshot's version.
   *
   * @param isKnown whether all of an attempt was recorded. At the first commit of one that was not the check ends.
   */
  check(
    snapshot: Snapshot,
    attempts: ReadonlyMap<number, Attempt>,
    isKnown: (attempt: Attempt) => boolean,
  ): readonly Finding[] {
    this.#findings.length = 0
    const { commits, isWhole } = this.#commitsOf(snapshot, attempts, isKnown)
    const last = isWhole ? snapshot.version : lastVersion(commits, this.#version)
    this.#doubtTenants(attempts)
    this.#sweep(commits, this.#readersOf(attempts, last))
    if (isWhole && this.#tenant === undefined) this.#compare(snapshot.rows)
    for (const state of this.#states.values()) state.forgetBefore(last - HISTORY)
    this.#version = last
    return [...this.#findings]
  }

  /** Those that left a mark, and those of tenants, which say their stamps themselves. */
  #commitsOf(
    { marks, version }: Snapshot,
    attempts: ReadonlyMap<number, Attempt>,
    isKnown: (attempt: Attempt) => boolean,
  ): { commits: Applied[]; isWhole: boolean } {
    const commits: Applied[] = []
    let isWhole = true
    for (const { stamp, id } of marks) {
      const attempt = attempts.get(id)
      isWhole = attempt !== undefined && isKnown(attempt)
      if (!isWhole) break
      commits.push({ stamp, attempt: attempt as Attempt })
    }
    for (const attempt of attempts.values()) {
      if (!attempt.transaction.inTenant || attempt.stamp === undefined) continue
      const at = versionOf(attempt.stamp)
      if (at <= this.#version || at > version) continue
      commits.push({ stamp: attempt.stamp, attempt })
    }
    commits.sort((a, b) => (a.stamp < b.stamp ? -1 : 1))
    return { commits, isWhole }
  }

  /** What a tenant's commit of unknown outcome wrote is there, or not: no mark says so. */
  #doubtTenants(attempts: ReadonlyMap<number, Attempt>): void {
    for (const { transaction, commit, stamp, operations } of attempts.values()) {
      if (!transaction.inTenant || commit === undefined || stamp !== undefined) continue
      const isOpen = commit.answered === undefined || commit.error !== 0
      if (!isOpen || !operations.some(isWrite)) continue
      const state = this.#stateOf(transaction.tenant)
      state.unknownFrom = Math.min(state.unknownFrom, commit.after)
    }
  }

  #readersOf(attempts: ReadonlyMap<number, Attempt>, last: number): Attempt[] {
    const isDue = ({ readVersion }: Attempt): boolean =>
      readVersion !== undefined && readVersion >= this.#version && readVersion <= last
    const readers = [...attempts.values()].filter((each) => isDue(each) && !this.#checked.has(each))
    return readers.sort((a, b) => (a.readVersion as number) - (b.readVersion as number))
  }

  #sweep(commits: readonly Applied[], readers: readonly Attempt[]): void {
    let next = 0
    for (const { stamp, attempt } of commits) {
      while (next < readers.length) {
        const reader = readers[next] as Attempt
        if ((reader.readVersion as number) >= versionOf(stamp)) break
        this.#read(reader)
        next++
      }
      this.#commit(attempt, stamp)
    }
    for (const reader of readers.slice(next)) this.#read(reader)
  }

  /** Every read of an attempt is one of its read version, whatever became of the attempt. */
  #read(attempt: Attempt): void {
    this.#checked.add(attempt)
    const state = this.#stateOf(attempt.transaction.tenant)
    const version = attempt.readVersion as number
    if (version >= state.unknownFrom) return
    this.#reads += attempt.operations.filter((each) => isChecked(attempt, each)).length
    for (const misfit of misfitsOf(attempt, state.map, () => true)) {
      this.#find('violation', 'a read does not fit its read version', attempt, misfit, state)
    }
    this.#seen.noteReads(attempt)
  }

  #commit(attempt: Attempt, stamp: string): void {
    const state = this.#stateOf(attempt.transaction.tenant)
    if (versionOf(stamp) < state.unknownFrom) {
      for (const misfit of misfitsOf(attempt, state.map, () => true)) {
        this.#misfitAtPlace(attempt, misfit, state)
      }
      const lost = overwritten(attempt, state, this.#seen)
      if (lost !== undefined) this.#findings.push(lost)
    }
    state.commit(attempt, stamp)
    attempt.stamp ??= stamp
    this.#seen.noteWrites(attempt)
  }

  #misfitAtPlace(attempt: Attempt, misfit: Misfit, state: State): void {
    if (misfit.read.snapshot) {
      const what =
        'a snapshot read, of a transaction that writes, is not true any more at its commit'
      return this.#find('hazard', what, attempt, misfit, state)
    }
    const { from, to } = misfit
    if (state.wasWrittenSilently(from, to, attempt.readVersion ?? 0)) return
    const what = 'a committed transaction has read what is not so at its place in the order'
    this.#find('violation', what, attempt, misfit, state)
  }

  #find(
    severity: Finding['severity'],
    what: string,
    attempt: Attempt,
    { read, gave, expected, key }: Misfit,
    state: State,
  ): void {
    const other = state.writerOf(key)
    this.#findings.push({ severity, what, attempt, read, gave, expected, other })
  }

  /** What is there now, against what should be. */
  #compare(rows: readonly Row[]): void {
    const state = this.#stateOf(undefined)
    const found = new Map(rows)
    const wrong: Finding[] = []
    const tell = (key: string, there: Buffer | undefined, due: Buffer | undefined): void => {
      const other = state.writerOf(key)
      const what =
        there === undefined
          ? 'what a commit wrote is lost'
          : due === undefined
            ? 'a key is there that nobody wrote, or that was cleared'
            : 'a key has a value that nobody gave it'
      const gave = `${shownKey(key)} = ${shownValue(there)}`
      const expected = `${shownKey(key)} = ${shownValue(due)}`
      wrong.push({ severity: 'violation', what, attempt: undefined, gave, expected, other })
    }
    for (const [key, value] of found) {
      const due = state.map.get(key)
      if (due?.equals(value) !== true) tell(key, value, due)
    }
    for (const [key, due] of state.map.entries()) if (!found.has(key)) tell(key, undefined, due)
    this.#findings.push(...wrong.slice(0, MOST_ROWS))
  }

  #stateOf(tenant: string | undefined): State {
    const known = this.#states.get(tenant)
    if (known !== undefined) return known
    const state = new State()
    this.#states.set(tenant, state)
    return state
  }
}

/** Versions that a read may lie behind the newest one. */
const HISTORY = 10_000_000

function lastVersion(commits: readonly Applied[], otherwise: number): number {
  const last = commits.at(-1)
  return last === undefined ? otherwise : versionOf(last.stamp)
}
