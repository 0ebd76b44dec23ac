import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { MutationType, encoders } from '../../src/index.ts'
import type { NumberOptions } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { applyAtomic } from './model/atomic.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRange('', Buffer.of(0xff))
  db.close()
})

const operations = { add: MutationType.Add, max: MutationType.Max, min: MutationType.Min } as const
type Name = keyof typeof operations

/** By another way than the code: the hexadecimal digits, turned around. */
function littleEndian(value: bigint, bytes: number): Buffer {
  const digits = BigInt.asUintN(bytes * 8, value)
    .toString(16)
    .padStart(bytes * 2, '0')
  return Buffer.from(digits, 'hex').reverse()
}

const least = (name: Name, bytes: number) => (name === 'add' ? -(2n ** BigInt(bytes * 8 - 1)) : 0n)
const most = (bytes: number) => 2n ** BigInt(bytes * 8) - 1n

const anyStep = fc
  .record({
    name: fc.constantFrom<Name>('add', 'max', 'min'),
    bytes: fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined }),
    isBigint: fc.boolean(),
    inDatabase: fc.boolean(),
  })
  .chain((step) => {
    const size = step.bytes ?? 8
    const [from, to] = [least(step.name, size), most(size)]
    const value = fc.oneof(
      fc.bigInt({ min: from, max: to }),
      fc.bigInt({ min: from < -300n ? -300n : from, max: to < 300n ? to : 300n }),
      fc.constantFrom(from, to),
    )
    return value.map((param) => ({ ...step, param }))
  })

describe('add, max and min of a number', () => {
  test('do to a value what the same bytes do', async () => {
    let runs = 0
    const property = fc.asyncProperty(fc.array(anyStep, { maxLength: 6 }), async (steps) => {
      const key = `model/${runs++}`
      let model: Buffer | undefined
      for (const { name, bytes, isBigint, inDatabase, param } of steps) {
        const options: NumberOptions | undefined = bytes === undefined ? undefined : { bytes }
        const isSafe = Number.isSafeInteger(Number(param))
        const number = isBigint || !isSafe ? param : Number(param)
        if (inDatabase) await db[name](key, number, options)
        else await db.doOneshot((tn) => tn[name](key, number, options))
        model = applyAtomic(operations[name], model, littleEndian(param, bytes ?? 8))
        expect(await db.get(key)).toEqual(model)
      }
    })
    await fc.assert(property, { numRuns: backend.name === 'engine' ? 150 : 15 })
  })

  test('refuse what does not fit, and write nothing', async () => {
    const tooFar = fc
      .record({
        name: fc.constantFrom<Name>('add', 'max', 'min'),
        bytes: fc.integer({ min: 1, max: 16 }),
        by: fc.bigInt({ min: 1n, max: 2n ** 70n }),
        isBelow: fc.boolean(),
      })
      .map(({ name, bytes, by, isBelow }) => ({
        name,
        bytes,
        param: isBelow ? least(name, bytes) - by : most(bytes) + by,
      }))
    const property = fc.asyncProperty(tooFar, async ({ name, bytes, param }) => {
      const run = db.doOneshot((tn) => tn[name]('refused', param, { bytes }))
      await expect(run).rejects.toThrow(RangeError)
      await expect(run).rejects.toThrow(
        new RegExp(`^${name} takes an integer from .* not ${param}$`),
      )
    })
    await fc.assert(property)
    expect(await db.exists('refused')).toBe(false)
  })

  test.each<[string, Name, unknown, unknown, RegExp]>([
    ['a fraction', 'add', 0.5, undefined, /^add takes an integer, not 0.5: it has no fractions/],
    ['NaN', 'max', NaN, undefined, /^max takes an integer, not NaN/],
    ['an inexact number', 'min', 2 ** 60, undefined, /above 2 \*\* 53 pass a bigint/],
    ['no size', 'add', 1, { bytes: 0 }, /^bytes of a number is an integer from 1 to 16, not 0/],
    ['a large size', 'add', 1, { bytes: 17 }, /^bytes of a number/],
    ['half a size', 'add', 1, { bytes: 1.5 }, /^bytes of a number/],
    ['a size of text', 'add', 1, { bytes: '4' }, /^bytes of a number/],
    ['a size of bytes', 'add', Buffer.of(1), { bytes: 1 }, /other values have their own/],
    ['another option', 'add', 1, { size: 4 }, /^size is no option/],
    ['a boolean', 'add', true, undefined, /^value must be/],
  ])('refuse %s with a TypeError', async (_, name, param, options, message) => {
    const run = db.doOneshot((tn) => tn[name]('refused', param as number, options as NumberOptions))
    await expect(run).rejects.toThrow(TypeError)
    await expect(run).rejects.toThrow(message)
    expect(await db.exists('refused')).toBe(false)
  })
})

describe('in a scope with a value encoding', () => {
  test('a number has the bytes of the encoding, where that is little-endian', async () => {
    const counts = db.at('counts/').withValueEncoding(encoders.int64LE)
    await counts.add('a', 5)
    await counts.add('a', -7n)
    expect(await counts.get('a')).toBe(-2n)
    await counts.max('b', 3)
    await counts.add('b', 1, { bytes: 8 })
    expect(await counts.get('b')).toBe(4n)
  })

  test.each([
    ['json', encoders.json],
    ['int32BE', encoders.int32BE],
    ['int64BE', encoders.int64BE],
    ['tuple', encoders.tuple],
  ])('%s is refused, and a size is the way around it', async (name, encoding) => {
    const scope = db.at(`refused/${name}/`).withValueEncoding(encoding as typeof encoders.int64BE)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (param) => {
        const run = scope.add('a', param)
        await expect(run).rejects.toThrow(new RegExp(`^add takes little-endian.* ${name} `))
      }),
      { numRuns: 20 },
    )
    expect(await scope.exists('a')).toBe(false)
    await scope.add('b', 258, { bytes: 2 })
    expect(await scope.withValueEncoding().get('b')).toEqual(Buffer.of(2, 1))
  })
})
