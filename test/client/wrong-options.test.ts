// The options of each call: the good ones are taken, a wrong one and a name that the call doesn't have are refused by name.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { encoders, longScan, open, openEmbedded, root, StreamingMode } from '../../src/index.ts'
import { checkBudget } from '../../src/client/attempt/read-budget.ts'
import { checkBlobRead } from '../../src/client/granules/blob-reader.ts'
import { checkRangeOptions } from '../../src/client/ranges/range-options.ts'
import { planCall, planRun, planTransaction } from '../../src/client/run/run-plan.ts'
import { checkWatchOptions, watchOptionsAmong } from '../../src/client/transaction/watch.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())

const MAX_INT = 2 ** 31 - 1

interface Option {
  readonly good: fc.Arbitrary<unknown>
  readonly wrong: fc.Arbitrary<unknown>
  /** What the message says behind the name and the call. */
  readonly says: string
}

const noNumber = ['1', null, {}, true, Symbol('one')]
const integers = (from: number, to: number, says = `an integer from ${from} to ${to}`): Option => ({
  good: fc.oneof(fc.constantFrom(from, to), fc.integer({ min: from, max: to })),
  wrong: fc.constantFrom<unknown>(from - 1, to + 1, from + 0.5, NaN, Infinity, ...noNumber),
  says,
})
const atLeastZero = (says: string): Option => ({
  good: fc.oneof(fc.constantFrom(0, Infinity), fc.double({ min: 0, noNaN: true })),
  wrong: fc.constantFrom<unknown>(-1, -0.5, NaN, 1n, ...noNumber),
  says,
})
const one = (good: unknown, says: string, ...wrong: unknown[]): Option => ({
  good: fc.constant(good),
  wrong: fc.constantFrom<unknown>(...wrong, null, 7.5, Symbol('other')),
  says,
})
const boolean: Option = { ...one(true, 'a boolean', 'yes', 1), good: fc.boolean() }
const signal = one(new AbortController().signal, 'an AbortSignal', {}, 'now', new AbortController())
const timeout = integers(0, MAX_INT)
const tag = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 16 })
const nothing = (): void => undefined

const TRANSACTION = {
  timeout,
  retryLimit: integers(-1, MAX_INT),
  retry_limit: integers(-1, MAX_INT),
  maxRetryDelay: integers(0, MAX_INT),
  max_retry_delay: integers(0, MAX_INT),
  sizeLimit: integers(32, 10_000_000),
  size_limit: integers(32, 10_000_000),
  idempotency: one('automatic', "'automatic'", true, 'manual'),
  tags: {
    good: fc.array(tag, { maxLength: 5 }),
    wrong: fc.constantFrom<unknown>('a', [''], ['a', 7], ['ü'.repeat(9)], [...'abcdef'], null),
    says: 'an array of at most 5 strings of 1 to 16 bytes',
  },
  priority: {
    ...one('', "'default', 'batch' or 'immediate'", 'high', 1),
    good: fc.constantFrom('default', 'batch', 'immediate'),
  },
  readOnly: boolean,
}
const RUN = {
  ...TRANSACTION,
  name: { ...one('', 'a string', [], 1), good: fc.string() },
  signal,
  observer: {
    ...one({}, 'an object with the functions started, failed and committed', 'log', nothing),
    good: fc.constantFrom({}, { started: nothing, failed: undefined }, { committed: nothing }),
    wrong: fc.constantFrom<unknown>(
      null,
      'log',
      { started: 1 },
      { failed: 'x' },
      { committed: {} },
    ),
  },
}
const OF_TRANSACTIONS = [
  ...['retryLimit', 'maxRetryDelay', 'sizeLimit', 'idempotency', 'tags', 'priority', 'readOnly'],
]
const OF_RUNS = [...OF_TRANSACTIONS, 'name', 'signal', 'observer', 'budget']
const count: Option = integers(0, MAX_INT)
const positive: Option = {
  ...integers(1, MAX_INT, 'a positive integer'),
  wrong: fc.constantFrom<unknown>(0, -1, 2 ** 31, 1.5, NaN, '1', {}, true),
}
const WATCH = { signal }

interface Call {
  /** As its messages name it. */
  readonly whose: string
  readonly take: (options: never) => unknown
  readonly options: Readonly<Record<string, Option>>
  /** How it names what an option is of, when that is something else. */
  readonly of?: string
  /** All names, when it takes more. */
  readonly names?: readonly string[]
}

const CALLS: readonly Call[] = [
  { whose: 'a run', of: 'a transaction', take: planRun, options: RUN, names: OF_RUNS },
  { whose: 'a transaction', take: planTransaction, options: TRANSACTION, names: OF_TRANSACTIONS },
  {
    whose: 'a call',
    take: (given) => planCall(given, planRun({})),
    options: { signal, timeout },
  },
  {
    whose: 'a range',
    take: checkRangeOptions,
    options: {
      limit: count,
      reverse: boolean,
      streamingMode: {
        ...one(0, 'one of StreamingMode', 17, -3, 'all'),
        good: fc.constantFrom(...Object.values(StreamingMode)),
      },
      targetBytes: count,
      maxBytes: atLeastZero('a number of bytes'),
      signal,
      timeout,
    },
  },
  {
    whose: 'a watch',
    take: checkWatchOptions,
    options: WATCH,
    names: ['signal', 'throwAllErrors', 'keepAlive'],
  },
  {
    whose: 'a watch',
    take: watchOptionsAmong,
    options: WATCH,
    names: ['signal', 'throwAllErrors', 'keepAlive', 'timeout'],
  },
  {
    whose: 'granules.read',
    take: (given: object) => checkBlobRead({ loadFile: () => Buffer.alloc(0), ...given }),
    options: { maxBytes: atLeastZero('a number of bytes') },
    names: ['loadFile', 'version', 'maxBytes'],
  },
  {
    whose: 'a flush',
    take: (given) => db.granules.flush('a', 'b', given),
    options: { compact: boolean },
    names: ['compact', 'version'],
  },
  {
    whose: 'a purge',
    take: (given) => db.granules.purge('a', 'b', given),
    options: { force: boolean },
    names: ['version', 'force'],
  },
  {
    whose: 'a reboot',
    take: (given) => db.admin.rebootWorker('127.0.0.1:1', given),
    options: {
      check: boolean,
      suspendSeconds: integers(0, MAX_INT, 'an integer, 0 or more'),
    },
  },
  {
    whose: 'page',
    of: 'a page',
    take: (given) => db.at('page/').page(given),
    options: { limit: integers(1, 10_000) },
    names: ['after', 'limit', 'reverse', 'start', 'end', 'signal', 'timeout'],
  },
  {
    whose: 'a long scan',
    take: (given) => longScan(db, 'scan/', undefined, given).next(),
    options: {
      batchKeys: positive,
      batchBytes: positive,
      transactionMilliseconds: positive,
    },
    names: [
      'after',
      'reverse',
      'batchKeys',
      'batchBytes',
      'transactionMilliseconds',
      'signal',
      'transaction',
    ],
  },
  {
    whose: 'getRange of a database',
    of: 'a range',
    take: (given) => db.getRange('scan/a', 'scan/b', given).next(),
    options: { limit: count, reverse: boolean },
    names: ['limit', 'reverse', 'signal'],
  },
]

/** The message of what it throws or rejects with, or what it is when that is no TypeError. */
async function refusal({ take }: Call, options: unknown): Promise<unknown> {
  try {
    await take(options as never)
  } catch (error) {
    return error instanceof TypeError ? error.message : error
  }
  return 'taken'
}

describe.each(CALLS.map((call) => [call.whose, call] as const))(
  'the options of %s',
  (whose, call) => {
    const entries = Object.entries(call.options)

    test.each(entries)(
      'take a good %s, and refuse a wrong one by its name',
      async (name, option) => {
        const { good, wrong, says } = option
        const begin = `${name} of ${call.of ?? whose} is ${says}`
        await fc.assert(
          fc.asyncProperty(good, wrong, async (right, bad) => {
            expect(String(await refusal(call, { [name]: bad })).startsWith(begin)).toBe(true)
            expect(await refusal(call, { [name]: undefined })).toBe('taken')
            expect(await refusal(call, { [name]: right })).toBe('taken')
          }),
          { numRuns: 25 },
        )
      },
    )

    test('are an object, and have no other names', async () => {
      const names = call.names ?? Object.keys(call.options)
      for (const slip of ['limt', 'toString', 'SIGNAL']) {
        const told = await refusal(call, { [slip]: 1 })
        expect(told).toContain(`${slip} is no option of ${whose}, which takes `)
        if (call.of === undefined)
          expect(told).toMatch(new RegExp(`, which takes ${names.join(', ')}`))
      }
      if (whose === 'granules.read') return
      for (const none of [null, 7, 'all', [], () => 1]) {
        expect(await refusal(call, none)).toMatch(`the options of ${whose} are an object, not `)
      }
    })
  },
)

describe('a budget', () => {
  test('has three numbers, 0 or more, and no other names', () => {
    const { good, wrong } = atLeastZero('')
    const name = fc.constantFrom('keys', 'bytes', 'milliseconds')
    fc.assert(
      fc.property(name, good, wrong, (part, right, bad) => {
        const budget = { [part]: right }
        expect(checkBudget(budget)).toBe(budget)
        expect(checkBudget({ [part]: undefined })).toEqual({ [part]: undefined })
        expect(() => checkBudget({ [part]: bad as number })).toThrow(
          new TypeError(`${part} of a budget is a number, 0 or more`),
        )
        expect(() => checkBudget({ [`${part}Read`]: right })).toThrow(
          new TypeError(`a budget has keys, bytes and milliseconds, and no ${part}Read`),
        )
      }),
    )
  })
})

describe('where a database is opened', () => {
  test('each option is of its type', () => {
    const noText = fc.constantFrom<unknown>(7, null, {}, ['a'], true)
    fc.assert(
      fc.property(fc.constantFrom('clusterFile', 'connectionString'), noText, (name, bad) => {
        const told = `${name} of open is a string, not ${typeof bad}`
        expect(() => open({ [name]: bad })).toThrow(new TypeError(told))
      }),
    )
    expect(() => open({ clusterFile: 'a', connectionString: 'b' })).toThrow(
      new TypeError('open takes a clusterFile or a connectionString, not both'),
    )
    for (const call of [open, openEmbedded]) {
      expect(() => call({ clusterfile: 'a' } as never)).toThrow(
        new RegExp(
          `^clusterfile is no option of ${call.name}, which takes \\w+, .*apiVersion, network`,
        ),
      )
      expect(() => call(7 as never)).toThrow(`the options of ${call.name} are an object`)
    }
  })

  test('the name of an embedded one is 1 to 100 letters, digits and underscores', () => {
    const good = fc.stringMatching(/^[A-Za-z0-9_]{1,100}$/)
    const wrong = fc.oneof(
      fc.constantFrom<unknown>('', 'a'.repeat(101), 'a b', 'a:', 'é', null, 7, ['a']),
      fc
        .tuple(good, fc.constantFrom(' ', '@', '\n', '-'))
        .map(([a, b]) => a.slice(0, 50) + b + a.slice(0, 40)),
    )
    fc.assert(
      fc.property(wrong, (name) => {
        expect(() => openEmbedded({ name: name as string })).toThrow(
          new TypeError('name of an embedded database is 1 to 100 letters, digits and underscores'),
        )
      }),
    )
    fc.assert(
      fc.property(good, (name) => openEmbedded({ name }).close()),
      { numRuns: 10 },
    )
    openEmbedded({ name: undefined }).close()
  })

  test('databases of one name are one, without a name each is its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.constantFrom('one', 'two'))), async (names) => {
        const model = new Map<unknown, string>()
        const opened = names.map((name) => openEmbedded(name === null ? {} : { name }))
        try {
          for (const [i, each] of opened.entries()) {
            await each.set('who', `${i}`)
            model.set(names[i] ?? each, `${i}`)
          }
          for (const [i, each] of opened.entries()) {
            expect(String(await each.get('who'))).toBe(model.get(names[i] ?? each))
          }
        } finally {
          for (const each of opened) each.close()
        }
      }),
      { numRuns: 20 },
    )
  })

  test('a database option that is wrong leaves no database open', () => {
    const wrong = { database: { max_watches: 'many' } } as never
    expect(() => openEmbedded(wrong)).toThrow(/database option max_watches/)
    expect(() => openEmbedded({ database: { max_watchs: 1 } as never })).toThrow(TypeError)
    openEmbedded({ database: { max_watches: 10 } }).close()
  })
})

describe('an encoding that has no versionstamps', () => {
  test('says so, with its name, and what is there instead', () => {
    const advice =
      'has no versionstamps: use encoders.tuple, or setVersionstampSuffixedKey and setVersionstampPrefixedValue'
    const named = db.at('stamps/', encoders.json, encoders.json).getSubspace()
    expect(() => named.packKeyUnboundVersionstamp('a')).toThrow(`the key encoding json ${advice}`)
    expect(() => named.packValueUnboundVersionstamp('a')).toThrow(
      `the value encoding json ${advice}`,
    )
    const plain = { pack: () => Buffer.alloc(0), unpack: String }
    const nameless = named.withKeyEncoding(plain).withValueEncoding(plain)
    expect(() => nameless.packKeyUnboundVersionstamp('a')).toThrow(`the key encoding ${advice}`)
    expect(() => nameless.packValueUnboundVersionstamp('a')).toThrow(`the value encoding ${advice}`)
  })
})

describe('a database that is none', () => {
  test('is refused where it is scanned', async () => {
    for (const [wrong, what] of [
      [undefined, 'undefined'],
      ['db', 'string'],
      [{}, 'an object'],
      [Promise.resolve(db), 'a Promise: await it first'],
      [root, 'a Subspace'],
    ] as const) {
      await expect(longScan(wrong as never, 'a').next()).rejects.toEqual(
        new TypeError(`db of longScan is a Database, not ${what}`),
      )
    }
  })
})
