/** Options of a test file are texts; the default says what they must be. */
import { inspect } from 'node:util'
import type { OptionDefault } from './workload.ts'

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
