/** Copies what was measured into commands that are being written. */
import { lengthOf } from '../../native/values/byte-length.ts'

/** Up to here a loop is faster than a call. */
const COPY_BY_LOOP = 48

/** How many words hold so many bytes: an argument's, which were measured and are not many. See checks.ts. */
export function wordsOf(bytes: number): number {
  return (bytes + 3) >>> 2
}

/** Copies so many bytes, as many as were measured, to a word; returns the word behind them. */
export function copyBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  length: number,
): number {
  const begin = at << 2
  // By the loop too when a shared buffer has grown since: what lies behind the command is not its own.
  if (length <= COPY_BY_LOOP || lengthOf(source) !== length) {
    for (let i = 0; i < length; i++) target[begin + i] = source[i] as number
  } else {
    target.set(source, begin)
  }
  return at + wordsOf(length)
}
