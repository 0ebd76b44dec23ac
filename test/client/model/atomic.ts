import { MutationType } from '../../../src/index.ts'

/** What an atomic operation makes of a value; undefined for no value. */
export function applyAtomic(
  type: MutationType,
  before: Buffer | undefined,
  param: Buffer,
): Buffer | undefined {
  const old = before ?? Buffer.alloc(0)
  const widened = Buffer.alloc(param.length)
  old.copy(widened)
  const bitwise = (combine: (a: number, b: number) => number) =>
    Buffer.from(param.map((byte, i) => combine(widened[i]!, byte)))
  switch (type) {
    case MutationType.Add:
      return add(widened, param)
    case MutationType.BitAnd:
      return before === undefined ? param : bitwise((a, b) => a & b)
    case MutationType.BitOr:
      return bitwise((a, b) => a | b)
    case MutationType.BitXor:
      return bitwise((a, b) => a ^ b)
    case MutationType.Max:
      return number(widened) > number(param) ? widened : param
    case MutationType.Min:
      return before !== undefined && number(widened) < number(param) ? widened : param
    case MutationType.ByteMin:
      return before !== undefined && Buffer.compare(before, param) < 0 ? before : param
    case MutationType.ByteMax:
      return before !== undefined && Buffer.compare(before, param) > 0 ? before : param
    case MutationType.AppendIfFits:
      return old.length + param.length > 100_000 ? before : Buffer.concat([old, param])
    case MutationType.CompareAndClear:
      return before !== undefined && before.equals(param) ? undefined : before
    default:
      throw new Error(`the model has no atomic operation ${type}`)
  }
}

/** Little-endian, unsigned. */
function number(bytes: Buffer): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
}

function add(a: Buffer, b: Buffer): Buffer {
  const sum = Buffer.alloc(b.length)
  let carry = 0
  for (let i = 0; i < b.length; i++) {
    carry += a[i]! + b[i]!
    sum[i] = carry & 0xff
    carry >>= 8
  }
  return sum
}
