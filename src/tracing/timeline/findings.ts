import { describe } from '../../native/values/describe.ts'
import type { Operation, RunLane, Timeline } from './lanes.ts'

/** Rows of each finding. */
const MOST = 10

/** Where the time of one run went, in milliseconds. Reads that overlap count once. */
export interface SlowRun {
  /** Which. */
  readonly runId: number
  /** Its name. */
  readonly name: string
  /** From its begin to its end, or to the end of the trace. */
  readonly total: number
  /** In reads of its attempts. */
  readonly reading: number
  /** In commits. */
  readonly committing: number
  /** In waits before another attempt. */
  readonly backoff: number
  /** In none of these: the function's own code, and what else it waits for. */
  readonly own: number
  /** How many attempts. */
  readonly attempts: number
}

/** A range, or what is known instead, that commits conflicted with. */
export interface Conflict {
  /** The key or range; without it, what the trace knows. */
  readonly what: string
  /** How often. */
  readonly times: number
  /** Names of the runs that conflicted. */
  readonly runs: readonly string[]
  /** The first of them. */
  readonly runId: number
}

/** What made runs of one name begin another attempt, or end. */
export interface Retry {
  /** Name of the runs. */
  readonly name: string
  /** The error of the attempt. */
  readonly error: string
  /** How many attempts. */
  readonly times: number
  /** Milliseconds of these attempts, with the waits behind them. */
  readonly lost: number
  /** Runs of them that ended with an error. */
  readonly gaveUp: number
  /** The first of them. */
  readonly runId: number
}

/** Something that had not ended when the trace did. */
export interface Leak {
  /** What it is. */
  readonly kind: 'task' | 'run' | 'call' | 'watch'
  /** Its name. */
  readonly name: string
  /** Since when, in milliseconds. */
  readonly since: number
  /** Of a run, and of a call in one; 0: none. */
  readonly runId: number
  /** Of a task, and of a call in one; 0: none. */
  readonly taskId: number
}

/** What a trace answers at once, those that matter most first. */
export interface Findings {
  /** The slowest runs. */
  readonly slowRuns: readonly SlowRun[]
  /** The slowest calls. */
  readonly slowCalls: readonly Operation[]
  /** What commits conflicted with. */
  readonly conflicts: readonly Conflict[]
  /** What was tried again, and why. */
  readonly retries: readonly Retry[]
  /** What had not ended. */
  readonly leaks: readonly Leak[]
  /** How many leaks there are, with those that are not listed. */
  readonly leaked: number
}

function checkTimeline(timeline: Timeline | null | undefined): void {
  const parts = [timeline?.runs, timeline?.operations, timeline?.waits]
  if (parts.every((part) => Array.isArray(part))) return
  throw new TypeError(`timeline must be what timelineOf gives, not ${describe(timeline)}`)
}

/**
 * What was slow, what conflicted, what was tried again and why, and what had not ended.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.set('a', 'b')
 * const { slowRuns } = findingsOf(timelineOf(recorder.stop()))
 * for (const { name, total, committing } of slowRuns) console.log(name, total, committing)
 */
export function findingsOf(timeline: Timeline): Findings {
  checkTimeline(timeline)
  const calls = timeline.runs.flatMap((run) => run.operations).concat(timeline.operations)
  const leaks = leaksOf(timeline, calls)
  const byLength = calls
    .filter(({ operation, end }) => end !== undefined && operation !== 'watch')
    .sort((a, b) => lengthOf(b, timeline.end) - lengthOf(a, timeline.end))
  return {
    slowRuns: timeline.runs
      .map((run) => slowRunOf(run, timeline.end))
      .sort((a, b) => b.total - a.total)
      .slice(0, MOST),
    slowCalls: byLength.slice(0, MOST),
    conflicts: conflictsOf(timeline.runs).slice(0, MOST),
    retries: retriesOf(timeline).slice(0, MOST),
    leaks: leaks.slice(0, MOST),
    leaked: leaks.length,
  }
}

function lengthOf({ begin, end }: Pick<Operation, 'begin' | 'end'>, last: number): number {
  return (end ?? last) - begin
}

function slowRunOf(run: RunLane, last: number): SlowRun {
  const total = lengthOf(run, last)
  const end = run.end ?? last
  const timeIn = (isOne: (operation: Operation) => boolean): number =>
    unionOf(run.operations.filter(isOne), end)
  const committing = timeIn(({ operation }) => operation === 'commit')
  const backoff = timeIn(({ operation }) => operation === 'onError')
  const reading = timeIn(({ operation }) => !NOT_READS.has(operation))
  return {
    runId: run.runId,
    name: run.name,
    total,
    reading,
    committing,
    backoff,
    own: Math.max(0, total - reading - committing - backoff),
    attempts: run.attempts.length,
  }
}

const NOT_READS = new Set(['commit', 'onError', 'watch', 'getVersionstamp'])

/** How long at least one of them was under way, up to the end. They come in the order of their begin. */
function unionOf(operations: readonly Operation[], end: number): number {
  let sum = 0
  let covered = -Infinity
  for (const operation of operations) {
    const from = Math.max(operation.begin, covered)
    const to = Math.min(operation.end ?? end, end)
    if (to <= from) continue
    sum += to - from
    covered = to
  }
  return sum
}

/** Of one kind of finding: what it is, and how often. */
interface Tally {
  times: number
  readonly runs: Set<string>
  readonly runId: number
}

const isConflict = (error: string | undefined): boolean => error === 'not_committed (1020)'

function conflictsOf(runs: readonly RunLane[]): Conflict[] {
  const tallies = new Map<string, Tally>()
  const count = (what: string, run: RunLane): void => {
    const tally = tallies.get(what) ?? { times: 0, runs: new Set<string>(), runId: run.runId }
    tally.times++
    tally.runs.add(run.name)
    tallies.set(what, tally)
  }
  for (const run of runs) {
    for (const { conflicts, error } of run.attempts) {
      if (!isConflict(error)) continue
      for (const what of conflicts) count(what, run)
      if (conflicts.length === 0) count('keys not reported (report_conflicting_keys is off)', run)
    }
  }
  return [...tallies]
    .map(([what, { times, runs: names, runId }]) => ({ what, times, runs: [...names], runId }))
    .sort((a, b) => b.times - a.times)
}

function retriesOf(timeline: Timeline): Retry[] {
  const retries = new Map<string, { -readonly [Field in keyof Retry]: Retry[Field] }>()
  for (const run of timeline.runs) {
    const { name, runId } = run
    run.attempts.forEach(({ begin, end, error }, index) => {
      if (error === undefined) return
      const key = JSON.stringify([name, error])
      const retry = retries.get(key) ?? { name, error, times: 0, lost: 0, gaveUp: 0, runId }
      const next = run.attempts[index + 1]
      retry.times++
      retry.lost += (next?.begin ?? run.end ?? end ?? timeline.end) - begin
      if (next === undefined && run.outcome === 'failed') retry.gaveUp++
      retries.set(key, retry)
    })
  }
  return [...retries.values()].sort((a, b) => b.lost - a.lost)
}

function leaksOf({ tasks, runs }: Timeline, calls: readonly Operation[]): Leak[] {
  const alive = tasks
    .filter(({ end }) => end === undefined)
    .map(({ taskId, name, begin }): Leak => {
      return { kind: 'task', name, since: begin, runId: 0, taskId }
    })
  const underWay = runs
    .filter(({ end }) => end === undefined)
    .map(({ runId, taskId, name, begin }): Leak => {
      return { kind: 'run', name, since: begin, runId, taskId }
    })
  const unanswered = calls
    .filter(({ end }) => end === undefined)
    .map(({ operation, key, begin, runId, taskId }): Leak => {
      const kind = operation === 'watch' ? 'watch' : 'call'
      const name = key === undefined ? operation : `${operation} ${key}`
      return { kind, name, since: begin, runId, taskId }
    })
  return [...underWay, ...alive, ...unanswered]
}
