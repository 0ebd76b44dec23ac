/// <reference types="node" preserve="true" />
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
export { chromeTrace } from './formats/chrome-trace.ts'
export { formatTrace, parseTrace, TraceFormatError } from './formats/trace-file.ts'
export { parseSimulatorTrace } from './formats/simulator-trace.ts'
export { eventText, listings, traceText, type TraceTextOptions } from './formats/trace-text.ts'
export {
  census,
  leakReport,
  recordPlaces,
  type Census,
  type Kind,
  type Resident,
} from './leak-report.ts'
export type { EventDetails, LifecycleEvent, LifecycleType } from '../future/wakers/lifecycle.ts'
export type { KeyScope } from '../future/wakers/trace-owner.ts'
export {
  tracedTransactions,
  type OpenTelemetryTracer,
  type TracedOptions,
  type TracedSettings,
} from './open-telemetry.ts'
export { tracePage } from './page/trace-page.ts'
export type { KeyStyle } from './recording/key-text.ts'
export type { Mark, Trace, TraceEvent } from './recording/trace.ts'
export { type RecorderOptions, TraceRecorder } from './recording/trace-recorder.ts'
export {
  findingsOf,
  type Conflict,
  type Findings,
  type Leak,
  type Retry,
  type SlowRun,
} from './timeline/findings.ts'
export type {
  AttemptBar,
  Operation,
  Poll,
  RunLane,
  TaskLane,
  Timeline,
  Waiting,
  WakeEdge,
  Write,
} from './timeline/lanes.ts'
export { timelineOf } from './timeline/timeline.ts'
