/**
 * Checks that all transactions of a simulation are serializable, in the order that the cluster gave their commits, and that
 * everybody was told the truth. See docs/oracle.md.
 */
import type { DatabaseHandle } from '../../future/handles/database-handle.ts'
import type { RunWitness } from '../../client/connection/run-witness.ts'
import type { TraceDetails } from '../author/workload-context.ts'
import type { Batch } from '../bridge/batch.ts'
import type { BridgePort } from '../bridge/bridge-port.ts'
import { messageOf } from '../trace/stack-text.ts'
import { isInDefaultTenant, opener, readCluster } from './read-cluster.ts'
import { ClientRecorder } from './records/client-recorder.ts'
import { isUnknownAfterCommit } from '../../native/errors/errors.ts'
import type { Attempt, Run } from './records/attempt.ts'
import { Recorder } from './records/recorder.ts'
import { detailsOf, type Finding } from './replay/finding.ts'
import { brokenCommits, brokenRuns, unknownMarks } from './replay/promises.ts'
import { RealTime } from './replay/real-time.ts'
import { Replay, type Snapshot } from './replay/replay.ts'

/** `on` fails a simulation whose database or client breaks a promise; `strict` also one that relies on none. */
export const ORACLE_MODES = ['on', 'strict'] as const

export type OracleMode = (typeof ORACLE_MODES)[number]

/** Findings of one check that are told; of the others only how many there are. */
const MOST_FINDINGS = 5
/** For people: nothing tells its name. */
const DEFAULT_TENANT = 'of the whole test'

/** Where findings go: a client's trace. */
export interface OracleTrace {
  violation(name: string, details: TraceDetails): void
  note(name: string, details: TraceDetails): void
}

export class Oracle {
  readonly #strict: boolean
  readonly #recorder: Recorder
  readonly #realTime = new RealTime()
  readonly #clients = new Map<BridgePort, ClientRecorder>()
  /** Who reads what there was at the beginning, and what those wait for who begin meanwhile. */
  #base: { readonly reader: BridgePort; readonly over: Promise<void>; end(): void } | undefined
  #hasBase = false
  /** Undefined: what there was at the beginning is not read. */
  #replay: Replay | undefined
  #lastMark = ''
  /** Clients with a phase under way. */
  #running = 0
  #hasFailed = false
  #isOver = false

  /** @param seconds the simulation's clock. */
  constructor(mode: OracleMode, batch: Batch, seconds: () => number) {
    this.#strict = mode === 'strict'
    this.#recorder = new Recorder(seconds)
    batch.witness = this.#recorder
  }

  /** From now on the client's transactions are recorded. */
  watch(port: BridgePort, client: number): void {
    const recorder = new ClientRecorder(this.#recorder, port, client)
    this.#clients.set(port, recorder)
    port.witness = recorder
  }

  /** The client is gone: what it had under way gets no answer. */
  forget(port: BridgePort, wasRunning: boolean): void {
    // What it has asked for is never answered: the next one reads.
    if (this.#base?.reader === port) {
      this.#base.end()
      this.#base = undefined
    }
    this.#clients.get(port)?.ended()
    this.#clients.delete(port)
    if (wasRunning) this.#running--
  }

  /** Is told what callers of runs are told. */
  get runs(): RunWitness {
    return (begin) => {
      const { run, result } = this.#recorder.beginRun(begin)
      result.then(
        () => (run.told = 'done'),
        (error: unknown) => (run.told = { error: messageOf(error), maybeCommitted: isOpen(error) }),
      )
      return result
    }
  }

  /** A phase of a client begins. All wait until it is known what is there already. */
  async begin(port: BridgePort, database: DatabaseHandle, trace: OracleTrace): Promise<void> {
    this.#running++
    // Who is gone meanwhile reads nothing any more, and gets no answer.
    while (!this.#hasBase && this.#clients.has(port)) {
      if (this.#base === undefined) await this.#readBase(port, database, trace)
      else await this.#base.over
    }
  }

  async #readBase(port: BridgePort, database: DatabaseHandle, trace: OracleTrace): Promise<void> {
    let told = (): void => undefined
    const over = new Promise<void>((resolve) => (told = resolve))
    const base = { reader: port, over, end: () => told() }
    this.#base = base
    try {
      const open = this.#opener(port, database)
      const isInTenant = await isInDefaultTenant(open)
      if (isInTenant) this.#recorder.defaultTenant = DEFAULT_TENANT
      const found = await readCluster(open, '', isInTenant)
      this.#lastMark = found.marks.at(-1)?.stamp ?? ''
      this.#replay = new Replay(found, this.#recorder.defaultTenant)
    } catch (problem) {
      trace.note('FdbkitOracleGaveUp', { Reason: messageOf(problem) })
    }
    this.#hasBase = true
    base.end()
  }

  /** A phase of a client is over. With the last one that runs all is checked, once no more is to come. */
  async end(
    port: BridgePort,
    database: DatabaseHandle,
    trace: OracleTrace,
    isCheck: boolean,
    passed: boolean,
  ): Promise<void> {
    if (!passed) this.#hasFailed = true
    const isDue = this.#running === 1 && (isCheck || this.#hasFailed) && !this.#isOver
    try {
      if (isDue && !database.closed) await this.#check(port, database, trace)
    } catch (problem) {
      trace.note('FdbkitOracleGaveUp', { Reason: messageOf(problem) })
    } finally {
      this.#running--
    }
  }

  #opener(port: BridgePort, database: DatabaseHandle) {
    const recorder = this.#clients.get(port)
    return opener(database, (open) => recorder?.unrecorded(open) ?? open())
  }

  async #check(port: BridgePort, database: DatabaseHandle, trace: OracleTrace): Promise<void> {
    const replay = this.#replay
    if (replay === undefined) return
    const asked = this.#recorder.now()
    const isInTenant = this.#recorder.defaultTenant !== undefined
    const open = this.#opener(port, database)
    const snapshot = await readCluster(open, this.#lastMark, isInTenant)
    this.#lastMark = snapshot.marks.at(-1)?.stamp ?? this.#lastMark
    const { attempts, full } = this.#recorder
    const isKnown = ({ commit }: Attempt): boolean =>
      full === undefined || (commit !== undefined && commit.sent.order < full.order)
    const findings = [
      ...(full === undefined ? unknownMarks(snapshot.marks, attempts) : []),
      ...replay.check(snapshot, attempts, isKnown),
      ...brokenCommits(attempts.values(), snapshot.marks, asked),
      ...brokenRuns(this.#recorder.runs),
      ...this.#realTime.check(attempts.values()),
    ]
    this.#tell(findings, trace)
    this.#summarize(snapshot, trace)
    // What it holds is not what the cluster has: another check would tell the same again.
    this.#isOver = full !== undefined || findings.some(({ severity }) => severity === 'violation')
    this.#forgetChecked(snapshot)
  }

  #tell(findings: readonly Finding[], trace: OracleTrace): void {
    const isTold = ({ severity }: Finding): boolean => this.#strict || severity === 'violation'
    const told = oneOfEachKindFirst(findings.filter(isTold))
    const notes = findings.filter((each) => !isTold(each))
    for (const finding of told.slice(0, MOST_FINDINGS)) {
      trace.violation('FdbkitOracleFinding', detailsOf(finding))
    }
    if (told.length > MOST_FINDINGS) {
      trace.violation('FdbkitOracleFindings', { Count: told.length, Told: MOST_FINDINGS })
    }
    for (const note of notes.slice(0, MOST_FINDINGS)) {
      trace.note('FdbkitOracleHazard', detailsOf(note))
    }
  }

  #summarize({ marks, version, rows }: Snapshot, trace: OracleTrace): void {
    const { attempts, full } = this.#recorder
    trace.note('FdbkitOracleChecked', {
      Version: version,
      Attempts: attempts.size,
      Commits: marks.length,
      Reads: this.#replay?.reads ?? 0,
      Keys: rows.length,
    })
    if (full === undefined) return
    trace.note('FdbkitOracleFull', {
      Reason: 'the transactions of this simulation take more memory than the oracle has',
      Seconds: full.seconds.toFixed(3),
    })
  }

  /** What may still be applied, or answered, stays. */
  #forgetChecked({ version }: Snapshot): void {
    const isDone = ({ over, commit, readVersion }: Attempt): boolean => {
      if (!over || (readVersion ?? 0) > version) return false
      if (commit === undefined) return true
      return commit.answered !== undefined && !isUnknownAfterCommitOf(commit.error)
    }
    const { attempts } = this.#recorder
    const done = [...attempts.values()].filter(isDone)
    this.#recorder.forget(done)
    const isOver = (run: Run): boolean => run.told !== 'nothing'
    this.#recorder.forgetRuns(isOver)
  }
}

/** One wrong has many reads that do not fit, which are not to hide the commit that is to blame. */
function oneOfEachKindFirst(findings: readonly Finding[]): readonly Finding[] {
  const kinds = new Set<string>()
  const isFirst = new Set(findings.filter(({ what }) => kinds.size < kinds.add(what).size))
  return [...isFirst, ...findings.filter((each) => !isFirst.has(each))]
}

function isUnknownAfterCommitOf(error: number): boolean {
  return error !== 0 && isUnknownAfterCommit(error)
}

/** Only where the error says that nothing was applied is that a promise. */
function isOpen(error: unknown): boolean {
  return (error as { readonly maybeCommitted?: unknown } | undefined)?.maybeCommitted !== false
}
