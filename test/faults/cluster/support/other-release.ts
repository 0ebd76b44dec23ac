/**
 * A client library that speaks another release's protocol: a copy of the one at hand with another number in it. It does all else
 * as before. So it tries which library a client takes, and what a cluster says to one that it doesn't know.
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** The number of release 7.4; the library has it once, and says and compares it from there. */
const PROTOCOL = 0x0fdb00b074000000n

function bytesOf(protocol: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(protocol)
  return bytes
}

/** Whether there is one place to change: in a library of release 7.4. */
export function canBeOther(library: string): boolean {
  const content = readFileSync(library)
  const at = content.indexOf(bytesOf(PROTOCOL))
  return at !== -1 && !content.includes(bytesOf(PROTOCOL), at + 1)
}

/** The protocol of a later release, or, below 0, of an earlier one: so many minor numbers away. */
export function writeOtherRelease(library: string, path: string, away: number): void {
  const content = readFileSync(library)
  const other = bytesOf(PROTOCOL + BigInt(away) * 0x1000000n)
  other.copy(content, content.indexOf(bytesOf(PROTOCOL)))
  writeFileSync(path, content)
}
