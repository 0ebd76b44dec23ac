// A call that follows a commit in the same turn ends it: on a cluster it comes before the answer, and the engine
// does as if it had, whichever of its threads was faster. Whether the commit was applied is another question.
import { afterAll, describe, expect, test } from 'vitest'
import { FDBError } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'ended commits')
afterAll(() => database.close())

const ROUNDS = 20

const code = async (work: PromiseLike<unknown>): Promise<number> => {
  try {
    await work
    return 0
  } catch (error) {
    if (error instanceof FDBError) return error.code
    throw error
  }
}

const ends: [string, number, (tn: Transaction) => void][] = [
  ['cancel', 1025, (tn) => tn.cancel()],
  ['reset', 1025, (tn) => tn.reset()],
  ['close', 1025, (tn) => tn.close()],
  ['a read', 2017, (tn) => void code(tn.get('b'))],
  ['a write', 2017, (tn) => tn.set('b', '')],
  ['another commit', 2017, (tn) => void code(tn.commit())],
]

describe('a commit that is followed at once', () => {
  test.each(ends)('by %s fails with %i', async (_, expected, end) => {
    const late: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      using tn = db.createTransaction()
      // With a read version a cluster gets the commit at once, without one it asks for one first.
      if (round % 2 === 0) await tn.getReadVersion()
      tn.set('a', String(round))
      const commit = tn.commit()
      end(tn)
      const found = await code(commit)
      if (found !== expected) late.push(found)
    }
    // A thread that the system stopped for long between the two calls was too late.
    expect(late.filter((found) => found !== 0)).toEqual([])
    expect(late.length).toBeLessThan(ROUNDS / 2)
  })

  test('has no versionstamp and no version', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      using tn = db.createTransaction()
      tn.set('a', String(round))
      const { promise } = tn.versionstamps.ofCommit()
      promise.catch(() => undefined)
      const commit = tn.commit()
      tn.cancel()
      const found = await code(commit)
      expect([0, 1025]).toContain(found)
      expect(await code(promise)).toBe(found)
    }
  })

  test('leaves a whole commit or nothing', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      using tn = db.createTransaction()
      tn.set('one', String(round))
      tn.set('two', String(round))
      const commit = tn.commit()
      tn.cancel()
      expect([0, 1025]).toContain(await code(commit))
      const [one, two] = await db.doTransaction((other) =>
        Promise.all([other.get('one'), other.get('two')]),
      )
      expect(one).toEqual(two)
    }
  })
})

test.each(ends)('a commit whose end was seen is not ended by %s', async (_, __, end) => {
  using tn = db.createTransaction()
  tn.set('a', 'seen')
  await tn.commit()
  const version = tn.getCommittedVersion()
  end(tn)
  expect(version).toBeGreaterThan(0n)
  expect(await db.get('a')).toEqual(Buffer.from('seen'))
})
