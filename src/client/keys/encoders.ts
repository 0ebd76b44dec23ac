import { json } from './json.ts'
import type { Transformer } from './transformer.ts'
import { tuple } from './tuple-keys.ts'

function fixed(bytes: Buffer, length: number, name: string): Buffer {
  if (bytes.length === length) return bytes
  throw new RangeError(`${name} takes ${length} bytes, and these are ${bytes.length}`)
}

const int32BE: Transformer<number, number> = {
  name: 'int32BE',
  pack(value) {
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 31) {
      throw new TypeError(`int32BE takes an integer of 32 bits, not ${String(value)}`)
    }
    const bytes = Buffer.allocUnsafe(4)
    bytes.writeInt32BE(value)
    return bytes
  },
  unpack: (bytes) => fixed(bytes, 4, 'int32BE').readInt32BE(),
}

function integer64(value: bigint | number, name: string): bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw new TypeError(`${name} takes a bigint or a safe integer, not ${String(value)}`)
  }
  const wide = BigInt(value)
  if (BigInt.asIntN(64, wide) === wide) return wide
  throw new TypeError(`${name} takes an integer of 64 bits, not ${wide}`)
}

const int64BE: Transformer<bigint | number, bigint> = {
  name: 'int64BE',
  pack(value) {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64BE(integer64(value, 'int64BE'))
    return bytes
  },
  unpack: (bytes) => fixed(bytes, 8, 'int64BE').readBigInt64BE(),
}

const int64LE: Transformer<bigint | number, bigint> = {
  name: 'int64LE',
  pack(value) {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64LE(integer64(value, 'int64LE'))
    return bytes
  },
  unpack: (bytes) => fixed(bytes, 8, 'int64LE').readBigInt64LE(),
}

const string: Transformer<string, string> = {
  name: 'string',
  pack: (value) => value,
  unpack: (bytes) => bytes.toString('utf8'),
}

const buf: Transformer<Uint8Array, Buffer> = {
  name: 'buf',
  pack: (value) => value,
  unpack: (bytes) => bytes,
}

/**
 * The encodings that come with the package.
 *
 * - `int32BE`: numbers of 32 bits, big-endian. Negative ones sort behind the others.
 * - `int64BE`: bigints of 64 bits, big-endian. Negative ones sort behind the others.
 * - `int64LE`: the same, little-endian: values for `add`. As keys they don't sort as numbers do.
 * - `string` (UTF-8) and `buf` (bytes).
 * - `json`, for values of any type; `json<User>()` for those of one, `json(schema)` for those that a schema takes.
 * - `tuple`, the one for keys; `tuple<[string, number]>()` for tuples of one shape.
 *
 * @example
 * const users = db.at('users', encoders.tuple<[string, number]>(), encoders.json<{ name: string }>())
 * await users.set(['ada', 1], { name: 'Ada' })
 * console.log((await users.get(['ada', 1]))?.name) // Ada
 */
export const encoders = { int32BE, int64BE, int64LE, json, string, buf, tuple }
