import { expect, test } from 'vitest'
import { openTestDatabase } from './database.ts'

test('no test sees the keys of another', async () => {
  const first = openTestDatabase()
  const second = openTestDatabase()
  await first.set('key', 'value')
  expect((await first.get('key'))?.toString()).toBe('value')
  expect(await second.get('key')).toBeUndefined()
  await first.clearRangeStartsWith('')
  expect(await first.getRangeAllStartsWith('')).toEqual([])
  first.close()
  second.close()
})
