import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databaseOptions } from '../../src/native/generated/database-options.ts'
import { networkOptions } from '../../src/native/generated/network-options.ts'
import { transactionOptions } from '../../src/native/generated/transaction-options.ts'
import {
  encodeOption,
  type OptionTable,
  type OptionValue,
} from '../../src/native/values/option-values.ts'

const tables: [scope: string, table: OptionTable][] = [
  ['network option', networkOptions],
  ['database option', databaseOptions],
  ['transaction option', transactionOptions],
]

/** Values that fit a parameter type, and values that fit none but it. */
const fitting: Record<string, OptionValue> = {
  none: undefined,
  int: 1,
  string: 'text',
  bytes: Uint8Array.of(1, 2),
}
const unfit: Record<string, OptionValue[]> = {
  none: [1, 'text', false, Uint8Array.of(1)],
  int: ['1', 1.5, NaN, 2 ** 63, 1n << 63n, Uint8Array.of(1), false],
  string: [1, 1n, Uint8Array.of(1), false],
  bytes: [1, 1n, false],
}

describe('an option', () => {
  test('takes what its parameter type says, and its error names it', () => {
    for (const [scope, table] of tables) {
      for (const [name, info] of Object.entries(table)) {
        const encoded = encodeOption(scope, table, name, fitting[info.param])
        expect(encoded.name).toBe(name)
        expect(encoded.code).toBe(info.code)
        expect(encoded.value === undefined).toBe(info.param === 'none')
        for (const value of unfit[info.param] ?? []) {
          expect(() => encodeOption(scope, table, name, value), `${name} ${String(value)}`).toThrow(
            `${scope} ${name} `,
          )
        }
      }
    }
  })

  test('needs its value, unless it may be left out', () => {
    for (const [scope, table] of tables) {
      for (const [name, info] of Object.entries(table)) {
        if (info.param === 'none') continue
        const encode = (): unknown => encodeOption(scope, table, name, undefined)
        if (info.paramOptional) expect(encode()).toMatchObject({ value: undefined })
        else expect(encode).toThrow(TypeError)
      }
    }
  })

  test('is found by camel case and by code', () => {
    const bySnake = encodeOption('t', transactionOptions, 'retry_limit', 3)
    expect(encodeOption('t', transactionOptions, 'retryLimit', 3)).toEqual(bySnake)
    expect(encodeOption('t', transactionOptions, bySnake.code, 3)).toEqual(bySnake)
  })

  test('that does not exist is refused', () => {
    for (const unknown of ['nothing', 'toString', '__proto__', 999_999, 1.5, NaN]) {
      expect(() => encodeOption('network option', networkOptions, unknown, undefined)).toThrow(
        TypeError,
      )
    }
  })

  test('of type int is eight little-endian bytes', () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), (number) => {
        const { value } = encodeOption('t', transactionOptions, 'timeout', number)
        expect(Buffer.from(value!).readBigInt64LE()).toBe(number)
      }),
    )
  })

  test('of type string is UTF-8', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { value } = encodeOption('n', networkOptions, 'trace_enable', text)
        expect(Buffer.from(value!).toString()).toBe(Buffer.from(text).toString())
      }),
    )
  })
})
