import { afterAll, describe, expect, test } from 'vitest'
import { Watch } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'watch')
afterAll(() => database.close())

const keepAlive = { keepAlive: true }

describe('a watch', () => {
  test('fires when the value changes', async () => {
    await db.set('key', 'one')
    const watch = await db.getAndWatch('key', keepAlive)
    expect(watch).toBeInstanceOf(Watch)
    expect(watch.value).toEqual(Buffer.from('one'))
    await db.set('key', 'two')
    expect(await watch.promise).toBe(true)
  })

  test('fires when the key is cleared or made', async () => {
    const made = await db.clearAndWatch('key', keepAlive)
    await db.set('key', 'one')
    expect(await made.promise).toBe(true)
    const cleared = await db.setAndWatch('key', 'two', keepAlive)
    await db.clear('key')
    expect(await cleared.promise).toBe(true)
  })

  test('resolves false when it is cancelled', async () => {
    const watch = await db.getAndWatch('key', keepAlive)
    expect(watch.value).toBeUndefined()
    watch.cancel()
    expect(await watch.promise).toBe(false)
    watch.cancel()
  })

  test('resolves false when its signal aborts, also before', async () => {
    const controller = new AbortController()
    const watch = await db.getAndWatch('key', { ...keepAlive, signal: controller.signal })
    controller.abort()
    expect(await watch.promise).toBe(false)
    const late = await db.getAndWatch('key', { ...keepAlive, signal: controller.signal })
    expect(await late.promise).toBe(false)
  })

  test('resolves false when its transaction is cancelled, reset, or conflicts', async () => {
    using cancelled = db.createTransaction()
    const first = cancelled.watch('key', keepAlive)
    cancelled.cancel()
    expect(await first.promise).toBe(false)

    using reset = db.createTransaction()
    const second = reset.watch('key', keepAlive)
    reset.reset()
    expect(await second.promise).toBe(false)

    using loser = db.createTransaction()
    await loser.get('conflict')
    loser.set('conflict', 'mine')
    const third = loser.watch('key', keepAlive)
    await db.set('conflict', 'theirs')
    await expect(loser.commit()).rejects.toMatchObject({ code: 1020 })
    expect(await third.promise).toBe(false)
  })

  test('rejects with every error when asked to', async () => {
    using tn = db.createTransaction()
    const watch = tn.watch('key', { ...keepAlive, throwAllErrors: true })
    tn.cancel()
    await expect(watch.promise).rejects.toMatchObject({ code: 1025 })
  })

  test('rejects with an error that says more than that it was given up', async () => {
    using tn = db.createTransaction()
    tn.setReadVersion(1n)
    const watch = tn.watch('key', keepAlive)
    await expect(tn.get('key')).rejects.toMatchObject({ code: 1007 })
    await expect(watch.promise).rejects.toMatchObject({ code: 1007 })
  })

  test('outlives its transaction', async () => {
    const tn = db.createTransaction()
    const watch = tn.watch('key', keepAlive)
    await tn.commit()
    tn[Symbol.dispose]()
    await db.set('key', 'changed')
    expect(await watch.promise).toBe(true)
  })

  test('takes an AbortSignal only', () => {
    using tn = db.createTransaction()
    expect(() => tn.watch('key', { signal: {} as AbortSignal })).toThrow(TypeError)
  })
})
