// What ends a run or an attempt early, one way at a time; outcomes.test.ts has them in any order.
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import {
  BudgetExceededError,
  FDBError,
  FDBStateError,
  RunAbortedError,
  encoders,
  hostEnvironment,
  open,
  openEmbedded,
  tuple,
} from '../../src/index.ts'
import type { Environment, RunOptions, Transaction } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/transaction-handle.ts'
import { backend } from '../support/backends.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'run ends')
afterAll(() => database.close())
afterEach(() => void vi.restoreAllMocks())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const never = (): Promise<never> => new Promise(() => undefined)
const caught = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )

/** So much that a commit takes longer than the call that ends the wait for it. */
function writeMuch(tn: Transaction): void {
  for (let i = 0; i < 300; i++) tn.set(`much ${i}`, 'x'.repeat(100))
}

/** Does something right after the commit was sent, in the same turn. */
function behindCommit(action: () => void): void {
  const original = TransactionHandle.prototype.commit
  vi.spyOn(TransactionHandle.prototype, 'commit').mockImplementation(function (
    this: TransactionHandle,
  ) {
    const future = original.call(this)
    action()
    return future
  })
}

/** A clock that stands still, and timers that fire when they are told to. */
class HeldEnvironment implements Environment {
  clock = 1000
  readonly timers = new Set<{ delay: number; callback: () => void }>()
  readonly random = hostEnvironment.random.bind(hostEnvironment)
  readonly defer = hostEnvironment.defer.bind(hostEnvironment)

  now(): number {
    return this.clock
  }

  setTimer(delay: number, callback: () => void): object {
    const timer = { delay, callback }
    this.timers.add(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as never)
  }

  fire(): void {
    for (const timer of [...this.timers]) {
      this.timers.delete(timer)
      timer.callback()
    }
  }
}

async function withHeldClock(
  use: (held: typeof db, environment: HeldEnvironment) => Promise<void>,
): Promise<void> {
  const environment = new HeldEnvironment()
  const { clusterFile } = backend
  using whole =
    clusterFile === undefined ? openEmbedded({ environment }) : open({ clusterFile, environment })
  await use(whole.at(db), environment)
}

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
    await db.doTransaction((tn) => {
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
    expect(await tooLate).toMatchObject({ name: 'FDBStateError' })
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
        () => keys.setVersionstampedKey(['a', tuple.unboundVersionstamp()], 'b'),
        () => tn.snapshot().at(db).withKeyEncoding(encoders.string).get('a'),
        // What the batch holds comes without a call; behind it there is one.
        async () => {
          for (;;) if ((await iterator.next()).done === true) return
        },
        () => tn.doTransaction((same) => same.get('a')),
        () => tn.getReadConflictRanges(),
        () => tn.watch('a'),
        () => tn.getVersionstamp(),
        () => tn.addReadConflictKey('a'),
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
      return { value: { get }, stamp: tn.getVersionstamp(), watch: tn.watch('a') }
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

describe('a budget', () => {
  test('ends where the commit is sent: what comes later cancels nothing', async () => {
    await withHeldClock(async (held, environment) => {
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
        await withHeldClock(async (held, environment) => {
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
    await withHeldClock(async (held, environment) => {
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
    const run = keys.doTransaction((tn) => tn.setVersionstampedKey(stamped, ''), { signal })
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
    for (const prepare of [() => undefined, () => void tn.addWriteConflictKey('a')]) {
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
      tn.setVersionstampedKey([tuple.unboundVersionstamp()], '')
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
      const error = await caught(database.createTenant(`run ends ${process.pid}`))
      vi.restoreAllMocks()
      expect(error).toMatchObject({ code: 2000, maybeCommitted: first === 1021 })
    }
  })
})
