// What the recipes stand on: scopes, writes that a retry must not repeat, unique ids, numbers in their order.
/**
 * Numbers in the order of numbers. The tuple layer sorts by type first: all integers, then all 32-bit floats, then
 * all doubles, and each kind by size. So keys in numeric order are these three ranges merged. What is
 * said here of bigints and doubles is exact: neither is ever rounded to the other.
 */
import { pack } from '../../layers/tuple/tuple.ts'
import type { TupleItem } from '../../layers/tuple/tuple-item.ts'
import * as code from '../../layers/tuple/type-codes.ts'

/** Keys from `begin` to before `end`. */
export interface ByteRange {
  readonly begin: Buffer
  readonly end: Buffer
}

/** Behind the codes of all integers, of all floats, and of all doubles. */
export const BEHIND_INTEGERS = code.POSITIVE_BIG + 1
export const BEHIND_FLOATS = code.FLOAT + 1
export const BEHIND_DOUBLES = code.DOUBLE + 1

/** -1, 0 or 1; -0 is 0. Neither is NaN. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  // The language compares a bigint and a number by their mathematical values.
  return a < b ? -1 : a > b ? 1 : 0
}

const doubleValue = new Float64Array(1)
const doubleBits = new BigInt64Array(doubleValue.buffer)
const floatValue = new Float32Array(1)
const floatBits = new Int32Array(floatValue.buffer)

/** The least double that is not below the value; of the two zeros -0, which sorts first. */
export function doubleNotBelow(value: number | bigint): number {
  doubleValue[0] = Number(value)
  // Rounded down, by less than the distance of two neighbours: the next one is above. It is never Infinity here.
  if (doubleValue[0] < value) doubleBits[0]! += doubleBits[0]! < 0n ? -1n : 1n
  return doubleValue[0] || -0
}

/** The least 32-bit float that is not below the value; of the two zeros -0. */
export function floatNotBelow(value: number | bigint): number {
  const least = doubleNotBelow(value)
  floatValue[0] = least
  if (floatValue[0] < least) floatBits[0]! += floatBits[0]! < 0 ? -1 : 1
  return floatValue[0] || -0
}

const double = (value: number): Buffer => pack([{ type: 'double', value }])
const float = (value: number): Buffer => pack([{ type: 'float', value }])
const at = (prefix: Buffer, ...rest: (Buffer | number)[]): Buffer =>
  Buffer.concat([
    prefix,
    ...rest.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)),
  ])

/** The least integer that is not below the value, packed; or what is before or behind all integers. */
function integerNotBelow(value: number | bigint): Buffer {
  if (typeof value === 'bigint') return pack([value])
  if (Number.isFinite(value)) return pack([BigInt(Math.ceil(value))])
  return Buffer.of(value > 0 ? BEHIND_INTEGERS : code.NEGATIVE_BIG)
}

/**
 * The keys behind `prefix` whose next item sorts before the number: smaller numbers, and what
 * sorts before all numbers.
 */
export function rangesBefore(prefix: Buffer, value: number | bigint): ByteRange[] {
  return [
    { begin: prefix, end: at(prefix, integerNotBelow(value)) },
    { begin: at(prefix, code.FLOAT), end: at(prefix, float(floatNotBelow(value))) },
    { begin: at(prefix, code.DOUBLE), end: at(prefix, double(doubleNotBelow(value))) },
  ]
}

/** The keys behind `prefix` whose next item sorts behind the number, and what sorts behind all numbers. */
export function rangesBehind(prefix: Buffer, value: number | bigint): ByteRange[] {
  const [inFloats, inDoubles] = [-floatNotBelow(-value), -doubleNotBelow(-value)]
  return [
    { begin: at(prefix, behindIntegersTo(value)), end: at(prefix, BEHIND_INTEGERS) },
    { begin: at(prefix, float(inFloats), code.ESCAPE), end: at(prefix, BEHIND_FLOATS) },
    { begin: at(prefix, double(inDoubles), code.ESCAPE), end: at(prefix, code.ESCAPE) },
  ]
}

function behindIntegersTo(value: number | bigint): Buffer {
  if (typeof value === 'number' && !Number.isFinite(value)) return integerNotBelow(value)
  const integer = typeof value === 'bigint' ? value : BigInt(Math.floor(value))
  return at(pack([integer]), code.ESCAPE)
}

/** Every item that stands for this number, packed: as an integer, a float and a double, where it has the form. */
export function formsOf(value: number | bigint): Buffer[] {
  const forms = [...plainFormsOf(value)]
  const add = (form: Buffer): void =>
    void (forms.some((other) => other.equals(form)) || forms.push(form))
  const rounded = Number(value)
  const isFloat = Math.fround(rounded) === rounded
  for (const same of rounded === 0 ? [-0, 0] : [rounded]) {
    // Too large a bigint rounds to infinity, which is not the same.
    if (compareNumbers(same, value) !== 0) continue
    add(double(same))
    if (isFloat) add(float(same))
  }
  return forms
}

/** What a plain number or bigint of this value may have been packed as. */
export function plainFormsOf(value: number | bigint): Buffer[] {
  const forms: TupleItem[] = []
  if (typeof value === 'bigint' || Number.isInteger(value)) forms.push(BigInt(value))
  const rounded = Number(value)
  const isDouble = !Number.isSafeInteger(rounded)
  if (rounded === 0) forms.push(-0)
  else if (isDouble && compareNumbers(rounded, value) === 0) forms.push(rounded)
  return forms.map((form) => pack([form]))
}
