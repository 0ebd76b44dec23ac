/** The format of Chrome's tracing and of Perfetto (ui.perfetto.dev): a thread per run and per task, flows for wakes. */
import type { Trace } from '../recording/trace.ts'
import type { Operation, RunLane, Timeline } from '../timeline/lanes.ts'
import { timelineOf } from '../timeline/timeline.ts'

interface ChromeEvent {
  readonly name: string
  readonly cat: string
  readonly ph: string
  /** Microseconds. */
  readonly ts: number
  readonly pid: number
  readonly tid: number
  readonly [field: string]: unknown
}

/** Tasks are the threads of one process, runs of transactions those of another. */
const PID = 1
const RUNS = 2

/**
 * JSON text to load into Perfetto or chrome://tracing: a thread per run of a transaction and per task, flows for wakes.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * await writeFile('/tmp/trace.json', chromeTrace(recorder.stop()))
 */
export function chromeTrace(trace: Trace): string {
  const timeline = timelineOf(trace)
  const traceEvents = [
    ...threadNames(timeline),
    ...polls(timeline),
    ...waits(timeline),
    ...wakes(timeline),
    ...timeline.runs.flatMap((run) => runEvents(run, timeline.end)),
  ]
  const metadata = { tool: 'fdbkit', omitted: trace.omitted }
  return `${JSON.stringify({ displayTimeUnit: 'ms', metadata, traceEvents })}\n`
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6) / 1e3
}

function threadNames(timeline: Timeline): ChromeEvent[] {
  const outside = { taskId: 0, name: 'outside' }
  return [outside, ...timeline.tasks].map(({ taskId, name }) => ({
    name: 'thread_name',
    cat: '__metadata',
    ph: 'M',
    ts: 0,
    pid: PID,
    tid: taskId,
    args: { name: taskId === 0 ? name : `${taskId} ${name}` },
  }))
}

function polls(timeline: Timeline): ChromeEvent[] {
  return timeline.polls.map(({ taskId, begin, end, outcome }) => ({
    name: outcome === 'ready' ? 'poll: ready' : 'poll',
    cat: 'poll',
    ph: 'X',
    ts: microseconds(begin),
    dur: microseconds(end - begin),
    pid: PID,
    tid: taskId,
  }))
}

function waits(timeline: Timeline): ChromeEvent[] {
  return timeline.waits.flatMap(({ taskId, what, begin, end }, index) => {
    const common = {
      name: what,
      cat: 'wait',
      id: `wait ${index}`,
      pid: PID,
      tid: taskId,
    }
    return [
      { ...common, ph: 'b', ts: microseconds(begin) },
      { ...common, ph: 'e', ts: microseconds(end ?? timeline.end) },
    ]
  })
}

function wakes(timeline: Timeline): ChromeEvent[] {
  return timeline.wakes.flatMap(({ fromTask, toTask, time, place, seq }) => {
    const common = { name: 'wake', cat: 'wake', id: seq, ts: microseconds(time), pid: PID }
    return [
      { ...common, ph: 's', tid: fromTask, args: { place } },
      { ...common, ph: 'f', bp: 'e', tid: toTask },
    ]
  })
}

function runEvents({ runId, name, attempts, operations }: RunLane, last: number): ChromeEvent[] {
  const common = { pid: RUNS, tid: runId }
  const thread: ChromeEvent = {
    name: 'thread_name',
    cat: '__metadata',
    ph: 'M',
    ts: 0,
    ...common,
    args: { name: `${runId} ${name}` },
  }
  const tries = attempts.map(({ number, begin, end = last, outcome = 'under way', error }) => ({
    name: `attempt ${number}: ${error ?? outcome}`,
    cat: 'attempt',
    ph: 'X',
    ts: microseconds(begin),
    dur: microseconds(end - begin),
    ...common,
  }))
  return [thread, ...tries, ...operations.flatMap((operation) => callEvents(operation, last))]
}

/** Calls overlap, so each is a span of its own. */
function callEvents(call: Operation, last: number): ChromeEvent[] {
  const { operation, key, futureId, runId, begin, end = last, error } = call
  const name = key === undefined ? operation : `${operation} ${key}`
  const common = { name, cat: 'call', id: `call ${futureId}`, pid: RUNS, tid: runId }
  return [
    { ...common, ph: 'b', ts: microseconds(begin), args: { error } },
    { ...common, ph: 'e', ts: microseconds(end) },
  ]
}
