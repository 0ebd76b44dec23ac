/** Checks options before they reach the C API, and turns their values into its bytes. */
import { checkIsObject } from './known-options.ts'
import { isBytes } from './byte-length.ts'
import type { OptionInfo } from '../generated/option-info.ts'
import { ownEntry } from './own-entry.ts'
import { shown } from './describe.ts'

/** A value of an option: what its parameter asks for; `true` or nothing for an option without one. */
export type OptionValue = string | number | bigint | boolean | Uint8Array | undefined

export type OptionTable = Readonly<Record<string, OptionInfo>>

export interface EncodedOption {
  readonly name: string
  readonly code: number
  /** `undefined`: the option takes no value, or it was left out. */
  readonly value: Uint8Array | undefined
}

const NO_VALUE = 'does not take a value: leave it out'

/**
 * The option's code and bytes. `option` is a code, or a name as in the table or in camel case. `scope`
 * names the table in errors: "network option". Throws TypeError or RangeError, which name the option.
 */
export function encodeOption(
  scope: string,
  table: OptionTable,
  option: number | string,
  value: OptionValue,
): EncodedOption {
  const [name, info] = findOption(scope, table, option)
  const problem = (text: string): string => `${scope} ${name} ${text}`
  const absent = value === undefined || value === true
  if (info.param === 'none') {
    if (!absent) throw new TypeError(problem(NO_VALUE))
    return { name, code: info.code, value: undefined }
  }
  if (absent) {
    if (info.paramOptional === true) return { name, code: info.code, value: undefined }
    throw new TypeError(problem(`needs a value of type ${expected(info)}`))
  }
  return { name, code: info.code, value: encodeValue(info, value, problem) }
}

/** @throws TypeError for what is no object, or names an option that the table doesn't have, whatever its value. */
export function checkOptionNames(scope: string, table: OptionTable, options: object): void {
  checkIsObject(`the ${scope.split(' ', 1)[0]}`, options)
  for (const name in options) findOption(scope, table, name)
}

function findOption(
  scope: string,
  table: OptionTable,
  option: number | string,
): [name: string, info: OptionInfo] {
  if (typeof option === 'string') {
    const name = option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const info = ownEntry(table, name)
    if (info !== undefined) return [name, info]
    const names = Object.keys(table).join(', ')
    throw new TypeError(`${option} is no ${scope}: there are ${names}`)
  }
  if (!Number.isInteger(option)) {
    throw new TypeError(`a ${scope} is a name or an integer code, not ${shown(option)}`)
  }
  const found = Object.entries(table).find(([, info]) => info.code === option)
  if (found === undefined) throw new TypeError(`there is no ${scope} with code ${option}`)
  return found
}

function encodeValue(
  info: OptionInfo,
  value: OptionValue,
  problem: (text: string) => string,
): Uint8Array {
  if (info.param === 'int') return encodeInteger(value, problem)
  if (typeof value === 'string') return Buffer.from(value)
  if (info.param === 'bytes' && isBytes(value)) return value
  throw new TypeError(problem(`needs a value of type ${expected(info)}, not ${typeof value}`))
}

function encodeInteger(value: OptionValue, problem: (text: string) => string): Uint8Array {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw new TypeError(problem(`needs an integer, not ${typeof value}`))
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(problem(`needs an integer, not ${value}`))
  }
  const wide = BigInt(value)
  if (BigInt.asIntN(64, wide) !== wide) {
    throw new RangeError(problem(`needs a signed 64-bit integer, not ${wide}`))
  }
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(wide)
  return bytes
}

function expected(info: OptionInfo): string {
  return info.param === 'bytes' ? 'Uint8Array or string' : info.param
}
