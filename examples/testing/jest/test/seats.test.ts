import { expect, test } from '@jest/globals'
import { testDatabase } from 'fdbkit/testing'
import { Seats } from '../seats.ts'

test('the last seat is taken once', async () => {
  await using db = testDatabase()
  const seats = new Seats(db)
  await seats.open('hamlet', 1)
  const taken = await Promise.all([seats.take('hamlet'), seats.take('hamlet')])
  expect(taken.filter(Boolean).length).toBe(1)
  expect(await seats.left('hamlet')).toBe(0)
})

test('no seat is sold twice, whatever the cluster does', async () => {
  await using db = testDatabase({ faults: 'conflicts' })
  const seats = new Seats(db)
  await seats.open('hamlet', 5)
  const taken = await Promise.all(Array.from({ length: 8 }, () => seats.take('hamlet')))
  expect(taken.filter(Boolean).length).toBe(5)
  expect(await seats.left('hamlet')).toBe(0)
})
