import { selectedAPIVersion } from '../../client/connection/api-version.ts'
import { packStampOffset, stampBetween } from '../../client/keys/versionstamp.ts'
import type { UnboundStamp } from '../../client/keys/versionstamp.ts'
import { NEWEST_API_VERSION } from '../../native/library/network.ts'
import { checkBoolean, checkIntegerWithin } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'
import { bytesIn } from '../../native/values/byte-length.ts'

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
  checkStamp(stamp)
  checkBoolean('isKey', isKey)
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
  stamp: UnboundStamp,
  isKey: boolean,
): Buffer {
  checkPart('prefix', prefix)
  checkStamp(stamp)
  checkBoolean('isKey', isKey)
  const { data, stampPos } = stamp
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
  checkPart('prefix', prefix)
  checkPart('suffix', suffix)
  checkBoolean('isKey', isKey)
  checkIntegerWithin('apiVersion', apiVersion, 0, NEWEST_API_VERSION)
  return packStampOffset(stampBetween(prefix, suffix), isKey, apiVersion)
}

function checkPart(argument: string, bytes: unknown): void {
  if (bytesIn(argument, bytes) >= 0) return
  throw new TypeError(`${argument} must be a Buffer, not ${describe(bytes)}`)
}

function checkStamp(stamp: UnboundStamp): void {
  const { data, stampPos } = (stamp ?? {}) as Partial<UnboundStamp>
  if (bytesIn('stamp', data) >= 0 && Number.isInteger(stampPos)) return
  throw new TypeError(
    `stamp must be what packUnboundVersionstamp gives, not ${describe(stamp)} without data and stampPos`,
  )
}
