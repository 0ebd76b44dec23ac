// A signal ends what a recipe waits for, also while the cluster gives no answer.
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { encoders } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { LeaderElection, Lock, Topic } from '../../src/recipes/index.ts'
import { openTestDatabase } from '../support/database.ts'

const db = openTestDatabase()
afterEach(() => void vi.restoreAllMocks())
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const reason = new Error('enough')

/** Reads have no answer from now on, and a signal that aborts at the next of them. */
function silentCluster(read: 'get' | 'getRange', silentFrom = 1): AbortSignal {
  const controller = new AbortController()
  const original = TransactionHandle.prototype[read] as (...args: unknown[]) => unknown
  let reads = 0
  vi.spyOn(TransactionHandle.prototype, read).mockImplementation(function (
    this: TransactionHandle,
    ...args: unknown[]
  ) {
    if (++reads < silentFrom) return original.apply(this, args) as never
    setImmediate(() => controller.abort(reason))
    return new Promise(() => undefined) as never
  })
  return controller.signal
}

describe('a lock', () => {
  test('is not acquired when the signal aborts before the answer', async () => {
    const lock = new Lock(db.at('lock/'))
    await expect(lock.acquire({ signal: silentCluster('get') })).rejects.toBe(reason)
    vi.restoreAllMocks()
    expect(await lock.holder()).toBeUndefined()
  })

  test('is not waited for, also while its record is looked at', async () => {
    const held = await new Lock(db.at('held/')).acquire()
    try {
      const election = new LeaderElection(db.at('held/'), 'candidate')
      const campaign = election.campaign({ signal: silentCluster('get', 2) })
      await expect(campaign).rejects.toBe(reason)
    } finally {
      vi.restoreAllMocks()
      await held.release()
    }
  })
})

describe('a subscription', () => {
  const topic = new Topic(db.at('topic/').withValueEncoding(encoders.string))

  test('ends when the signal aborts before the answer', async () => {
    for (const from of ['start', 'now'] as const) {
      const signal = silentCluster('getRange')
      expect(await topic.subscribe({ from, signal }).next()).toEqual({
        done: true,
        value: undefined,
      })
      vi.restoreAllMocks()
    }
  })

  test('refuses a wrong cursor, also when the signal has aborted', async () => {
    const wrong = topic.subscribe({ from: 'cursor' as never, signal: AbortSignal.abort() })
    await expect(wrong.next()).rejects.toThrow(TypeError)
  })
})
