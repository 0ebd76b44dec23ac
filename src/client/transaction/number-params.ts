import { MutationType } from '../../native/generated/mutation-type.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'
import { integerOf, littleEndian, littleEndianValue } from '../keys/little-endian.ts'

/** How a number is written by `add`, `max` and `min`. */
export interface NumberOptions {
  /** Its size, 1 to 16 bytes; 8 unless set. The value gets this length. */
  readonly bytes?: number
}

/** The same for `add`, `max` and `min` as transactions of their own. */
export interface NumberCallOptions extends NumberOptions, CallOptions {}

const KNOWN = knownOptions<NumberOptions>('a number', { bytes: true })
const KNOWN_TO_CALL = knownOptions<NumberCallOptions>('a number', {
  bytes: true,
  signal: true,
  timeout: true,
})

/** What is about the number. Throws for wrong names before anything is done. */
export function numberOptionsAmong(
  options: NumberCallOptions | undefined,
): NumberOptions | undefined {
  if (options === undefined) return undefined
  checkOptions(KNOWN_TO_CALL, options)
  return options.bytes === undefined ? undefined : { bytes: options.bytes }
}

const DEFAULT_BYTES = 8
const MOST_BYTES = 16

/** The operations that take the value for an integer. */
export type NumberOperation =
  typeof MutationType.Add | typeof MutationType.Max | typeof MutationType.Min

const NAMES = new Map<NumberOperation, string>([
  [MutationType.Add, 'add'],
  [MutationType.Max, 'max'],
  [MutationType.Min, 'min'],
])

/**
 * Writes `add`, `max` or `min`. A number or bigint is a little-endian integer, of 8 bytes unless the options say
 * otherwise. In a scope with a value encoding the encoding gives its bytes; it must be a little-endian one.
 */
export function writeNumber<KeyIn, ValIn>(
  view: TransactionView<KeyIn, unknown, ValIn, unknown>,
  type: NumberOperation,
  key: KeyIn,
  param: ValIn | number | bigint,
  options: NumberOptions | undefined,
): void {
  const handle = view.context.toWrite(NAMES.get(type)!)
  handle.atomicOp(type, view.subspace.packKey(key), paramOf(view, type, param, options))
}

function paramOf<ValIn>(
  view: TransactionView<never, unknown, ValIn, unknown>,
  type: NumberOperation,
  param: ValIn | number | bigint,
  options: NumberOptions | undefined,
): Uint8Array {
  checkOptions(KNOWN, options)
  const bytes = options?.bytes
  if (typeof param !== 'number' && typeof param !== 'bigint') {
    if (bytes === undefined) return view.subspace.packValue(param)
    throw new TypeError('bytes is the size of a number or bigint: other values have their own')
  }
  const name = NAMES.get(type)!
  if (bytes === undefined && !view.hasPlainValues) return byEncoding(view, name, param)
  const size = checkSize(bytes ?? DEFAULT_BYTES)
  return littleEndian(integerOf(param, name), size, type === MutationType.Add, name)
}

function checkSize(bytes: unknown): number {
  if (Number.isInteger(bytes) && (bytes as number) >= 1 && (bytes as number) <= MOST_BYTES) {
    return bytes as number
  }
  throw new TypeError(
    `bytes of a number is an integer from 1 to ${MOST_BYTES}, not ${String(bytes)}`,
  )
}

/** The cluster takes the bytes for a little-endian integer, whatever the encoding meant. */
function byEncoding<ValIn>(
  { subspace }: TransactionView<never, unknown, ValIn, unknown>,
  name: string,
  param: number | bigint,
): Uint8Array {
  const packed = subspace.packValue(param as ValIn)
  const meant = BigInt.asUintN(packed.length * 8, integerOf(param, name))
  if (littleEndianValue(packed) === meant) return packed
  const encoding = subspace.valueXf.name ?? 'of this scope'
  throw new TypeError(
    `${name} takes little-endian integers, and the value encoding ${encoding} makes other bytes of ${param}: ` +
      'use encoders.int64LE, or give the size: { bytes: 8 }',
  )
}
