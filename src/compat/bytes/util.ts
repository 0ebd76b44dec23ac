import { viewOf } from '../../native/values/byte-length.ts'
import { toBytes } from '../../client/keys/bytes.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'

export { concat2, startsWith, strInc, strNext } from '../../client/keys/bytes.ts'

/** Text as UTF-8; bytes as they are. */
export function asBuf(value: NativeValue): Buffer {
  const bytes = toBytes(value, 'value')
  return Buffer.isBuffer(bytes) ? bytes : viewOf(bytes)
}
