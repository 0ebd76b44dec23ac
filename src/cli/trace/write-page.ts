import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isSimulatorTrace, parseSimulatorTrace } from '../../tracing/formats/simulator-trace.ts'
import { parseTrace, TraceFormatError } from '../../tracing/formats/trace-file.ts'
import { tracePage } from '../../tracing/page/trace-page.ts'
import type { Trace } from '../../tracing/recording/trace.ts'
import { CommandError, UsageError } from '../ground/errors.ts'
import { writeFor } from '../ground/write-whole.ts'
import { pageOf } from './write-trace.ts'

/** Writes the page of a trace file, ours or a simulator's. Returns its path. */
export async function writePage(file: string, output = pageOf(file)): Promise<string> {
  writeFor(output, tracePage(traceIn(file, await read(file)), basename(file)))
  return output
}

function traceIn(file: string, text: string): Trace {
  try {
    return isSimulatorTrace(text) ? parseSimulatorTrace(text) : parseTrace(text)
  } catch (error) {
    if (error instanceof TraceFormatError) throw new CommandError(`${file}: ${error.message}`)
    throw error
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new UsageError(`there is no trace ${file}`)
    throw new UsageError(`can't read ${file}: ${(error as Error).message}`)
  }
}
