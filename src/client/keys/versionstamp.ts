import { lengthOf } from '../../native/values/byte-length.ts'
import type { UnboundStamp } from '../../layers/tuple/tuple.ts'

export type { UnboundStamp } from '../../layers/tuple/tuple.ts'

/** Bytes that a commit writes: 8 of its version and 2 of its order in the batch. */
export const STAMP_BYTES = 10

/** From this version on, keys and values end with 4 bytes that say where the stamp goes. */
const OFFSET_OF_FOUR_BYTES = 520

/**
 * Adds the offset of the stamp to the bytes, in the form that the API version asks for.
 *
 * @throws RangeError when the version has no form for it.
 */
export function packStampOffset(
  { data, stampPos }: UnboundStamp,
  isKey: boolean,
  apiVersion: number,
): Buffer {
  if (apiVersion >= OFFSET_OF_FOUR_BYTES) {
    const out = Buffer.allocUnsafe(data.length + 4)
    data.copy(out)
    out.writeUInt32LE(stampPos, data.length)
    return out
  }
  if (isKey) return packShortOffset(data, stampPos)
  if (stampPos !== 0) {
    throw new RangeError(
      `API version ${apiVersion} puts a versionstamp only at the start of a value; 520 allows more`,
    )
  }
  return data
}

function packShortOffset(data: Buffer, stampPos: number): Buffer {
  if (stampPos > 0xffff) throw new RangeError('the versionstamp is further than 65535 bytes in')
  const out = Buffer.allocUnsafe(data.length + 2)
  data.copy(out)
  out.writeUInt16LE(stampPos, data.length)
  return out
}

/** `prefix`, the hole for the stamp, `suffix`. */
export function stampBetween(prefix: Uint8Array, suffix: Uint8Array): UnboundStamp {
  const stampPos = lengthOf(prefix)
  const data = Buffer.alloc(stampPos + STAMP_BYTES + lengthOf(suffix))
  data.set(prefix)
  data.set(suffix, stampPos + STAMP_BYTES)
  return { data, stampPos }
}
