// What ends the wait for a commit, and what is known of it then; outcomes.test.ts has them in any order.
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { FDBError, FDBStateError, RunAbortedError, encoders, tuple } from '../../src/index.ts'
import type { RunOptions, Transaction } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { behindCommit, caught, turn, writeMuch } from './early-ends.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'commit ends')
afterAll(() => database.close())
afterEach(() => void vi.restoreAllMocks())

describe('a commit that is under way', () => {
  const ends: [string, (tn: Transaction, commit: ReturnType<Transaction['commit']>) => unknown][] =
    [
      ['cancel', (tn) => tn.cancel()],
      ['reset', (tn) => tn.reset()],
      ['close', (tn) => tn.close()],
      ['its future’s cancel', (_, commit) => commit.cancel()],
      ['another use', (tn) => tn.get('a').catch(() => undefined)],
    ]

  test.each(ends)('may have been applied when it is ended by %s', async (_, end) => {
    let unknown = 0
    for (let round = 0; round < 10; round++) {
      using tn = db.createTransaction()
      writeMuch(tn)
      const commit = tn.commit()
      end(tn, commit)
      const error = await caught(commit)
      if (error === undefined) continue
      unknown++
      expect(error).toMatchObject({ operation: 'commit', maybeCommitted: true })
      expect((error as Error).message).toMatch(
        /The commit had been sent, and may have been applied/,
      )
      expect((error as FDBError).retryableNotCommitted).toBe(false)
    }
    expect(unknown).toBeGreaterThan(0)
  })

  test('was not sent when its transaction had been cancelled or closed before', async () => {
    using tn = db.createTransaction()
    tn.set('a', 'b')
    tn.cancel()
    const error = (await caught(tn.commit())) as FDBError
    expect(error).toMatchObject({ code: 1025, maybeCommitted: false })
    expect(error.message).not.toMatch(/may have been applied/)
    tn.reset()
    tn.set('a', 'b')
    await tn.commit()
    tn.close()
    expect(() => tn.commit()).toThrow(FDBStateError)
    expect(await caught((async () => await tn.commit())())).toMatchObject({ maybeCommitted: false })
  })

  test('that has nothing to apply is never in doubt', async () => {
    using tn = db.createTransaction()
    for (const prepare of [() => undefined, () => void tn.conflicts.addWriteKey('a')]) {
      tn.reset()
      tn.set('a', 'b')
      tn.reset()
      await tn.getReadVersion()
      prepare()
      const commit = tn.commit()
      tn.cancel()
      const error = await caught(commit)
      if (error !== undefined) expect(error).toMatchObject({ maybeCommitted: false })
    }
    const controller = new AbortController()
    behindCommit(() => controller.abort(new Error('enough')))
    const { signal } = controller
    const error = await caught(db.doTransaction((each) => each.get('a'), { signal }))
    expect(error).not.toBeInstanceOf(RunAbortedError)
  })

  test('is not tried again when what follows it fails', async () => {
    let runs = 0
    vi.spyOn(TransactionHandle.prototype, 'getVersionstamp').mockImplementation(
      () => Promise.reject(new FDBError(1007)) as never,
    )
    const keys = db.withKeyEncoding(encoders.tuple)
    const run = keys.doTransaction((tn) => {
      runs++
      tn.versionstamps.setKey([tuple.unboundVersionstamp()], '')
    })
    expect(await caught(run)).toMatchObject({ code: 1007, maybeCommitted: true })
    expect(runs).toBe(1)
    expect(await keys.getRangeAllStartsWith([])).toHaveLength(1)
  })
})

describe('the error of a run', () => {
  const controller = new AbortController()
  const ends: [string, RunOptions, (tn: Transaction) => unknown][] = [
    ['an FDBError', {}, () => Promise.reject(new FDBError(2000))],
    ['an FDBStateError', {}, (tn) => tn.close()],
    ['a budget', { budget: { keys: 0 } }, (tn) => tn.exists('a')],
    [
      'a signal',
      { signal: controller.signal },
      (tn) => {
        controller.abort(new Error('the reason'))
        return tn.get('a')
      },
    ],
    ['cancel', {}, (tn) => tn.cancel()],
    [
      'the retry limit',
      { retryLimit: 1, maxRetryDelay: 1 },
      () => Promise.reject(new FDBError(1020)),
    ],
    [
      'a timeout',
      { timeout: 1 },
      async (tn) => {
        for (;;) await tn.get('a')
      },
    ],
  ]

  test.each(ends)('says what became of attempts before: %s', async (_, options, end) => {
    for (const code of [1021, 1020]) {
      // The signal has aborted in the round before.
      if (options.signal?.aborted === true) continue
      const run = db.doTransaction(
        async (tn, { number }) => {
          tn.set('a', 'b')
          if (number === 1) throw new FDBError(code)
          await end(tn)
        },
        { timeout: 0, ...options },
      )
      const error = await caught(run)
      expect(error).toMatchObject({ maybeCommitted: code === 1021 })
    }
  })

  test('of a tenant call does, too', async () => {
    for (const first of [1021, 1020]) {
      const failures = [new FDBError(first), new FDBError(2000)]
      const commit = async (): Promise<never> => {
        await turn()
        throw failures.shift()!
      }
      vi.spyOn(TransactionHandle.prototype, 'commit').mockImplementation(commit as never)
      const error = await caught(database.tenants.create(`run ends ${process.pid}`))
      vi.restoreAllMocks()
      expect(error).toMatchObject({ code: 2000, maybeCommitted: first === 1021 })
    }
  })
})
