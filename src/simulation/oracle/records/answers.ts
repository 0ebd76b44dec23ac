/** Keeps what a read gave: as it is, or, when it is large, as its digest. */
import { createHash } from 'node:crypto'
import type { Answer, Read } from './attempt.ts'

/** Bytes that are kept as they are. */
const LARGEST = 4096
const HEAD_BYTES = 4

export function keptAnswer(read: Read, data: Uint8Array, length: number): Answer {
  if (length < 0) return { bytes: undefined, digest: undefined, count: 0, more: false }
  const payload = Buffer.from(data.buffer, data.byteOffset, length)
  const isRange = read.what === 'getRange' || read.what === 'getMappedRange'
  const isLarge = length > LARGEST
  return {
    bytes: isLarge ? undefined : Buffer.from(payload),
    digest: isLarge ? digestOf(payload) : undefined,
    count: isRange ? payload.readInt32LE(0) : 1,
    more: isRange && payload.readInt32LE(HEAD_BYTES) !== 0,
  }
}

export function digestOf(payload: Buffer): string {
  return createHash('sha256').update(payload).digest('base64')
}
