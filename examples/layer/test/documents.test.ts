import { expect, test } from 'vitest'
import { testDatabase } from 'fdbkit/testing'
import { Documents } from '../documents.ts'

test('a document has its revisions', async () => {
  await using db = testDatabase()
  const documents = new Documents<string>(db)
  await db.doTransaction((tn) => documents.write(tn, 'plan', 0, 'draft'))
  await db.doTransaction((tn) => documents.write(tn, 'plan', 1, 'final'))
  expect(await db.doTransaction((tn) => documents.read(tn, 'plan'))).toEqual({
    revision: 2,
    document: 'final',
  })
  expect(await db.doTransaction((tn) => documents.history(tn, 'plan'))).toEqual([
    { revision: 1, document: 'draft' },
    { revision: 2, document: 'final' },
  ])
})

test('who has not seen the newest revision is refused, and nothing is written', async () => {
  await using db = testDatabase()
  const documents = new Documents<string>(db)
  await db.doTransaction((tn) => documents.write(tn, 'plan', 0, 'mine'))
  const late = db.doTransaction(async (tn) => {
    tn.set('other', 'changed')
    await documents.write(tn, 'plan', 0, 'theirs')
  })
  await expect(late).rejects.toThrow('revision 0 was seen, and the newest is 1')
  expect(await db.get('other')).toBeUndefined()
})

test('of two who write at once one is refused', async () => {
  await using db = testDatabase({ faults: 'conflicts' })
  const documents = new Documents<string>(db)
  const writes = ['a', 'b'].map((text) =>
    db.doTransaction((tn) => documents.write(tn, 'plan', 0, text)),
  )
  const outcomes = (await Promise.allSettled(writes)).map(({ status }) => status)
  expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
})
