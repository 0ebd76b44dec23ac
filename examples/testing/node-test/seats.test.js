import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { checkEachTest, testDatabase } from 'fdbkit/testing'
import { Seats } from './seats.js'

// Each test is checked: it leaves nothing behind, and the seeds of its faults are printed when it fails.
checkEachTest({ beforeEach, afterEach })

test('the last seat is taken once', async () => {
  const db = testDatabase()
  const seats = new Seats(db)
  await seats.open('hamlet', 1)
  const taken = await Promise.all([seats.take('hamlet'), seats.take('hamlet')])
  assert.equal(taken.filter(Boolean).length, 1)
  assert.equal(await seats.left('hamlet'), 0)
  db.close()
})

test('no seat is sold twice, whatever the cluster does', async () => {
  const db = testDatabase({ faults: 'conflicts' })
  const seats = new Seats(db)
  await seats.open('hamlet', 5)
  const taken = await Promise.all(Array.from({ length: 8 }, () => seats.take('hamlet')))
  assert.equal(taken.filter(Boolean).length, 5)
  assert.equal(await seats.left('hamlet'), 0)
  db.close()
})
