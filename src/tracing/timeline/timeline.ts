// What a trace tells, put together: lanes of tasks and of runs, and what is found in them.
import { checkTrace, type Mark, type Trace, type TraceEvent } from '../recording/trace.ts'
import type { Timeline } from './lanes.ts'
import { RunLanes } from './run-lanes.ts'
import { TaskLanes } from './task-lanes.ts'

/**
 * Puts a trace together: what each task and each run did and waited for, and who woke it.
 *
 * @example
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * const { runs, waits } = timelineOf(recorder.stop())
 * console.log(`${runs.length} runs, ${waits.length} waits`)
 */
export function timelineOf(trace: Pick<Trace, 'events' | 'marks'>): Timeline {
  checkTrace('trace', trace)
  const tasks = new TaskLanes()
  const runs = new RunLanes()
  for (const event of trace.events) {
    tasks.add(event)
    runs.add(event)
  }
  const lanes = runs.lanes()
  const waits = tasks.finishedWaits()
  for (const wait of waits) {
    const what = runs.describe(wait.futureId) ?? wait.what
    const run = wait.taskId === 0 ? undefined : runs.nameOf(wait.runId)
    wait.what = run === undefined ? what : `${what} in ${run}`
  }
  const { begin, end } = spanOf(trace.events, trace.marks ?? [])
  return {
    begin,
    end,
    tasks: tasks.lanes(),
    runs: lanes,
    operations: runs.operations,
    polls: tasks.polls,
    waits,
    wakes: tasks.wakes,
    marks: trace.marks ?? [],
  }
}

/** Clocks of environments may differ, so the first event need not be the earliest. */
function spanOf(
  events: readonly TraceEvent[],
  marks: readonly Mark[],
): { begin: number; end: number } {
  let begin = Infinity
  let end = -Infinity
  for (const list of [events, marks]) {
    for (const { time } of list) {
      if (time < begin) begin = time
      if (time > end) end = time
    }
  }
  return end < begin ? { begin: 0, end: 0 } : { begin, end }
}
