import { viewOf } from '../native/byte-length.ts'
import { toBytes } from '../client/bytes.ts'
import type { NativeValue } from '../client/bytes.ts'

export { concat2, startsWith, strInc, strNext } from '../client/bytes.ts'

/** Text as UTF-8; bytes as they are. */
export function asBuf(value: NativeValue): Buffer {
  const bytes = toBytes(value, 'value')
  return Buffer.isBuffer(bytes) ? bytes : viewOf(bytes)
}
