import { afterAll, describe, expect, test } from 'vitest'
import { FDBError, StreamingMode, type RunObserver, type Usage } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())
const scope = emptyScope(db, 'usage')
const prefix = scope.getPrefix().length

/** Keeps what each attempt has used, in order. */
function keeper(): { observer: RunObserver; used: Usage[] } {
  const used: Usage[] = []
  const observer: RunObserver = {
    failed: (_attempt, _error, _milliseconds, usage) => used.push(usage),
    committed: (_attempt, _version, _milliseconds, usage) => used.push(usage),
  }
  return { observer, used }
}

describe('an observer is told what an attempt used', () => {
  test('keys and bytes of every kind of read', async () => {
    await scope.doTransaction(async (tn) => {
      for (const key of ['a', 'b', 'c', 'd']) tn.set(key, 'four')
    })
    const { observer, used } = keeper()
    const each = prefix + 1
    await scope.doTransaction(async (tn) => await tn.get('a'), { observer })
    await scope.doTransaction(async (tn) => await tn.get('-'), { observer })
    await scope.doTransaction(async (tn) => await tn.exists('a'), { observer })
    await scope.doTransaction((tn) => tn.getRangeAllStartsWith(''), { observer })
    const small = { streamingMode: StreamingMode.Small, limit: 3 }
    await scope.doTransaction((tn) => tn.getRangeAll('a', 'z', small), { observer })
    expect(used).toEqual([
      { keysRead: 1, bytesRead: each + 4, writes: 0 },
      { keysRead: 1, bytesRead: each, writes: 0 },
      { keysRead: 1, bytesRead: each + 4, writes: 0 },
      { keysRead: 4, bytesRead: 4 * (each + 4), writes: 0 },
      { keysRead: 3, bytesRead: 3 * (each + 4), writes: 0 },
    ])
  })

  test('its writes', async () => {
    const { observer, used } = keeper()
    await scope.doTransaction(
      async (tn) => {
        tn.set('a', '1')
        tn.clear('b')
        tn.clearRange('c', 'd')
        tn.add('e', Buffer.from([1]))
        tn.versionstamps.setSuffixedKey('f', '')
        tn.conflicts.addWriteKey('g')
      },
      { observer },
    )
    expect(used).toEqual([{ keysRead: 0, bytesRead: 0, writes: 5 }])
  })

  test('each for itself', async () => {
    const { observer, used } = keeper()
    await scope.doTransaction(
      async (tn, { number }) => {
        for (let n = 0; n < number; n++) await tn.get('a')
        tn.set('b', '')
        if (number < 3) throw new FDBError(1020)
      },
      { observer },
    )
    expect(used.map(({ keysRead, writes }) => [keysRead, writes])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ])
  })

  test('also with a budget', async () => {
    const { observer, used } = keeper()
    const read = scope.doTransaction(
      async (tn) => {
        for (const key of ['a', 'b', 'c']) await tn.get(key)
      },
      { observer, budget: { keys: 2 } },
    )
    await expect(read).rejects.toMatchObject({ limited: 'keys', used: 3 })
    expect(used.map(({ keysRead }) => keysRead)).toEqual([3])
  })
})
