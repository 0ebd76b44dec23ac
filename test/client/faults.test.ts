// The client library makes faults of its own (`client_buggify_enable`): reads that are too old, commits that are
// refused or whose outcome nobody knows. What the client promises holds all the same.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Transaction, encoders, longScan, open, openEmbedded } from '../../src/index.ts'
import type { FDBError, NetworkOptions, OpenEmbeddedOptions } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { backend } from '../support/backends.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { checkOwn, checkRun, emptyTally } from './model/attempt-programs.ts'
import { anyRead, checkReads } from './model/everyday-reads.ts'

const network: NetworkOptions = {
  client_buggify_enable: true,
  client_buggify_section_activated_probability: 100,
  client_buggify_section_fired_probability: 10,
}
const options: OpenEmbeddedOptions = { network, database: { transaction_max_retry_delay: 5 } }
const database =
  backend.clusterFile === undefined
    ? openEmbedded(options)
    : open({ ...options, clusterFile: backend.clusterFile })
const db = database.at('faults/').withKeyEncoding(encoders.string)

const codes: number[] = []
beforeAll(async () => {
  const original = Transaction.prototype.onError
  vi.spyOn(Transaction.prototype, 'onError').mockImplementation(function (this: Transaction, code) {
    codes.push(code)
    return original.call(this, code)
  })
  await db.clearRangeStartsWith('')
})
afterAll(async () => {
  vi.restoreAllMocks()
  await db.clearRangeStartsWith('')
  database.close()
})

describe('while the client library makes faults', () => {
  test('a long scan gives each key once and in order', async () => {
    const keys = Array.from({ length: 300 }, (_, i) => String(i).padStart(4, '0'))
    await db.doTransaction((tn) => {
      for (const key of keys) tn.set(`scan/${key}`, key)
    })
    codes.length = 0
    for (const reverse of [false, true]) {
      for (let round = 0; round < 20; round++) {
        const options = { batchKeys: 5, reverse }
        const seen: string[] = []
        for await (const { entries } of longScan(db, 'scan/', undefined, options)) {
          seen.push(...entries.map(([, value]) => value.toString()))
        }
        expect(seen).toEqual(reverse ? keys.toReversed() : keys)
      }
    }
    // It was put to the test.
    expect(codes.length).toBeGreaterThan(0)
    if (backend.name === 'engine') expect(codes).toContain(1007)
  })

  test('all of a scope, a count, pages and several keys are what they are without', async () => {
    const retries = vi.spyOn(TransactionHandle.prototype, 'onError')
    const property = fc.asyncProperty(anyRead, (read) =>
      checkReads(database.at('faults/reads/'), read),
    )
    await fc.assert(property, { numRuns: backend.name === 'engine' ? 40 : 5 })
    if (backend.name === 'engine') expect(retries).toHaveBeenCalled()
    retries.mockRestore()
  })

  // ended-commits.test.ts has what happens without faults: the call wins every time.
  test.runIf(backend.name === 'engine')(
    'a commit is told of before or after the call that ends it',
    async () => {
      const outcomes = new Set<number>()
      for (let round = 0; round < 400; round++) {
        using tn = db.createTransaction()
        using other = db.createTransaction()
        tn.set('ended', String(round))
        const commit = tn.commit()
        // In every other round there is time for an answer before the call, if a fault lets that win.
        for (let i = 0; i < 500 * (round % 2); i++) other.set('other', '')
        tn.cancel()
        outcomes.add(
          await commit.then(
            () => 0,
            (error: unknown) => (error as FDBError).code,
          ),
        )
      }
      expect([...outcomes]).toEqual(expect.arrayContaining([0, 1025]))
    },
  )

  test('boundary keys come once and in order', async () => {
    for (let round = 0; round < 50; round++) {
      const seen: Buffer[] = []
      for await (const key of database.locality.getBoundaryKeys()) seen.push(key)
      expect(seen[0]).toEqual(Buffer.alloc(0))
      expect(seen).toEqual([...seen].sort(Buffer.compare))
    }
  })

  test('a transaction that looks before it repeats is applied once', async () => {
    const failures: unknown[] = []
    const unknown: number[] = []
    const rounds = 150
    for (let round = 0; round < rounds; round++) {
      await db.doTransaction(
        async (tn, { maybeCommitted, number }) => {
          if (maybeCommitted) unknown.push(round)
          const mark = `mark/${round}`
          if (await tn.exists(mark)) return expect(maybeCommitted && number > 1).toBe(true)
          tn.set(mark, '')
          tn.add('count', Buffer.from([1, 0, 0, 0]))
        },
        { observer: { failed: (_, error) => failures.push(error) } },
      )
    }
    expect((await db.get('count'))!.readUInt32LE()).toBe(rounds)
    expect(failures.length).toBeGreaterThan(0)
    for (const error of failures as FDBError[]) {
      expect(error.retryable).toBe(true)
      expect(['get', 'commit']).toContain(error.operation)
    }
    expect(unknown.length).toBeGreaterThan(0)
  })

  test('what is said of a commit is so, whatever ends it', async () => {
    const scope = database.at('faults/')
    const tally = emptyTally()
    await forSeedsAsync(async (seed) => {
      for (let i = 0; i < 10; i++) await checkRun(scope, seed * 1000 + i, tally)
      for (let i = 0; i < 10; i++) await checkOwn(scope, seed * 1000 + i, tally)
    })
    for (const count of Object.values(tally))
      expect(count, JSON.stringify(tally)).toBeGreaterThan(0)
  })

  test('tenants are created and removed', async () => {
    for (let round = 0; round < 10; round++) {
      const name = `faults ${process.pid} ${round}`
      await database.tenants.create(name, { group: 'faults' })
      using tenant = database.tenants.open(name)
      await tenant.set('a', 'b')
      expect(String(await tenant.get('a'))).toBe('b')
      await tenant.clear('a')
      await database.tenants.delete(name)
      expect(await database.tenants.get(name)).toBeUndefined()
    }
  })
})
