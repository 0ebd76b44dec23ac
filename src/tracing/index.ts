/**
 * Tracing: recording, printing, exporting and viewing the lives of tasks and futures, and finding what was not
 * given back.
 *
 * @example
 * import { TraceRecorder, traceText } from 'fdbkit/tracing'
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * console.log(traceText(recorder.stop().events))
 *
 * @module
 */
export { chromeTrace } from './chrome-trace.ts'
export {
  census,
  leakReport,
  recordPlaces,
  type Census,
  type Kind,
  type Resident,
} from './leak-report.ts'
export type { LifecycleEvent, LifecycleType } from '../future/wakers/lifecycle.ts'
export {
  tracedTransactions,
  type OpenTelemetryTracer,
  type TracedOptions,
  type TracedSettings,
} from './open-telemetry.ts'
export {
  timelineOf,
  type Poll,
  type TaskLane,
  type Timeline,
  type Waiting,
  type WakeEdge,
} from './timeline.ts'
export type { Trace, TraceEvent } from './trace.ts'
export { formatTrace, parseTrace, TraceFormatError } from './trace-file.ts'
export { type RecorderOptions, TraceRecorder } from './trace-recorder.ts'
export { eventText, listings, traceText, type TraceTextOptions } from './trace-text.ts'
export { viewerPage } from './viewer-page.ts'
