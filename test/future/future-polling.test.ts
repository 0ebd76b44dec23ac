// A future is polled with a waker.
import { describe, expect, test } from 'vitest'
import { FDBError } from '../../src/native/errors/errors.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { PENDING, type Pollable } from '../../src/future/wakers/waker.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'
import { TestWaker, traced } from './test-waker.ts'

const made = useFakeDatabase()
const { get } = made

describe('polling', () => {
  test('registers on the first poll that finds it pending, and only then', async () => {
    const before = made.fake.callbacksSet()
    const log = await traced(async (waker) => {
      const future = get('qv')
      expect(future.poll(waker)).toBe(PENDING)
      expect(future.poll(waker)).toBe(PENDING)
      await turnUntil(() => future.settled)
      expect(String(future.poll(waker))).toBe('qv')
    })
    expect(log).toEqual([
      'call',
      ...['poll', 'clone', 'register', 'pending'],
      ...['poll', 'clone', 'drop', 'pending'],
      ...['callback', 'wake'],
      ...['poll', 'ready'],
    ])
    expect(made.fake.callbacksSet()).toBe(before + 1)
  })

  test('finds what is ready at once, and sets no callback', async () => {
    const future = get('iv')
    ringOfWorker().flush()
    const before = made.fake.callbacksSet()
    const log = await traced(async (waker) => {
      expect(String(future.poll(waker))).toBe('iv')
    })
    expect(log).toEqual(['poll', 'ready'])
    expect(made.fake.callbacksSet()).toBe(before)
  })

  test('throws the error it settled with, every time', async () => {
    const future = get('qerr:2101')
    const waker = new TestWaker()
    expect(future.poll(waker)).toBe(PENDING)
    await turnUntil(() => future.settled)
    expect(() => future.poll(waker)).toThrow('transaction_too_large')
    expect(() => future.poll(waker)).toThrow(FDBError)
  })

  test('wakes the latest waker', async () => {
    const log: string[] = []
    const first = new TestWaker(log)
    let woken = 0
    const future = get('qv')
    future.poll(first)
    future.poll(new TestWaker([], () => woken++))
    await turnUntil(() => woken === 1)
    expect(log).toEqual(['clone', 'drop'])
  })

  test('goes on after the one who waited gave up', async () => {
    const log: string[] = []
    const future = get('qv')
    future.poll(new TestWaker(log))
    future.unregister()
    expect(log).toEqual(['clone', 'drop'])
    expect(String(await future)).toBe('qv')
  })

  test('a waker that polls again inside the wake finds it ready', async () => {
    const future = get('ov')
    let found: unknown
    future.poll(new TestWaker([], () => (found = future.poll(new TestWaker()))))
    await turnUntil(() => found !== undefined)
    expect(String(found)).toBe('ov')
  })

  test('a waker that throws stops no other, ends nothing, and is told of', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listen)
    try {
      for (const thrown of [new Error('in a waker'), 'text', Object.create(null), undefined]) {
        warnings.length = 0
        const future = get('qa')
        future.poll(
          new TestWaker([], () => {
            throw thrown
          }),
        )
        expect(String(await future)).toBe('qa')
        expect(String(await get('qb'))).toBe('qb')
        await turnUntil(() => warnings.length > 0)
        expect(warnings.map(({ name, cause }) => [name, cause])).toEqual([
          ['FdbkitWakerWarning', thrown],
        ])
      }
    } finally {
      process.off('warning', listen)
    }
  })

  test('works with yield*', () => {
    const future = get('iv')
    ringOfWorker().flush()
    const [iterator, other] = [future[Symbol.iterator](), future[Symbol.iterator]()]
    const [asked, again] = [iterator.next(undefined), other.next(undefined)]
    // Each has a wait of its own, for the same value.
    expect(asked.value).not.toBe(again.value)
    for (const { done, value } of [asked, again]) {
      expect(done).toBe(false)
      expect((value as Pollable<unknown>).poll(new TestWaker())).toEqual(Buffer.from('iv'))
    }
    expect(iterator.next(Buffer.from('sent'))).toMatchObject({ done: true })
    future.release()
  })
})
