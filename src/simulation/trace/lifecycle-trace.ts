// What goes into the simulator's trace: the life of tasks, the attempts of transactions, errors.
/** The life of tasks, wakers and futures as events of the simulator's trace: `FdbkitTaskWake`, ... */
import { lifecycle, type LifecycleEvent } from '../../future/wakers/lifecycle.ts'
import { printable } from '../../native/values/printable.ts'
import type { TraceDetails } from '../author/workload-context.ts'

/** From here on each event is traced. */
export function traceLifecycle(trace: (name: string, details: TraceDetails) => void): void {
  lifecycle.subscribe((message) => {
    const event = message as LifecycleEvent
    const type = `${event.type[0]?.toUpperCase()}${event.type.slice(1)}`
    trace(`FdbkitTask${type}`, detailsOf(event))
  })
}

function detailsOf(event: LifecycleEvent): TraceDetails {
  return {
    Task: event.taskId,
    Future: event.futureId,
    References: event.refCount,
    By: event.byTaskId,
    Place: event.place,
    Sequence: event.seq,
    ...(event.name === undefined ? {} : { Name: event.name }),
    ...(event.waitsFor === undefined ? {} : { WaitsFor: event.waitsFor }),
    ...(event.error === undefined ? {} : { Error: event.error }),
    ...(event.runId === undefined ? {} : { Run: event.runId, Attempt: event.attempt ?? 0 }),
    ...(event.operation === undefined ? {} : { Operation: event.operation }),
    ...keyOf(event),
  }
}

/** As its scope shows it. */
function keyOf({ key, endKey, scope }: LifecycleEvent): TraceDetails {
  if (key === undefined) return {}
  return { Key: scope === undefined ? printable(key) : scope.show(key, endKey) }
}
