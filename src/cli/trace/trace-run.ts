import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromeTrace } from '../../tracing/chrome-trace.ts'
import { formatTrace } from '../../tracing/trace-file.ts'
import { TraceRecorder } from '../../tracing/trace-recorder.ts'
import { UsageError } from '../errors.ts'

export interface TraceRunOptions {
  readonly script: string
  readonly args: readonly string[]
  readonly output: string
  readonly chrome: boolean
  readonly limit: number
}

/** Runs a module in this process with tracing on. The trace is written when the process exits, however it does. */
export async function traceRun(options: TraceRunOptions): Promise<void> {
  const script = resolve(options.script)
  const output = resolve(options.output)
  if (!existsSync(script) || !statSync(script).isFile()) {
    throw new UsageError(`there is no program ${options.script}`)
  }
  if (!existsSync(dirname(output))) {
    throw new UsageError(`there is no folder ${dirname(options.output)} to write the trace to`)
  }
  const recorder = new TraceRecorder({ limit: options.limit })
  process.once('exit', () => {
    const trace = recorder.stop()
    writeFileSync(output, options.chrome ? chromeTrace(trace) : formatTrace(trace))
    const omitted = trace.omitted > 0 ? `, ${trace.omitted} left out (--limit)` : ''
    console.error(`${trace.events.length} events${omitted}: ${options.output}`)
  })
  process.argv = [process.execPath, script, ...options.args]
  await import(pathToFileURL(script).href)
}
