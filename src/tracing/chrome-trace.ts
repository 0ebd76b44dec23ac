/** The format of Chrome's tracing and of Perfetto (ui.perfetto.dev): a thread per task, flows for wakes. */
import { timelineOf, type Timeline } from './timeline.ts'
import type { Trace } from './trace.ts'

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

const PID = 1

/**
 * JSON text to load into Perfetto or chrome://tracing: a thread per task, flows for wakes.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * await writeFile('/tmp/trace.json', chromeTrace(recorder.stop()))
 */
export function chromeTrace(trace: Trace): string {
  const timeline = timelineOf(trace.events)
  const traceEvents = [
    ...threadNames(timeline),
    ...polls(timeline),
    ...waits(timeline),
    ...wakes(timeline),
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
  return timeline.waits.flatMap(({ taskId, futureId, begin, end }) => {
    const common = {
      name: `future ${futureId}`,
      cat: 'wait',
      id: `${taskId}.${futureId}`,
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
