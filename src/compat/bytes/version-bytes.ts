import { bytesIn, viewOf } from '../../native/values/byte-length.ts'

/** A version of the database as 8 bytes, big-endian: what node-foundationdb has in place of a bigint. */
export type Version = Buffer

export function toVersionBytes(version: bigint): Version {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(version)
  return bytes
}

export function fromVersionBytes(version: Uint8Array | bigint): bigint {
  if (typeof version === 'bigint') return version
  if (bytesIn('a read version', version) === 8) return viewOf(version).readBigInt64BE()
  throw new TypeError('a read version is 8 bytes, big-endian, or a bigint of 64 bits')
}
