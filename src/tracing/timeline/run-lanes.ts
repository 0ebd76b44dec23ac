import type { TraceEvent } from '../recording/trace.ts'
import type { AttemptBar, Operation, RunLane } from './lanes.ts'

/** What every run has, so that it says nothing about what one does. */
const OF_ALL = new Set(['commit', 'onError', 'getVersionstamp'])

/** Puts the events of runs together, and those of transactions that no run made. */
export class RunLanes {
  /** Of no run. */
  readonly operations: Operation[] = []
  readonly #runs = new Map<number, RunLane>()
  /** By future: what was called last; a future is of one call. */
  readonly #calls = new Map<number, Operation>()

  add(event: TraceEvent): void {
    if (event.futureId !== 0) this.#addFutureEvent(event)
    if (event.runId === undefined) return
    const run = this.#runOf(event, event.runId)
    if (event.type === 'attempt') run.attempts.push(attemptOf(event))
    const attempt = run.attempts.at(-1)
    if (attempt !== undefined) addToAttempt(attempt, event)
    if (event.type === 'finished') {
      run.end = event.time
      run.outcome = event.error === undefined ? 'committed' : 'failed'
      run.error = event.error
      if (attempt !== undefined) attempt.end ??= event.time
    }
  }

  lanes(): RunLane[] {
    const lanes = [...this.#runs.values()]
    for (const lane of lanes) if (lane.name === '') lane.name = nameOf(lane)
    return lanes
  }

  /** `get 'name'`: of the call that a future answers. */
  describe(futureId: number): string | undefined {
    const call = this.#calls.get(futureId)
    return call && (call.key === undefined ? call.operation : `${call.operation} ${call.key}`)
  }

  /** Of a run, once it has been named. */
  nameOf(runId: number): string | undefined {
    return this.#runs.get(runId)?.name
  }

  #runOf(event: TraceEvent, runId: number): RunLane {
    let run = this.#runs.get(runId)
    if (run === undefined) {
      run = {
        runId,
        taskId: event.type === 'run' ? event.taskId : 0,
        name: event.type === 'run' ? (event.name ?? '') : '',
        client: event.client,
        place: event.type === 'run' ? event.place : '',
        begin: event.time,
        end: undefined,
        outcome: undefined,
        error: undefined,
        attempts: [],
        operations: [],
      }
      this.#runs.set(runId, run)
    }
    return run
  }

  #addFutureEvent(event: TraceEvent): void {
    const { futureId, time, type, error } = event
    if (type === 'call') this.#addCall(event)
    const call = this.#calls.get(futureId)
    if (call === undefined || call.end !== undefined) return
    if (type !== 'callback' && type !== 'ready') return
    call.end = time
    call.error = error
  }

  #addCall(event: TraceEvent): void {
    const { futureId, taskId, runId = 0, attempt = 0, operation = 'call', key, time } = event
    const call: Operation = {
      runId,
      attempt,
      taskId,
      futureId,
      operation,
      key,
      begin: time,
      end: undefined,
      error: undefined,
    }
    this.#calls.set(futureId, call)
    if (runId === 0) this.operations.push(call)
    else this.#runOf(event, runId).operations.push(call)
  }
}

function attemptOf({ attempt = 0, time }: TraceEvent): AttemptBar {
  return {
    number: attempt,
    begin: time,
    end: undefined,
    outcome: undefined,
    error: undefined,
    conflicts: [],
    writes: [],
  }
}

function addToAttempt(attempt: AttemptBar, event: TraceEvent): void {
  const { type, time, key, operation = 'write' } = event
  if (type === 'write') attempt.writes.push({ time, operation, key })
  else if (type === 'conflict') attempt.conflicts.push(key ?? 'a range')
  else if (type === 'failed' || type === 'committed') {
    attempt.end = time
    attempt.outcome = type
    attempt.error = event.error
  }
}

/** Of a run without a name: what it does, when that is one thing, and where it was called. */
function nameOf({ operations, attempts, place }: RunLane): string {
  const writes = attempts.flatMap((attempt) => attempt.writes)
  const kinds = new Set([...operations, ...writes].map(({ operation }) => operation))
  for (const operation of OF_ALL) kinds.delete(operation)
  const what = kinds.size === 1 ? [...kinds][0] : 'transaction'
  return place === '' ? `${what}` : `${what} at ${place}`
}
