import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromeTrace } from '../../tracing/formats/chrome-trace.ts'
import { formatTrace } from '../../tracing/formats/trace-file.ts'
import { TraceRecorder } from '../../tracing/recording/trace-recorder.ts'
import { UsageError } from '../ground/errors.ts'

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
  assertWritable(output, options.output)
  const recorder = new TraceRecorder({ limit: options.limit })
  process.once('exit', () => {
    const trace = recorder.stop()
    try {
      writeFileSync(output, options.chrome ? chromeTrace(trace) : formatTrace(trace))
    } catch (error) {
      console.error(`error: can't write ${options.output}: ${(error as Error).message}`)
      process.exitCode = 1
      return
    }
    const omitted = trace.omitted > 0 ? `, ${trace.omitted} left out (--limit)` : ''
    console.error(`${trace.events.length} events${omitted}: ${options.output}`)
  })
  process.argv = [process.execPath, script, ...options.args]
  await import(pathToFileURL(script).href)
}

/** The trace is written at the end: see before the program runs that it can be. */
function assertWritable(output: string, named: string): void {
  const folder = dirname(output)
  if (!existsSync(folder)) {
    throw new UsageError(`there is no folder ${dirname(named)} to write the trace to`)
  }
  if (existsSync(output) && !statSync(output).isFile()) {
    throw new UsageError(`${named} is no file to write the trace to`)
  }
  try {
    accessSync(existsSync(output) ? output : folder, constants.W_OK)
  } catch (error) {
    throw new UsageError(`can't write ${named}: ${(error as Error).message}`)
  }
}
