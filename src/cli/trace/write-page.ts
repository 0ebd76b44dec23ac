import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseTrace, TraceFormatError } from '../../tracing/formats/trace-file.ts'
import { tracePage } from '../../tracing/page/trace-page.ts'
import { CommandError, UsageError } from '../ground/errors.ts'

/** Writes the page of a trace file. Returns its path. */
export async function writePage(file: string, output = `${file}.html`): Promise<string> {
  const text = await read(file)
  try {
    await writeFile(output, tracePage(parseTrace(text), basename(file)))
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
