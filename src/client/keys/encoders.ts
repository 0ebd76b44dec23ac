import * as tupleLayer from '../../layers/tuple/tuple.ts'
import type { TupleItem, UnpackedItem } from '../../layers/tuple/tuple.ts'
import { describe } from './bytes.ts'
import type { Transformer } from './transformer.ts'

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

const int64BE: Transformer<bigint | number, bigint> = {
  name: 'int64BE',
  pack(value) {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
      throw new TypeError(`int64BE takes a bigint or a safe integer, not ${String(value)}`)
    }
    const wide = BigInt(value)
    if (BigInt.asIntN(64, wide) !== wide) {
      throw new TypeError(`int64BE takes an integer of 64 bits, not ${wide}`)
    }
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64BE(wide)
    return bytes
  },
  unpack: (bytes) => fixed(bytes, 8, 'int64BE').readBigInt64BE(),
}

// What JSON holds has no better type than this.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const json: Transformer<any, any> = {
  name: 'json',
  pack(value) {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw new TypeError(`JSON has no form for ${describe(value)}`)
    return text
  },
  unpack: (bytes) => JSON.parse(bytes.toString('utf8')) as unknown,
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

const tuple: Transformer<TupleItem | readonly TupleItem[], UnpackedItem[]> = {
  name: tupleLayer.name,
  pack: tupleLayer.pack,
  unpack: (bytes) => tupleLayer.unpack(bytes),
  packUnboundVersionstamp: tupleLayer.packUnboundVersionstamp,
  bakeVersionstamp: tupleLayer.bakeVersionstamp,
  range: tupleLayer.range,
  packPrefixed: tupleLayer.packPrefixed,
  unpackFrom: tupleLayer.unpackFrom,
}

/**
 * The encodings that come with the package.
 *
 * - `int32BE`: numbers of 32 bits, big-endian. Negative ones sort behind the others.
 * - `int64BE`: bigints of 64 bits, big-endian. Negative ones sort behind the others.
 * - `json`, `string` (UTF-8), `buf` (bytes), and `tuple`, the one for keys.
 *
 * @example
 * const users = db.at('users').withKeyEncoding(encoders.tuple).withValueEncoding(encoders.json)
 * await users.set(['ada', 1], { name: 'Ada' })
 */
export const encoders = { int32BE, int64BE, json, string, buf, tuple }
