/** The newest version, as calls about blob granules have it. */
import { shown } from '../../native/values/describe.ts'

export const LATEST_VERSION = -2n

const MANY_RANGES = 10_000

export function checkCount(limit: number = MANY_RANGES): number {
  if (Number.isInteger(limit) && limit > 0 && limit < 2 ** 31) return limit
  throw new TypeError(`limit of ranges is a positive integer, not ${shown(limit)}`)
}

export function checkVersion(version: bigint): void {
  if (typeof version === 'bigint' && BigInt.asIntN(64, version) === version) return
  throw new TypeError('a version is a bigint of 64 bits')
}
