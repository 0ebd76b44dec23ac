/** The line of the program that called the package: `orders.ts:12`, without the folder, which differs by machine. */
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the package's own code is. Its frames are passed over. */
const OWN = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** Frames that are looked at. */
const DEPTH = 30

/** Empty when the whole stack is the package's, or Node's. */
export function callSite(): string {
  const before = Error.stackTraceLimit
  const holder = { stack: '' }
  Error.stackTraceLimit = DEPTH
  Error.captureStackTrace(holder, callSite)
  Error.stackTraceLimit = before
  for (const line of holder.stack.split('\n').slice(1)) {
    const [, place, at] = /\(?((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/.exec(line) ?? []
    if (place === undefined) continue
    const path = place.replace('file://', '')
    if (!path.startsWith(`${OWN}/`)) return `${basename(path)}:${at}`
  }
  return ''
}
