import { afterAll, describe, expect, test } from 'vitest'
import { FDBError, encoders } from '../../src/index.ts'
import type { Attempt, RunOptions, Transaction } from '../../src/index.ts'
import { planRun } from '../../src/client/run/run-plan.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'run options')
afterAll(() => database.close())

const conflict = (): never => {
  throw new FDBError(1020)
}

async function attemptsWith(options: RunOptions): Promise<number> {
  let attempts = 0
  const run = db.doTransaction(() => {
    attempts++
    conflict()
  }, options)
  await expect(run).rejects.toMatchObject({ code: 1020 })
  return attempts
}

describe('an option of a run', () => {
  test('retryLimit counts the attempts after the first', async () => {
    expect(await attemptsWith({ retryLimit: 0 })).toBe(1)
    expect(await attemptsWith({ retryLimit: 3, maxRetryDelay: 1 })).toBe(4)
    expect(await attemptsWith({ retry_limit: 2, max_retry_delay: 1 })).toBe(3)
  })

  test('timeout holds for all attempts together', async () => {
    const run = db.doTransaction(conflict, { timeout: 50, maxRetryDelay: 1 })
    await expect(run).rejects.toMatchObject({ code: 1031 })
    expect(await db.doTransaction((tn) => tn.get('a'), { timeout: 0 })).toBeUndefined()
  })

  test('sizeLimit holds for every attempt', async () => {
    for (const failures of [0, 2]) {
      const large = db.doTransaction(
        (tn, { number }) => {
          if (number <= failures) conflict()
          tn.set('large', 'x'.repeat(1000))
        },
        { sizeLimit: 500 },
      )
      await expect(large).rejects.toMatchObject({ code: 2101, operation: 'commit' })
    }
    await db.doTransaction((tn) => tn.set('large', 'x'.repeat(1000)), { sizeLimit: 5000 })
  })

  test('of the C API holds for every attempt', async () => {
    const seen: unknown[] = []
    await db.doTransaction(
      async (tn, { number }) => {
        tn.set('unseen', 'x')
        seen.push(await tn.get('unseen'))
        if (number < 3) conflict()
      },
      { read_your_writes_disable: true },
    )
    expect(seen).toEqual([undefined, undefined, undefined])
  })

  test('tags are set: there is room for no more than five', async () => {
    const addOne = (count: number) => {
      const tags = Array.from({ length: count }, (_, i) => `tag ${i}`)
      return db.doTransaction(
        async (tn, { number }) => {
          if (number === 1) conflict()
          tn.setOption('tag', 'another')
          await tn.get('a')
        },
        { tags },
      )
    }
    await addOne(4)
    await expect(addOne(5)).rejects.toMatchObject({ code: 2109 })
  })

  test('priority is one of three', async () => {
    for (const priority of ['default', 'batch', 'immediate'] as const) {
      await db.doTransaction((tn) => tn.set('priority', priority), { priority })
      expect(String(await db.get('priority'))).toBe(priority)
    }
  })

  test('idempotency is automatic', async () => {
    await db.doTransaction((tn) => tn.set('once', 'x'), { idempotency: 'automatic' })
    expect(String(await db.get('once'))).toBe('x')
  })

  test('readOnly lets nothing be written, and conflicts with nobody', async () => {
    const numbers = db.withValueEncoding(encoders.tuple)
    const writes: [string, (tn: Transaction) => void][] = [
      ['set', (tn) => tn.set('a', 'b')],
      ['clear', (tn) => tn.clear('a')],
      ['clearRange', (tn) => tn.clearRange('a', 'b')],
      ['clearRange', (tn) => tn.clearRangeStartsWith('a')],
      ['add', (tn) => tn.add('a', Buffer.of(1))],
      ['atomicOp', (tn) => tn.native.atomicOpBytes(2, 'a', Buffer.of(1))],
      ['atomicOp', (tn) => tn.native.atomicOp(2, 'a', Buffer.of(1))],
      ['setVersionstampedKey', (tn) => tn.versionstamps.setSuffixedKey('a', 'b')],
      ['setVersionstampedValue', (tn) => tn.versionstamps.setPrefixedValue('a', 'b')],
      ['set', (tn) => tn.snapshot().at(numbers).set('a', [1])],
    ]
    for (const [operation, write] of writes) {
      const run = db.doTransaction((tn) => write(tn), { readOnly: true })
      await expect(run).rejects.toMatchObject({ code: 2023, operation })
    }
    expect(await db.getRangeAllStartsWith('')).toEqual([])

    let attempts = 0
    await db.doTransaction(
      async (tn) => {
        attempts++
        await tn.get('x')
        await db.set('x', 'changed')
      },
      { readOnly: true },
    )
    expect(attempts).toBe(1)
    using tn = db.createTransaction({ readOnly: true })
    expect(() => tn.set('a', 'b')).toThrow(/transaction_read_only/)
  })

  test('readOnly can watch', async () => {
    const { promise } = await db.doTransaction((tn) => tn.watch('w', { keepAlive: true }), {
      readOnly: true,
    })
    await db.set('w', 'changed')
    expect(await promise).toBe(true)
  })

  test('signal ends every kind of wait', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const run = db.doTransaction(
      (_tn, { number }) => {
        if (number === 2) controller.abort(reason)
        conflict()
      },
      { signal: controller.signal },
    )
    await expect(run).rejects.toBe(reason)
  })

  test('observer sees each attempt begin and end, and its own error comes out', async () => {
    const events: [string, number][] = []
    const note =
      (event: string) =>
      ({ number }: Attempt): void => {
        events.push([event, number])
      }
    await db.doTransaction((tn, { number }) => (number < 3 ? conflict() : tn.set('a', 'b')), {
      observer: { started: note('started'), failed: note('failed'), committed: note('committed') },
    })
    expect(events).toEqual([
      ['started', 1],
      ['failed', 1],
      ['started', 2],
      ['failed', 2],
      ['started', 3],
      ['committed', 3],
    ])
    const problem = new Error('mine')
    const run = db.doTransaction(() => 1, {
      observer: {
        started: () => {
          throw problem
        },
      },
    })
    await expect(run).rejects.toBe(problem)
  })
})

describe('a wrong option is a TypeError that names it, and nothing runs', () => {
  test.each<[string, object, RegExp]>([
    ['timeout', { timeout: '1' }, /timeout/],
    ['timeout below 0', { timeout: -1 }, /timeout/],
    ['timeout of a half', { timeout: 0.5 }, /timeout/],
    ['timeout of 2^31', { timeout: 2 ** 31 }, /timeout/],
    ['retryLimit', { retryLimit: -2 }, /retryLimit/],
    ['retryLimit as text', { retryLimit: 'often' }, /retryLimit/],
    ['maxRetryDelay', { maxRetryDelay: -1 }, /maxRetryDelay/],
    ['sizeLimit too small', { sizeLimit: 31 }, /sizeLimit/],
    ['sizeLimit too large', { sizeLimit: 10_000_001 }, /sizeLimit/],
    ['idempotency', { idempotency: true }, /idempotency/],
    ['tags as text', { tags: 'tag' }, /tags/],
    ['an empty tag', { tags: [''] }, /tags/],
    ['a long tag', { tags: ['x'.repeat(17)] }, /tags/],
    ['a long tag in bytes', { tags: ['ä'.repeat(9)] }, /tags/],
    ['six tags', { tags: ['1', '2', '3', '4', '5', '6'] }, /tags/],
    ['a tag that is no text', { tags: [1] }, /tags/],
    ['priority', { priority: 'high' }, /priority/],
    ['readOnly', { readOnly: 1 }, /readOnly/],
    ['signal', { signal: {} }, /signal/],
    ['observer', { observer: 1 }, /observer/],
    ['observer with no functions', { observer: { started: 1 } }, /observer/],
    ['budget', { budget: { keys: 'many' } }, /keys/],
    ['an unknown name', { fast: true }, /fast/],
    ['an option of the C API', { read_your_writes_disable: 'yes' }, /read_your_writes_disable/],
    ['null', null as never, /null/],
  ])('%s', async (_, options, message) => {
    let ran = false
    const run = db.doTransaction(() => {
      ran = true
    }, options)
    await expect(run).rejects.toThrow(TypeError)
    await expect(db.doTransaction(() => 1, options)).rejects.toThrow(message)
    expect(() => planRun(options)).toThrow(TypeError)
    expect(ran).toBe(false)
  })

  test('undefined is no option at all', async () => {
    const nothing: RunOptions = { timeout: undefined, tags: undefined, signal: undefined }
    expect(planRun(nothing).options).toEqual([])
    expect(await db.doTransaction(() => 1, nothing)).toBe(1)
  })

  test('each comes to the options of the C API', () => {
    const { options } = planRun({
      timeout: 1,
      retryLimit: 2,
      maxRetryDelay: 3,
      sizeLimit: 400,
      idempotency: 'automatic',
      tags: ['a', 'b'],
      priority: 'immediate',
      lock_aware: true,
    })
    expect(options).toEqual([
      ['timeout', 1],
      ['retry_limit', 2],
      ['max_retry_delay', 3],
      ['size_limit', 400],
      ['automatic_idempotency', true],
      ['tag', 'a'],
      ['tag', 'b'],
      ['priority_system_immediate', true],
      ['lock_aware', true],
    ])
    expect(planRun({ priority: 'batch' }).options).toEqual([['priority_batch', true]])
    expect(planRun({ priority: 'default' }).options).toEqual([])
  })
})
