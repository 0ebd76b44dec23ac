// Each attempt has a transaction of its own, which ends with it; outcomes.test.ts has attempts in any order.
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { FDBError, FDBStateError, encoders, tuple } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { behindCommit, caught, turn } from './early-ends.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'attempts')
afterAll(() => database.close())
afterEach(() => void vi.restoreAllMocks())

describe('an attempt has a transaction of its own', () => {
  test('so that the writes of one that failed are not committed by the next', async () => {
    let late: Promise<unknown> | undefined
    await db.doTransaction(async (tn, { number }) => {
      tn.set(`attempt ${number}`, '')
      if (number > 1) return void (await late)
      const slow = async function slowBranch(): Promise<void> {
        await turn()
        tn.set('late', '')
      }
      const branch = slow()
      late = caught(branch)
      await Promise.all([branch, Promise.reject(new FDBError(1020))])
    })
    const keys = await db.getRangeAllStartsWith('')
    expect(keys.map(([key]) => String(key))).toEqual(['attempt 2'])
    const error = (await late) as Error
    expect(error).toBeInstanceOf(FDBStateError)
    expect(error.message).toMatch(/^set was called too late: .* attempt 1, .* has thrown/)
    expect(error.stack).toContain('slowBranch')
  })

  test('which refuses what comes between the end of the function and the commit', async () => {
    let tooLate: Promise<unknown> | undefined
    let commitIsSent = false
    behindCommit(() => (commitIsSent = true))
    const run = db.doTransaction((tn) => {
      tn.set('in time', '')
      const returned = Promise.resolve()
      // A few microtasks behind the function's end: the commit is sent, and not answered.
      tooLate = caught(
        (async () => {
          while (!commitIsSent) await returned
          tn.set('late', '')
        })(),
      )
    })
    // It was to be a part of the commit, which is applied without it.
    const error = await caught(run)
    expect(error).toMatchObject({ name: 'FDBStateError', maybeCommitted: true })
    expect(await tooLate).toBe(error)
    expect(await db.exists('in time')).toBe(true)
    expect(await db.exists('late')).toBe(false)
  })

  test('which is closed at its end, and closing it then does nothing to the next', async () => {
    const seen: Transaction[] = []
    await db.doTransaction(async (tn, { number }) => {
      expect(tn.closed).toBe(false)
      for (const before of seen) {
        expect(before.closed).toBe(true)
        before.close()
        before[Symbol.dispose]()
        await before[Symbol.asyncDispose]()
        expect(() => before.cancel()).toThrow(/^cancel was called too late: .* attempt \d/)
        expect(() => before.reset()).toThrow(/^reset was called too late/)
        expect(() => before.setOption('timeout', 1)).toThrow(/^setOption was called too late/)
        expect(() => before.commit()).toThrow(/^commit was called too late/)
      }
      seen.push(tn)
      tn.set(`attempt ${number}`, '')
      if (number < 4) throw new FDBError(1020)
    })
    expect(await db.exists('attempt 4')).toBe(true)
    expect(new Set(seen).size).toBe(4)
  })

  test('through all of its views, made before and behind its end', async () => {
    let calls: (() => unknown)[] = []
    await db.doTransaction(async (tn) => {
      for (let i = 0; i < 3; i++) tn.set(`key ${i}`, '')
      const iterator = tn.getRange('', undefined, { targetBytes: 1 })[Symbol.asyncIterator]()
      await iterator.next()
      const [snapshot, scope, keys, values] = [
        tn.snapshot(),
        tn.at(db.at('further')),
        tn.withKeyEncoding(encoders.tuple),
        tn.withValueEncoding(encoders.json),
      ]
      calls = [
        () => snapshot.get('a'),
        () => scope.set('a', 'b'),
        () => keys.set(['a'], 'b'),
        () => values.set('a', 1),
        () => keys.versionstamps.setKey(['a', tuple.unboundVersionstamp()], 'b'),
        () => tn.snapshot().at(db).withKeyEncoding(encoders.string).get('a'),
        // What the batch holds comes without a call; behind it there is one.
        async () => {
          for (;;) if ((await iterator.next()).done === true) return
        },
        () => tn.doTransaction((same) => same.get('a')),
        () => tn.conflicts.getRead(),
        () => tn.watch('a'),
        () => tn.versionstamps.ofCommit(),
        () => tn.conflicts.addReadKey('a'),
      ]
    })
    for (const call of calls) {
      const error = await caught((async () => await call())())
      expect(error, String(call)).toMatchObject({ name: 'FDBStateError' })
      expect(String(error)).toMatch(/ was called too late: .* attempt 1, .* has returned/)
    }
  })

  test('while futures that it gave in time go on', async () => {
    await db.set('a', 'b')
    const { value, stamp, watch } = await db.doTransaction(async (tn) => {
      const get = tn.get('a')
      await get
      tn.set('c', 'd')
      return { value: { get }, stamp: tn.versionstamps.ofCommit(), watch: tn.watch('a') }
    })
    expect(String(await value.get)).toBe('b')
    expect(await stamp.promise).toHaveLength(10)
    await db.set('a', 'changed')
    expect(await watch.promise).toBe(true)
  })

  test('and with it a budget of its own', async () => {
    let runs = 0
    const run = db.doTransaction(
      async (tn, { number }) => {
        runs++
        for (let i = 0; i < number; i++) await tn.exists(`key ${i}`)
        throw new FDBError(1020)
      },
      { budget: { keys: 3 } },
    )
    await expect(run).rejects.toMatchObject({ limited: 'keys', used: 4, maybeCommitted: false })
    expect(runs).toBe(4)
  })
})
