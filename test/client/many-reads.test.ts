// Reads of many keys and of many ranges: what single reads would give, in their order, and one error for all.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  BudgetExceededError,
  FDBError,
  ReadLimitError,
  allKeys,
  encoders,
} from '../../src/index.ts'
import type {
  Database,
  OneRange,
  RangeReadOptions,
  RunObserver,
  Transaction,
  Usage,
} from '../../src/index.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { lifecycle, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { listenAgain, whileNobodyListens } from '../support/listeners.ts'

const db = openTestDatabase()
const tenantName = `many ${process.pid}`
const stored = Array.from({ length: 700 }, (_, i) => String(i).padStart(4, '0'))
const scope = db.at('many/', encoders.string, encoders.json)

async function fill(at: Database<string, string, unknown, unknown>): Promise<void> {
  await at.doOneshot((tn) => stored.forEach((key, i) => tn.set(key, { at: i })))
}

beforeAll(async () => {
  await db.tenants.create(tenantName)
  await fill(scope)
})
afterAll(async () => {
  using tenant = db.tenants.open(tenantName)
  await tenant.clearRange('', Buffer.of(0xff))
  await db.tenants.delete(tenantName)
  await db.clearRange('', Buffer.of(0xff))
  db.close()
})

whileNobodyListens()

type Strings = Transaction<string, string, unknown, unknown>

/** Some that are there, some that are not, and some twice; at times more than one command holds. */
const anyKeys = fc.oneof(
  { arbitrary: fc.array(fc.constantFrom(...stored.slice(0, 9), 'x', '')), weight: 5 },
  {
    arbitrary: fc.array(fc.constantFrom(...stored, 'none'), { maxLength: 900, size: 'max' }),
    weight: 1,
  },
)
const runs = backend.name === 'engine' ? 100 : 10

async function sameAsAlone(tn: Strings, keys: readonly string[]): Promise<void> {
  const alone = await Promise.all(keys.map((key) => tn.get(key)))
  expect(await tn.getMany(keys)).toEqual(alone)
}

test('getMany gives what single gets give, with what the transaction wrote before', async () => {
  const writes = fc.array(fc.constantFrom(...stored.slice(0, 12)), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(anyKeys, writes, fc.boolean(), async (keys, written, isSnapshot) => {
      using tn = scope.createTransaction()
      written.forEach((key, i) => (i % 2 === 0 ? tn.set(key, { written: i }) : tn.clear(key)))
      const many = tn.getMany(keys)
      // What is written behind the call is no part of it.
      for (const key of keys.slice(0, 3)) tn.set(key, 'later')
      using other = scope.createTransaction()
      written.forEach((key, i) => (i % 2 === 0 ? other.set(key, { written: i }) : other.clear(key)))
      const view = isSnapshot ? other.snapshot() : other
      expect(await many).toEqual(await Promise.all(keys.map((key) => view.get(key))))
      await sameAsAlone(view, keys)
    }),
    { numRuns: runs },
  )
})

test('so it does in a tenant, and in a transaction of its own', async () => {
  using tenant = db.tenants.open(tenantName)
  const inTenant = tenant.at('a/', encoders.string, encoders.json)
  await fill(inTenant)
  await fc.assert(
    fc.asyncProperty(anyKeys, async (keys) => {
      await inTenant.doTransaction((tn) => sameAsAlone(tn, keys))
      const expected = keys.map((key) => (stored.includes(key) ? { at: Number(key) } : undefined))
      expect(await inTenant.getMany(keys)).toEqual(expected)
      expect(await scope.getMany(keys)).toEqual(expected)
    }),
    { numRuns: runs / 5 },
  )
})

/** What both kinds of read have in common. */
const READS: readonly [string, (tn: Strings, options?: RangeReadOptions) => Promise<unknown>][] = [
  ['getMany', (tn, options) => tn.getMany(stored, options)],
  [
    'getRanges',
    (tn, options) =>
      tn.getRanges(
        stored.map((start) => ({ start })),
        options,
      ),
  ],
]

const idle = (): [number, number] => [ringOfWorker().liveSlots, ringOfWorker().holding]

/** Nothing is under way once what was cancelled has come back. */
async function becomesIdle(before: readonly number[]): Promise<void> {
  while (String(idle()) !== String(before)) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(READS)('%s', (name, read) => {
  test('that is ended half-way rejects once, and leaves nothing under way', async () => {
    const ends: [(tn: Strings, abort: AbortController) => void, RegExp][] = [
      [(tn) => tn.cancel(), /^1025$/],
      // What a range asks for behind its first batch finds the transaction gone.
      [(tn) => tn.close(), /^1025$|is destroyed/],
      [(_, abort) => abort.abort(new Error('enough')), /^enough$/],
    ]
    const before = idle()
    for (const listened of [false, true]) {
      if (listened) listenAgain()
      for (const [end, expected] of ends) {
        for (const turns of [0, 1, 2, 3, 10]) {
          using tn = scope.createTransaction()
          const abort = new AbortController()
          let told = 0
          const outcome = read(tn, { signal: abort.signal }).then(
            () => `answered ${++told}`,
            (error: unknown) => {
              told++
              return String(error instanceof FDBError ? error.code : (error as Error).message)
            },
          )
          for (let i = 0; i < turns; i++) await Promise.resolve()
          end(tn, abort)
          const said = await outcome
          // The answers may have been faster; but the signal is looked at before they can be.
          const isSure = turns === 0 && abort.signal.aborted
          if (isSure || !said.startsWith('answered')) expect(said).toMatch(expected)
          tn.close()
          await becomesIdle(before)
          expect(told).toBe(1)
        }
      }
    }
  })

  test('asks for nothing when its signal has aborted before', async () => {
    using tn = scope.createTransaction()
    const signal = AbortSignal.abort(new Error('before'))
    await expect(read(tn, { signal })).rejects.toThrow('before')
  })

  test('rejects with the error of a value that the encoding refuses, and with its key', async () => {
    const broken = db.at('broken/', encoders.string)
    await fill(broken.withValueEncoding(encoders.json))
    await broken.set('0400', 'no json')
    const before = idle()
    await broken.withValueEncoding(encoders.json).doTransaction(async (tn) => {
      await expect(read(tn)).rejects.toMatchObject({ name: 'DecodeError' })
      await expect(read(tn)).rejects.toThrow(/broken\/0400/)
    })
    await becomesIdle(before)
  })

  test('has the key of the read that failed', async () => {
    const before = idle()
    using tn = db.getRoot().createTransaction()
    const [key, behind] = ['x', 'y'].map((end) => Buffer.from(`\u00ff\u0002/${end}`, 'latin1'))
    const asked =
      name === 'getMany'
        ? tn.getMany(['a', key!, 'b'])
        : tn.getRanges([
            { start: 'a', end: 'b' },
            { start: key!, end: behind! },
          ])
    const alone = await tn.get(key!).then(
      () => undefined,
      (error: unknown) => error as FDBError,
    )
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason as FDBError,
    )
    expect(error).toBeInstanceOf(FDBError)
    expect(Buffer.from(error!.key!)).toEqual(key)
    if (name === 'getMany') {
      expect([error!.code, error!.message]).toEqual([alone!.code, alone!.message])
    }
    tn.close()
    await becomesIdle(before)
  })

  test('counts for the budget of the attempt', async () => {
    const used: (Usage | undefined)[] = []
    const observer: RunObserver = {
      committed: (_attempt, _version, _milliseconds, usage) => used.push(usage),
    }
    await scope.doTransaction((tn) => read(tn), { budget: { keys: 10_000 }, observer })
    expect(used.map((usage) => usage?.keysRead)).toEqual([stored.length])
    const beyond = scope.doTransaction((tn) => read(tn), { budget: { keys: 300 } })
    await expect(beyond).rejects.toBeInstanceOf(BudgetExceededError)
  })

  test('shows each of its reads to who listens', async () => {
    listenAgain()
    const calls: (string | undefined)[] = []
    const listen = (event: unknown): void => {
      const { type, operation } = event as LifecycleEvent
      if (type === 'call') calls.push(operation)
    }
    lifecycle.subscribe(listen)
    try {
      await scope.doTransaction((tn) => read(tn))
    } finally {
      lifecycle.unsubscribe(listen)
    }
    const operation = name === 'getMany' ? 'get' : 'getRange'
    expect(calls.filter((call) => call === operation)).toHaveLength(stored.length)
  })
})

const anyRange = fc.record({
  start: fc.constantFrom('', '00', '01', '0150', '02', '9', 'x'),
  end: fc.option(fc.constantFrom('0005', '0160', '05', '9'), { nil: undefined }),
})

test('getRanges gives what getRangeAll gives of each', async () => {
  const options = fc.record(
    {
      limit: fc.integer({ min: 1, max: 300 }),
      reverse: fc.boolean(),
      targetBytes: fc.integer({ min: 1, max: 2000 }),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(anyRange, { maxLength: 6 }), options, async (ranges, chosen) => {
      await scope.doTransaction(async (tn) => {
        const alone = await Promise.all(
          ranges.map(({ start, end }) => tn.getRangeAll(start, end, chosen)),
        )
        expect(await tn.getRanges(ranges, chosen)).toEqual(alone)
      })
    }),
    { numRuns: runs },
  )
})

test('getRanges takes all keys of a scope, and stops at maxBytes of all ranges together', async () => {
  using tn = scope.createTransaction()
  const [all] = await tn.getRanges([{ start: allKeys }])
  expect(all?.map(([key]) => key)).toEqual(stored)
  const bytes = 12 * 700
  await expect(
    tn.getRanges([{ start: '00' }, { start: '01' }], { maxBytes: bytes / 7 }),
  ).rejects.toBeInstanceOf(ReadLimitError)
  expect(await tn.getRanges([{ start: '00' }], { maxBytes: 100_000 })).toHaveLength(1)
})

test.each<[string, unknown, RegExp]>([
  ['no array', 'ab', /^ranges must be an array, not string/],
  ['a range that is none', ['a'], /one of the ranges/],
  ['a hole', [, { start: 'a' }], /one of the ranges/],
  ['another name', [{ begin: 'a' }], /begin is no option of one of the ranges/],
  ['no start', [{ end: 'a' }], /^key must be|start/],
  ['a key of another type', [{ start: 'a' }, { start: 5 }], /must be/],
])('getRanges refuses %s, and reads nothing', async (_, ranges, text) => {
  using tn = db.createTransaction()
  const before = idle()
  const refused = tn.getRanges(ranges as OneRange<string>[])
  expect(idle()).toEqual(before)
  await expect(refused).rejects.toThrow(TypeError)
  await expect(tn.getRanges(ranges as OneRange<string>[])).rejects.toThrow(text)
  expect(await tn.getRanges([])).toEqual([])
})
