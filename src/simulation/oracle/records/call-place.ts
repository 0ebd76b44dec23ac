/** Where in the program something was called. Taken at each call, and made a text only for who asks: that costs more. */
import { basename } from 'node:path'
import { ownCode } from '../../../native/values/own-path.ts'

/** Frames that are looked at: the package's own are many. */
const DEPTH = 24
const FRAMES = 3
/** Where the package's own code is. */
const OWN = ownCode()

export class CallPlace {
  readonly #holder: { readonly stack: string } = { stack: '' }
  #text: string | undefined

  constructor() {
    const before = Error.stackTraceLimit
    Error.stackTraceLimit = DEPTH
    Error.captureStackTrace(this.#holder, CallPlace)
    Error.stackTraceLimit = before
  }

  /** The innermost lines of the program, as `bank.ts:38:15 < bank.ts:12:9`; empty when it is none of the program's. */
  toString(): string {
    return (this.#text ??= framesOf(this.#holder.stack))
  }
}

function framesOf(stack: string): string {
  const frames: string[] = []
  for (const line of stack.split('\n').slice(1)) {
    const [, path, at] = /[ (](?:file:\/\/)?(\/.*?):(\d+:\d+)\)?$/.exec(line) ?? []
    if (path === undefined || path.startsWith(`${OWN}/`)) continue
    frames.push(`${basename(path)}:${at}`)
    if (frames.length === FRAMES) break
  }
  return frames.join(' < ')
}
