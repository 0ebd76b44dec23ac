import { selectedAPIVersion } from '../../client/connection/api-version.ts'
import { packStampOffset, stampBetween } from '../../client/keys/versionstamp.ts'
import type { UnboundStamp } from '../../client/keys/versionstamp.ts'
import { NEWEST_API_VERSION } from '../../native/library/network.ts'

export type { UnboundStamp } from '../../client/keys/versionstamp.ts'

const NOTHING = Buffer.alloc(0)
const chosen = (): number => selectedAPIVersion() ?? NEWEST_API_VERSION

/**
 * The bytes with the offset of their versionstamp behind them, as the selected API version wants it.
 *
 * @example
 * const key = tuple.packUnboundVersionstamp(['log', tuple.unboundVersionstamp(0)])
 * tn.setVersionstampedKeyRaw(packVersionstamp(key, true), 'entry')
 */
export function packVersionstamp(stamp: UnboundStamp, isKey: boolean): Buffer {
  return packStampOffset(stamp, isKey, chosen())
}

/**
 * The same behind a prefix.
 *
 * @example
 * const key = tuple.packUnboundVersionstamp([tuple.unboundVersionstamp(0)])
 * tn.setVersionstampedKeyRaw(packPrefixedVersionstamp(Buffer.from('log'), key, true), 'entry')
 */
export function packPrefixedVersionstamp(
  prefix: Buffer,
  { data, stampPos }: UnboundStamp,
  isKey: boolean,
): Buffer {
  const joined = { data: Buffer.concat([prefix, data]), stampPos: prefix.length + stampPos }
  return packStampOffset(joined, isKey, chosen())
}

/**
 * `prefix`, a hole for the versionstamp, `suffix`, and the offset.
 *
 * @example
 * const key = packVersionstampPrefixSuffix(Buffer.from('log'), Buffer.from('1'), true)
 * tn.setVersionstampedKeyRaw(key, 'entry')
 */
export function packVersionstampPrefixSuffix(
  prefix: Buffer = NOTHING,
  suffix: Buffer = NOTHING,
  isKey: boolean,
  apiVersion: number = chosen(),
): Buffer {
  return packStampOffset(stampBetween(prefix, suffix), isKey, apiVersion)
}
