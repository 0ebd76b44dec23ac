import { afterAll, describe, expect, test } from 'vitest'
import { FDBError } from '../../src/index.ts'
import type { Attempt } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'retry')
afterAll(() => database.close())

describe('doTransaction', () => {
  test('gives back what the function returned, whatever that is', async () => {
    const object = {}
    expect(await db.doTransaction(() => object)).toBe(object)
    expect(await db.doTransaction(async () => undefined)).toBeUndefined()
    await db.set('a', 'b')
    expect(await db.doTransaction((tn) => tn.get('a'))).toEqual(Buffer.from('b'))
  })

  test('runs again when another transaction wrote what it read', async () => {
    const increments = 25
    let attempts = 0
    await db.set('number', '0')
    const increment = () =>
      db.doTransaction(async (tn) => {
        attempts++
        const before = Number(await tn.get('number'))
        tn.set('number', String(before + 1))
      })
    await Promise.all(Array.from({ length: increments }, increment))
    expect(String(await db.get('number'))).toBe(String(increments))
    expect(attempts).toBeGreaterThan(increments)
  })

  test('tells each attempt which it is and why', async () => {
    const seen: Attempt[] = []
    await db.doTransaction((tn, attempt) => {
      seen.push(attempt)
      tn.set('a', 'b')
      if (attempt.number === 1) throw new FDBError(1020)
      if (attempt.number === 2) throw new FDBError(1021)
    })
    expect(
      seen.map(({ number, maybeCommitted, cause }) => [number, maybeCommitted, cause?.code]),
    ).toEqual([
      [1, false, undefined],
      [2, false, 1020],
      [3, true, 1021],
    ])
  })

  test('forgets the writes of an attempt that failed', async () => {
    await db.doTransaction((tn, { number }) => {
      if (number > 1) return
      tn.set('first attempt', 'x')
      throw new FDBError(1020)
    })
    expect(await db.get('first attempt')).toBeUndefined()
  })

  test('tells an observer what happens', async () => {
    const events: string[] = []
    await db.doTransaction(
      (tn, { number }) => {
        tn.set('a', 'b')
        if (number === 1) throw new FDBError(1007)
      },
      {
        observer: {
          started: ({ number }) => events.push(`started ${number}`),
          failed: ({ number }, error, milliseconds) =>
            events.push(`failed ${number} ${(error as FDBError).code} ${milliseconds >= 0}`),
          committed: ({ number }, version, milliseconds) =>
            events.push(`committed ${number} ${version > 0n} ${milliseconds >= 0}`),
        },
      },
    )
    expect(events).toEqual([
      'started 1',
      'failed 1 1007 true',
      'started 2',
      'committed 2 true true',
    ])
  })

  test('passes on an error of the function, and writes nothing', async () => {
    const problem = new Error('mine')
    let runs = 0
    const run = db.doTransaction((tn) => {
      runs++
      tn.set('never', 'x')
      throw problem
    })
    await expect(run).rejects.toBe(problem)
    expect(runs).toBe(1)
    expect(await db.exists('never')).toBe(false)
  })

  test('passes on an error that no other attempt cures, with where it came from', async () => {
    const problem = new FDBError(2000, 'from here')
    await expect(db.doTransaction(() => Promise.reject(problem))).rejects.toBe(problem)
    const tooLarge = db.doTransaction((tn) => tn.set('a', 'x'.repeat(100_001)))
    await expect(tooLarge).rejects.toMatchObject({ code: 2103, codeName: 'value_too_large' })
  })

  test('stops at the retry limit and at the timeout', async () => {
    let runs = 0
    const always = db.doTransaction(
      () => {
        runs++
        throw new FDBError(1020)
      },
      { retry_limit: 2, max_retry_delay: 1 },
    )
    await expect(always).rejects.toMatchObject({ code: 1020 })
    expect(runs).toBe(3)
    const late = db.doTransaction(
      async (tn) => {
        for (;;) await tn.get('x')
      },
      { timeout: 10 },
    )
    await expect(late).rejects.toMatchObject({ code: 1031 })
  })

  test('sets its options before the function runs', async () => {
    const seen = await db.doTransaction(
      async (tn) => {
        tn.set('unseen', 'x')
        return await tn.get('unseen')
      },
      { read_your_writes_disable: true },
    )
    expect(seen).toBeUndefined()
  })

  test('refuses options that do not exist or have the wrong type, by name', async () => {
    const run = (options: object) => db.doTransaction(() => 1, options)
    await expect(run({ nonsense: 1 })).rejects.toThrow(/nonsense/)
    await expect(run({ timeout: 'soon' })).rejects.toThrow(/timeout/)
    await expect(run({ read_your_writes_disable: 5 })).rejects.toThrow(/read_your_writes_disable/)
    await expect(run({ nonsense: 1 })).rejects.toThrow(TypeError)
    await expect(db.doTransaction('no function' as never)).rejects.toThrow(TypeError)
  })
})

describe('an AbortSignal', () => {
  test('that has aborted keeps the function from running', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    const run = db.doTransaction(() => expect.fail('it ran'), { signal })
    await expect(run).rejects.toThrow('stop')
  })

  test('ends what is under way with its reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const run = db.doTransaction(
      (tn) => {
        const { promise } = tn.watch('never', { keepAlive: true, throwAllErrors: true })
        controller.abort(reason)
        return promise
      },
      { signal: controller.signal },
    )
    await expect(run).rejects.toBe(reason)
  })

  test('ends the wait before another attempt', async () => {
    const controller = new AbortController()
    const run = db.doTransaction(
      () => {
        throw new FDBError(1020)
      },
      {
        signal: controller.signal,
        observer: { failed: ({ number }) => number === 3 && controller.abort(new Error('enough')) },
      },
    )
    await expect(run).rejects.toThrow('enough')
  })
})

describe('a transaction of your own', () => {
  test('is committed and retried by hand', async () => {
    using tn = db.createTransaction()
    await tn.get('x')
    tn.set('x', 'mine')
    await db.set('x', 'theirs')
    const conflict = await tn.commit().then(
      () => expect.fail('it committed'),
      (error: unknown) => error as FDBError,
    )
    expect(conflict).toMatchObject({ code: 1020, retryable: true, maybeCommitted: false })
    await tn.onError(conflict.code)
    tn.set('x', 'mine')
    await tn.commit()
    expect(tn.getCommittedVersion()).toBeGreaterThan(0n)
    expect(await db.get('x')).toEqual(Buffer.from('mine'))
  })

  test('reads at the version that it is given', async () => {
    await db.set('x', 'old')
    using first = db.createTransaction()
    const version = await first.getReadVersion()
    await db.set('x', 'new')
    using second = db.createTransaction()
    second.setReadVersion(version)
    expect(await second.get('x')).toEqual(Buffer.from('old'))
    expect(await second.getReadVersion()).toBe(version)
  })

  test('conflicts where it is told to, and snapshot reads do not', async () => {
    const commitAfterOther = async (
      prepare: (tn: ReturnType<typeof db.createTransaction>) => unknown,
    ) => {
      using tn = db.createTransaction()
      await tn.getReadVersion()
      await prepare(tn)
      tn.set('other', 'x')
      await db.set('key', 'changed')
      return await tn.commit().then(
        () => 'committed',
        (error: unknown) => (error as FDBError).codeName,
      )
    }
    expect(await commitAfterOther((tn) => tn.conflicts.addReadKey('key'))).toBe('not_committed')
    expect(await commitAfterOther((tn) => tn.conflicts.addReadRange('k', 'l'))).toBe(
      'not_committed',
    )
    expect(await commitAfterOther((tn) => tn.get('key'))).toBe('not_committed')
    expect(await commitAfterOther((tn) => tn.snapshot().get('key'))).toBe('committed')
    expect(await commitAfterOther((tn) => tn.conflicts.addWriteKey('key'))).toBe('committed')
    expect(await commitAfterOther(() => undefined)).toBe('committed')
  })

  test('does not crash the process when nobody waits for its versionstamp', async () => {
    using tn = db.createTransaction()
    await tn.get('x')
    tn.set('x', 'mine')
    await db.set('x', 'theirs')
    const { promise } = tn.versionstamps.ofCommit()
    await expect(tn.commit()).rejects.toMatchObject({ code: 1020 })
    await expect(promise).rejects.toBeInstanceOf(FDBError)
  })
})
