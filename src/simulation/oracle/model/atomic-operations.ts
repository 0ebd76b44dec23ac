/** What an atomic operation makes of a value, as the storage servers do it from API version 520 on. */
import { MutationType } from '../../../native/generated/mutation-type.ts'

const EMPTY = Buffer.alloc(0)
/** What a value has at most; an append that would go beyond it does nothing. */
const LONGEST_VALUE = 100_000
const OFFSET_BYTES = 4
/** As servers get these from clients of our version. */
const MIN_V2 = 18
const AND_V2 = 19

/** Undefined: no value. A stamped operation is `stamped` first. */
export function applyAtomic(
  type: number,
  before: Buffer | undefined,
  operand: Buffer,
): Buffer | undefined {
  const old = before ?? EMPTY
  switch (type) {
    case MutationType.Add:
      return add(old, operand)
    case MutationType.BitAnd:
    case AND_V2:
      return before === undefined ? operand : bytewise(old, operand, (a, b) => a & b)
    case MutationType.BitOr:
      return bytewise(old, operand, (a, b) => a | b)
    case MutationType.BitXor:
      return bytewise(old, operand, (a, b) => a ^ b)
    case MutationType.AppendIfFits:
      if (before === undefined) return operand
      return old.length + operand.length > LONGEST_VALUE ? old : Buffer.concat([old, operand])
    case MutationType.Max:
      return old.length > 0 && isAbove(old, operand) ? fitted(old, operand.length) : operand
    case MutationType.Min:
    case MIN_V2:
      return before === undefined || !isAbove(operand, fitted(old, operand.length))
        ? operand
        : fitted(old, operand.length)
    case MutationType.ByteMin:
      return before !== undefined && before.compare(operand) < 0 ? before : operand
    case MutationType.ByteMax:
      return before !== undefined && before.compare(operand) > 0 ? before : operand
    case MutationType.CompareAndClear:
      return before?.equals(operand) === true ? undefined : before
    default:
      throw new RangeError(`the oracle knows no atomic operation ${type}`)
  }
}

/** What is written with a stamp in it: the last four bytes say where the stamp goes. */
export function stamped(operand: Buffer, stamp: Buffer): Buffer {
  const body = Buffer.from(operand.subarray(0, operand.length - OFFSET_BYTES))
  stamp.copy(body, operand.readInt32LE(operand.length - OFFSET_BYTES))
  return body
}

function fitted(value: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length)
  value.copy(copy)
  return copy
}

function bytewise(old: Buffer, operand: Buffer, combine: (a: number, b: number) => number): Buffer {
  const padded = fitted(old, operand.length)
  return Buffer.from(operand.map((byte, i) => combine(padded[i] as number, byte)))
}

function add(old: Buffer, operand: Buffer): Buffer {
  const sum = fitted(old, operand.length)
  let carry = 0
  for (let i = 0; i < sum.length; i++) {
    carry += (sum[i] as number) + (operand[i] as number)
    sum[i] = carry & 0xff
    carry >>= 8
  }
  return sum
}

/** As little-endian numbers, of as many bytes as the second has. */
function isAbove(first: Buffer, second: Buffer): boolean {
  for (let i = second.length - 1; i >= 0; i--) {
    const [a, b] = [first[i] ?? 0, second[i] as number]
    if (a !== b) return a > b
  }
  return false
}
