import { expect, it } from 'vitest'
import { openEmbedded, keySelector, encoders } from '../../src/index.ts'

it('works', async () => {
  const db = openEmbedded()
  await db.set('a', 'b')
  expect((await db.get('a'))?.toString()).toBe('b')
  await db.doTn(async (tn) => {
    for (let i = 0; i < 100; i++) tn.set(`k${i}`, 'v')
    expect((await tn.getRangeAll('k', 'l')).length).toBe(100)
    expect((await tn.getKey(keySelector.firstGreaterThan('k1')))?.toString()).toBe('k10')
  })
  const j = db.at('x', encoders.tuple, encoders.json)
  await j.set([1, 2], { a: 1 })
  expect(await j.getRangeAllStartsWith([1])).toEqual([[[1, 2], { a: 1 }]])
  const w = await db.getAndWatch('a')
  await db.set('a', 'c')
  expect(await w.promise).toBe(true)
})
