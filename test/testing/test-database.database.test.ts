// A database for one test, on both backends: empty, its own, and gone.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { backend } from '../support/backends.ts'
import { testDatabase } from '../../src/testing/index.ts'

beforeAll(() => void vi.stubEnv('FDBKIT_ON_CLUSTER', backend.clusterFile ?? ''))
afterAll(() => vi.unstubAllEnvs())

test('is empty, and nobody else sees what is in it', async () => {
  await using one = testDatabase()
  await using other = testDatabase()
  expect(await one.getRangeAllStartsWith('')).toEqual([])
  await one.set('a', '1')
  await other.set('a', '2')
  expect(String(await one.get('a'))).toBe('1')
  expect((await other.getRangeAllStartsWith('')).map(String)).toEqual(['a,2'])
})

test('is closed at the end of its block, and leaves nothing there', async () => {
  const db = testDatabase()
  const place = db.getPrefix()
  await db.set('a', '1')
  await db[Symbol.asyncDispose]()
  expect(db.closed).toBe(true)
  await db[Symbol.asyncDispose]()
  await expect(db.get('a')).rejects.toThrow(/closed/)
  using reader = testDatabase()
  if (backend.name === 'engine') return
  expect(await reader.getRoot().getRangeAllStartsWith(place)).toEqual([])
})

test('has faults on the engine only, and the options that it is given', async () => {
  await using db = testDatabase({
    faults: 'tooOld',
    seed: 1,
    database: { transaction_retry_limit: 3 },
  })
  expect(db.seed).toBe(backend.name === 'engine' ? 1 : undefined)
  await using plain = testDatabase({ database: { transaction_timeout: 5000 } })
  await plain.set('a', '1')
})
