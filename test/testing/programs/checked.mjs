// Run by test/testing/checks.test.ts: tests that fail on purpose, by the runner of Node.
import assert from 'node:assert/strict'
import { afterEach, before, after, beforeEach, test } from 'node:test'
import { checkEachTest, testDatabase } from 'fdbkit/testing'

checkEachTest({ beforeEach, afterEach })

let shared
before(() => (shared = testDatabase()))
after(() => shared.close())

test('leaves nothing behind', async () => {
  const db = testDatabase({ faults: 'conflicts', seed: 1 })
  await db.set('a', 'b')
  await shared.set('a', 'b')
  db.close()
})

test('fails under faults', () => {
  const db = testDatabase({ faults: 'everything', seed: 2 })
  db.close()
  assert.equal(1, 2)
})

test('leaves a database behind', () => void testDatabase())
