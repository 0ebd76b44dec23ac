// A budget and a signal end a run early, one way at a time; outcomes.test.ts has them in any order.
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { BudgetExceededError, RunAbortedError, encoders, tuple } from '../../src/index.ts'
import type { RunOptions } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { behindCommit, caught, never, turn, withHeldClock, writeMuch } from './early-ends.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'run ends')
afterAll(() => database.close())
afterEach(() => void vi.restoreAllMocks())

describe('a budget', () => {
  test('ends where the commit is sent: what comes later cancels nothing', async () => {
    await withHeldClock(db, async (held, environment) => {
      behindCommit(() => {
        environment.clock += 100
        environment.fire()
      })
      await held.doTransaction(writeMuch, { budget: { milliseconds: 1 } })
      expect(environment.timers.size).toBe(0)
      expect(await held.exists('much 0')).toBe(true)
    })
  })

  test('never says that something was used up that was not', async () => {
    const steps = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 20 })
    const limits = fc.double({ min: 0, max: 5, noNaN: true })
    await fc.assert(
      fc.asyncProperty(limits, steps, async (milliseconds, early) => {
        await withHeldClock(db, async (held, environment) => {
          const run = caught(held.doTransaction(never, { budget: { milliseconds } }))
          await turn()
          const start = environment.clock
          // Timers fire at any time, and most too early.
          for (const step of [...early, milliseconds, 1]) {
            environment.clock += step
            const isOver = environment.clock - start > milliseconds
            environment.fire()
            expect(environment.timers.size).toBe(isOver ? 0 : 1)
          }
          const error = await run
          expect(error).toBeInstanceOf(BudgetExceededError)
          const { limit, used } = error as BudgetExceededError
          expect(used).toBeGreaterThan(limit)
          expect((error as Error).message).toMatch(/It was not committed$/)
        })
      }),
      { numRuns: 30 },
    )
  })

  test('says so when a commit of the function itself may have been applied', async () => {
    const run = db.doTransaction(
      async (tn) => {
        tn.set('by the function', '')
        await tn.commit()
        tn.reset()
        await tn.exists('a')
      },
      { budget: { keys: 0 } },
    )
    const error = (await caught(run)) as BudgetExceededError
    expect(error).toMatchObject({ limited: 'keys', maybeCommitted: true })
    expect(error.message).toMatch(/may have been applied/)
    expect(error.message).not.toMatch(/not committed/)
    expect(await db.exists('by the function')).toBe(true)
  })

  test('and a signal do no harm to a transaction that its function has closed', async () => {
    await withHeldClock(db, async (held, environment) => {
      const controller = new AbortController()
      const options: RunOptions[] = [{ budget: { milliseconds: 1 } }, { signal: controller.signal }]
      for (const option of options) {
        const run = held.doTransaction((tn) => {
          tn.close()
          return never()
        }, option)
        const error = caught(run)
        await turn()
        environment.clock += 10
        environment.fire()
        if (option.signal !== undefined) controller.abort(new Error('the reason'))
        expect(String(await error)).toMatch(/budget is 1|the reason/)
      }
    })
  })
})

describe('a signal', () => {
  test('that aborts while the commit is under way: its answer, or that it is not known', async () => {
    let unknown = 0
    for (let round = 0; round < 10; round++) {
      const controller = new AbortController()
      const reason = new Error('enough')
      vi.restoreAllMocks()
      behindCommit(() => controller.abort(reason))
      const { signal } = controller
      const error = await caught(
        db.doTransaction(
          (tn) => {
            writeMuch(tn)
            tn.set(`${round}`, '')
          },
          { signal },
        ),
      )
      vi.restoreAllMocks()
      if (error === undefined) expect(await db.exists(`${round}`)).toBe(true)
      else {
        unknown++
        expect(error).toBeInstanceOf(RunAbortedError)
        expect(error).toMatchObject({
          name: 'AbortError',
          code: 'ERR_FDBKIT_RUN_ABORTED',
          maybeCommitted: true,
          cause: reason,
        })
      }
    }
    expect(unknown).toBeGreaterThan(0)
  })

  test('that aborts when the answer is there changes nothing', async () => {
    const controller = new AbortController()
    const original = TransactionHandle.prototype.commit
    vi.spyOn(TransactionHandle.prototype, 'commit').mockImplementation(function (
      this: TransactionHandle,
    ) {
      const future = original.call(this)
      void future.then(() => controller.abort(new Error('too late')))
      return future
    })
    const { signal } = controller
    const stamped = [tuple.unboundVersionstamp()]
    const keys = db.withKeyEncoding(encoders.tuple)
    const run = keys.doTransaction((tn) => tn.versionstamps.setKey(stamped, ''), { signal })
    expect(await caught(run)).toBeUndefined()
    expect(signal.aborted).toBe(true)
  })

  test('ends a function that waits for something else, and keeps one from being called', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const run = db.doTransaction(
      (tn) => {
        tn.set('a', 'b')
        setImmediate(() => controller.abort(reason))
        return never()
      },
      { signal: controller.signal },
    )
    await expect(run).rejects.toBe(reason)
    const second = new AbortController()
    const started = (): void => second.abort(reason)
    const other = db.doTransaction(() => expect.fail('it was called'), {
      signal: second.signal,
      observer: { started },
    })
    await expect(other).rejects.toBe(reason)
    expect(await db.exists('a')).toBe(false)
  })
})
