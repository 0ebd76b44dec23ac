import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { KeyStyle } from '../../tracing/recording/key-text.ts'
import type { Trace } from '../../tracing/recording/trace.ts'
import { TraceRecorder } from '../../tracing/recording/trace-recorder.ts'
import { UsageError } from '../ground/errors.ts'
import { allowTypeScript } from './typescript.ts'
import { pageOf, writeTrace } from './write-trace.ts'

export interface TraceRunOptions {
  readonly script: string
  readonly args: readonly string[]
  readonly output: string
  readonly chrome: boolean
  readonly limit: number
  readonly keys: KeyStyle
  readonly conflicts: boolean
}

/** How others end a process. A program without a handler of its own for one leaves its trace. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a module in this process with tracing on. The trace is written when the process ends, however it does: by itself,
 * by an error, by `process.exit` or by a signal.
 */
export async function traceRun(options: TraceRunOptions): Promise<void> {
  const script = resolve(options.script)
  const output = resolve(options.output)
  if (!existsSync(script) || !statSync(script).isFile()) {
    throw new UsageError(`there is no program ${options.script}`)
  }
  assertWritable(output, options.output)
  if (!options.chrome) assertWritable(pageOf(output), pageOf(options.output))
  const { limit, keys, conflicts } = options
  const recorder = new TraceRecorder({ limit, keys, conflicts })
  let isWritten = false
  const finish = (): void => {
    if (isWritten) return
    isWritten = true
    report(recorder.stop(), output, options)
  }
  process.once('exit', finish)
  for (const signal of SIGNALS) endBy(signal, finish)
  process.argv = [process.execPath, script, ...options.args]
  if (/\.[mc]?ts$/.test(script)) allowTypeScript()
  await import(pathToFileURL(script).href)
}

/** The signal does what it would have done, once the trace is written. */
function endBy(signal: NodeJS.Signals, finish: () => void): void {
  process.once(signal, () => {
    // The program has a handler, too: it is to say how the process ends.
    if (process.listenerCount(signal) > 0) return
    finish()
    process.kill(process.pid, signal)
  })
}

function report(trace: Trace, output: string, options: TraceRunOptions): void {
  if (trace.events.length === 0 && existsSync(output)) {
    console.error(`nothing was recorded: ${options.output} stays as it was`)
    return
  }
  try {
    writeTrace(trace, output, options.chrome)
  } catch (error) {
    console.error(`error: can't write ${options.output}: ${(error as Error).message}`)
    process.exitCode = 1
    return
  }
  const omitted = trace.omitted > 0 ? `, ${trace.omitted} left out (--limit)` : ''
  const page = options.chrome ? '' : `, ${pageOf(options.output)}`
  console.error(`${trace.events.length} events${omitted}: ${options.output}${page}`)
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
