import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isSimulatorTrace, parseSimulatorTrace } from '../../tracing/formats/simulator-trace.ts'
import { parseTrace, TraceFormatError } from '../../tracing/formats/trace-file.ts'
import { tracePage } from '../../tracing/page/trace-page.ts'
import { CommandError, UsageError } from '../ground/errors.ts'
import { writeWhole } from '../ground/write-whole.ts'
import { pageOf } from './write-trace.ts'

/** Writes the page of a trace file, ours or a simulator's. Returns its path. */
export async function writePage(file: string, output = pageOf(file)): Promise<string> {
  const text = await read(file)
  try {
    const trace = isSimulatorTrace(text) ? parseSimulatorTrace(text) : parseTrace(text)
    writeWhole(output, tracePage(trace, basename(file)))
  } catch (error) {
    if (error instanceof TraceFormatError) throw new CommandError(`${file}: ${error.message}`)
    throw new CommandError(`can't write ${output}: ${(error as Error).message}`)
  }
  return output
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
