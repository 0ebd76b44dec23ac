/** Options of a test file are texts; the default says what they must be. */
import { inspect } from 'node:util'

/** What an option can be; the type of its default says which. */
export type OptionDefault = number | string | boolean | bigint

/** The options that a workload declares: names and defaults. */
export type OptionDefaults = Readonly<Record<string, OptionDefault>>

/** 50 is a number, not the number 50. */
export type OptionValueOf<T> = T extends number
  ? number
  : T extends string
    ? string
    : T extends boolean
      ? boolean
      : bigint

/** The options of a workload as it reads them: each of the type of its default. */
export type OptionValues<O> = { readonly [Name in keyof O]: OptionValueOf<O[Name]> }

/** Throws TypeError, which names the option. */
export function parseOption(name: string, text: string, fallback: OptionDefault): OptionDefault {
  switch (typeof fallback) {
    case 'number': {
      const value = Number(text)
      if (text.trim() !== '' && Number.isFinite(value)) return value
      throw wrong(name, text, 'a number')
    }
    case 'bigint':
      if (/^-?\d+$/.test(text)) return BigInt(text)
      throw wrong(name, text, 'an integer')
    case 'boolean':
      if (text === 'true' || text === '1') return true
      if (text === 'false' || text === '0') return false
      throw wrong(name, text, 'true or false')
    case 'string':
      return text
  }
}

const TYPES = ['number', 'bigint', 'boolean', 'string']

/** Throws TypeError, which names the option. */
export function checkDefault(name: unknown, fallback: unknown): void {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`an option has a name, a text that is not empty, not ${inspect(name)}`)
  }
  if (TYPES.includes(typeof fallback)) return
  throw new TypeError(
    `the default of option ${name} is a number, bigint, boolean or string, not ${typeof fallback}`,
  )
}

function wrong(name: string, text: string, what: string): TypeError {
  return new TypeError(`option ${name} of the workload is ${what}, not ${JSON.stringify(text)}`)
}
