import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { chromeTrace } from '../../tracing/formats/chrome-trace.ts'
import { formatTrace } from '../../tracing/formats/trace-file.ts'
import { tracePage } from '../../tracing/page/trace-page.ts'
import type { Trace } from '../../tracing/recording/trace.ts'

/** The page of a trace file: `trace.html` of `trace.jsonl`. */
export function pageOf(file: string): string {
  return `${file.replace(/\.jsonl?$/, '')}.html`
}

/** Writes the trace, and its page beside it unless it is for Chrome. */
export function writeTrace(trace: Trace, file: string, chrome: boolean): void {
  writeWhole(file, chrome ? chromeTrace(trace) : formatTrace(trace))
  if (!chrome) writeWhole(pageOf(file), tracePage(trace, basename(file)))
}

/** All of it, or the file that was there stays. */
export function writeWhole(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
