// Calls of a database that go without an attempt around them: what they do is what a transaction of theirs would do, while
// the client library makes faults, while the database is closed, and whether somebody listens or not.
import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { FDBError, FDBStateError, encoders, open, openEmbedded } from '../../src/index.ts'
import { census } from '../../src/future/owners/census.ts'
import type { Database, OpenEmbeddedOptions } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { backend } from '../support/backends.ts'
import { listenAgain, whileNobodyListens } from '../support/listeners.ts'

const options: OpenEmbeddedOptions = {
  network: {
    client_buggify_enable: true,
    client_buggify_section_activated_probability: 100,
    client_buggify_section_fired_probability: 10,
  },
  database: { transaction_max_retry_delay: 5 },
}
const opened = (): Database =>
  backend.clusterFile === undefined
    ? openEmbedded({ ...options, name: 'lone_runs' })
    : open({ ...options, clusterFile: backend.clusterFile })
const database = opened()
whileNobodyListens()

const scopeOf = (db: Database) => db.at('lone/').withKeyEncoding(encoders.string)
const db = scopeOf(database)
afterAll(async () => {
  await db.clearAll()
  database.close()
})

type Step = { readonly key: string; readonly value: string | undefined }

const anyStep: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
})
/** In a round all are under way at once, so each key is written once. */
const anyRounds = fc.array(
  fc.uniqueArray(anyStep, { selector: ({ key }) => key, minLength: 1, maxLength: 5 }),
  { minLength: 1, maxLength: 8 },
)

const write = ({ key, value }: Step): Promise<void> =>
  value === undefined ? db.clear(key) : db.set(key, value)

describe('a call that goes alone', () => {
  test('is applied, and seen by the next, whatever fails on the way', async () => {
    const retries = vi.spyOn(TransactionHandle.prototype, 'onError')
    const before = census().handles
    await fc.assert(
      fc.asyncProperty(anyRounds, async (rounds) => {
        await db.clearAll()
        const model = new Map<string, string>()
        for (const steps of rounds) {
          await Promise.all(steps.map(write))
          for (const { key, value } of steps) {
            if (value === undefined) model.delete(key)
            else model.set(key, value)
          }
          const read = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => db.get(key)))
          expect(read.map((value) => value?.toString())).toEqual(
            ['a', 'b', 'c', 'd', 'e'].map((key) => model.get(key)),
          )
        }
      }),
      { numRuns: backend.name === 'engine' ? 60 : 5 },
    )
    if (backend.name === 'engine') expect(retries).toHaveBeenCalled()
    retries.mockRestore()
    expect(census().handles).toBe(before)
  })

  test('settles when its database is closed, and says what a transaction would', async () => {
    const before = census().handles
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30 }), async (steps) => {
        const other = opened()
        const scope = scopeOf(other)
        const calls = steps.map(({ key, value }) =>
          value === undefined ? scope.get(key) : scope.set(key, value),
        )
        other.close()
        for (const outcome of await Promise.allSettled(calls)) {
          if (outcome.status === 'fulfilled') continue
          const error = outcome.reason as FDBError
          if (!(error instanceof FDBStateError)) expect(error).toBeInstanceOf(FDBError)
        }
        await expect(scope.get('a')).rejects.toThrow(FDBStateError)
        await expect(scope.set('a', 'b')).rejects.toThrow(FDBStateError)
      }),
      { numRuns: 20 },
    )
    expect(census().handles).toBe(before)
  })

  test('fails as the same call does that is told of', async () => {
    const huge = Buffer.alloc(120_000)
    const wrong: ((scope: typeof db) => Promise<unknown>)[] = [
      (scope) => scope.get(undefined as never),
      (scope) => scope.get(5 as never),
      (scope) => scope.set('a', 5 as never),
      (scope) => scope.set('a', huge),
      (scope) => scope.clear(null as never),
      () => database.set(Buffer.from([0xff, 0x41]), 'b'),
      () => database.get(Buffer.from([0xff, 0xff, 0x41])),
      () => database.at('lone/', encoders.string, encoders.json).get('text'),
    ]
    await db.set('text', '{')
    const said = (call: (scope: typeof db) => Promise<unknown>) =>
      call(db).then(
        () => 'it worked',
        (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
      )
    const outcomes: string[] = []
    for (const call of wrong) {
      const alone = await said(call)
      expect(alone).not.toBe('it worked')
      outcomes.push(alone)
    }
    listenAgain()
    for (const [at, call] of wrong.entries()) expect(outcomes[at]).toBe(await said(call))
  })
})

describe('a call that is refused for good', () => {
  test('is not asked again, and says which call it was, of which key', async () => {
    const again = (['get', 'commit'] as const).map((name) =>
      vi.spyOn(TransactionHandle.prototype, name),
    )
    const long = 'k'.repeat(10_001)
    const key = Buffer.from(`lone/${long}`)
    const refused = expect.objectContaining({ code: 2102, operation: 'commit', key })
    await expect(db.set(long, 'v')).rejects.toEqual(refused)
    const large = { code: 2103, operation: 'commit', key: Buffer.from('lone/a') }
    await expect(db.set('a', 'v'.repeat(100_001))).rejects.toMatchObject(large)
    const system = database.get(Buffer.from([0xff, 0x61]))
    const illegal = { code: 2004, operation: 'get', key: Buffer.from([0xff, 0x61]) }
    await expect(system).rejects.toMatchObject(illegal)
    for (const spy of again) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})
