/** The line of the program that called the package: `orders.ts:12`, without the folder, which differs by machine. */
import { basename } from 'node:path'
import { ownCode } from './own-path.ts'

/** Where the package's own code is. Its frames are passed over; those of a bundle can't be told from the program's. */
const OWN = ownCode()
/** Frames that are looked at. */
const DEPTH = 30

/** Empty when the whole stack is the package's, or Node's, and in a bundle. */
export function callSite(): string {
  if (OWN === undefined) return ''
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
