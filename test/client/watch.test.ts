import { afterAll, describe, expect, test } from 'vitest'
import { census } from '../../src/future/owners/census.ts'
import { FDBStateError, Watch } from '../../src/index.ts'
import { byRef, choose, fdbSpawn, sleep, when } from '../../src/task/index.ts'
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

  test('resolves false when its signal aborts, and is not set after that', async () => {
    const controller = new AbortController()
    const watch = await db.getAndWatch('key', { ...keepAlive, signal: controller.signal })
    controller.abort()
    expect(await watch.promise).toBe(false)
    using tn = db.createTransaction()
    expect(await tn.watch('key', { signal: controller.signal }).promise).toBe(false)
    const late = db.getAndWatch('key', { signal: controller.signal })
    await expect(late).rejects.toBe(controller.signal.reason)
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

  test('is shared: tasks and awaits are all told', async () => {
    const watch = await db.getAndWatch('key', keepAlive)
    const wait = () =>
      fdbSpawn(function* () {
        return yield* watch
      })
    const waits = [wait(), wait(), watch.promise, fdbSpawn(watch)]
    await db.set('key', `shared ${Math.random()}`)
    expect(await Promise.all(waits)).toEqual([true, true, true, true])
  })

  test('goes with the last task that gives it up, unless it was lent or its promise asked for', async () => {
    const before = census().handles
    const lost = await db.getAndWatch('key')
    const kept = await db.getAndWatch('key')
    const lent = await db.getAndWatch('key')
    const promise = kept.promise
    const loses = (arm: Watch | ReturnType<typeof byRef<boolean>>) =>
      fdbSpawn(() => choose(when(arm), when(sleep(0))))
    await Promise.all([loses(lost), loses(kept), loses(byRef(lent))])
    expect(census().handles).toBe(before + 2)
    expect(await lost.promise).toBe(false)
    expect(() => fdbSpawn(lost).result()).toThrow(FDBStateError)
    await db.set('key', `kept ${Math.random()}`)
    expect(await Promise.all([promise, lent.promise])).toEqual([true, true])
  })

  test('a loop that lets watches lose leaves none behind', async () => {
    const before = census().handles
    await fdbSpawn(async () => {
      for (let round = 0; round < 300; round++) {
        const watch = await db.getAndWatch('key')
        await fdbSpawn(() => choose(when(watch), when(sleep(0))))
      }
    })
    expect(census().handles).toBe(before)
  })

  test('ends with its database', async () => {
    const other = openBackend()
    const watch = await other.getAndWatch('key', keepAlive)
    const task = fdbSpawn(watch)
    other.close()
    expect(await watch.promise).toBe(false)
    expect(await task).toBe(false)
  })
})
