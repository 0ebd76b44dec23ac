import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { MAX_LINE } from '../notation/tokenize.ts'

/**
 * The lines of a stream, without their ends. Reads no further than is asked for, and of a line that is longer
 * than any may be, no more than shows that it is.
 */
export async function* readLines(input: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of input) {
    rest += typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer)
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield withoutReturn(line)
    if (rest.length > MAX_LINE) {
      yield rest
      return
    }
  }
  rest += decoder.end()
  if (rest !== '') yield withoutReturn(rest)
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
