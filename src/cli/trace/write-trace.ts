import { basename } from 'node:path'
import { chromeTrace } from '../../tracing/formats/chrome-trace.ts'
import { formatTrace } from '../../tracing/formats/trace-file.ts'
import { tracePage } from '../../tracing/page/trace-page.ts'
import type { Trace } from '../../tracing/recording/trace.ts'
import { writeWhole } from '../ground/write-whole.ts'

/** The page of a trace file: `trace.html` of `trace.jsonl`. */
export function pageOf(file: string): string {
  return `${file.replace(/\.jsonl?$/, '')}.html`
}

/** Writes the trace, and its page beside it unless it is for Chrome. */
export function writeTrace(trace: Trace, file: string, chrome: boolean): void {
  writeWhole(file, chrome ? chromeTrace(trace) : formatTrace(trace))
  if (!chrome) writeWhole(pageOf(file), tracePage(trace, basename(file)))
}
