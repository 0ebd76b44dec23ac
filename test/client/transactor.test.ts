import { afterAll, describe, expect, test } from 'vitest'
import type { Transactor } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())
const scope = emptyScope(db, 'transactor')

/** Written once, for a database and for a transaction. */
async function increment(on: Transactor, key: string): Promise<number> {
  return await on.doTransaction(async (tn) => {
    const next = Number((await tn.get(key)) ?? 0) + 1
    tn.set(key, String(next))
    return next
  })
}

describe('a function for a database or a transaction', () => {
  test('is a transaction of its own on a database', async () => {
    expect(await increment(scope, 'n')).toBe(1)
    expect(await increment(scope, 'n')).toBe(2)
    expect(String(await scope.get('n'))).toBe('2')
  })

  test('is a part of the transaction that it gets', async () => {
    using tn = scope.createTransaction()
    expect(await increment(tn, 'n')).toBe(1)
    expect(await increment(tn, 'n')).toBe(2)
    expect(await scope.get('n')).toBeUndefined()
    await tn.commit()
    expect(String(await scope.get('n'))).toBe('2')
  })

  test('passes on what the function throws, and commits nothing', async () => {
    using tn = scope.createTransaction()
    const problem = new Error('no')
    await expect(tn.doTransaction(() => Promise.reject(problem))).rejects.toBe(problem)
    await expect(tn.doTransaction(5 as never)).rejects.toThrow(/takes a function/)
    await tn.commit()
    expect(await scope.getRangeAllStartsWith('')).toEqual([])
  })
})
