// What comes after the function of a transaction has returned is no part of it: the run says so, and doesn't pretend.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { FDBStateError, allKeys } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'late-calls')
afterAll(() => database.close())

/** Everything that a forgotten branch may do. */
const CALLS: Readonly<Record<string, (tn: Transaction) => unknown>> = {
  set: (tn) => tn.set('late', 'x'),
  clear: (tn) => tn.clear('late'),
  clearAll: (tn) => tn.clearAll(),
  add: (tn) => tn.add('late', 1),
  get: (tn) => tn.get('late'),
  getKey: (tn) => tn.getKey('late'),
  getRangeAll: (tn) => tn.getRangeAll('a', 'z'),
  getMany: (tn) => tn.getMany(['a', 'b']),
  readRange: (tn) => tn.getRanges([{ start: 'a' }]),
  watch: (tn) => tn.watch('late'),
  setKey: (tn) => tn.versionstamps.setSuffixedKey('late', 'x'),
  addReadKey: (tn) => tn.conflicts.addReadKey('late'),
}

/** Where its call was, once it has failed. */
async function forgotten(call: (tn: Transaction) => unknown, tn: Transaction): Promise<unknown> {
  // Some turns after the function has returned, and before the commit is answered.
  for (let turn = 0; turn < 3; turn++) await Promise.resolve()
  try {
    await call(tn)
    return undefined
  } catch (error) {
    return error
  }
}

describe('a call behind the end of its function', () => {
  test('fails, with its stack, and fails the run whose commit is not answered yet', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...Object.keys(CALLS)),
      fc.boolean(),
      async (name, writes) => {
        let branch: Promise<unknown> | undefined
        const run = db.doTransaction(async (tn) => {
          if (writes) tn.set('early', 'x')
          branch = forgotten(CALLS[name]!, tn)
          await Promise.resolve()
        })
        const error = await run.then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(error, name).toBeInstanceOf(FDBStateError)
        expect(await branch).toBe(error)
        const { message, stack, maybeCommitted } = error as FDBStateError
        expect(message).toMatch(/called too late.* await all that it starts/s)
        expect(stack).toContain('late-calls.test.ts')
        expect(stack).toContain('forgotten')
        expect(maybeCommitted).toBe(writes)
        // What came before is applied; what came late is not.
        const keys = (await db.getRangeAll(allKeys)).map(([key]) => String(key))
        expect(keys).toEqual(writes ? ['early'] : [])
        await db.clearAll()
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  test('fails once the commit is answered, and the run stays what it was', async () => {
    let kept: Transaction | undefined
    await db.doTransaction((tn) => {
      kept = tn
      tn.set('early', 'x')
    })
    expect(() => kept!.set('late', 'x')).toThrow(FDBStateError)
    expect(await db.exists('late')).toBe(false)
  })

  test('of an attempt that has thrown does not fail the next one', async () => {
    let branch: Promise<unknown> | undefined
    const attempts = await db.doTransaction(async (tn, { number }) => {
      if (number === 1) {
        branch = forgotten(CALLS['set']!, tn)
        using other = db.createTransaction()
        await tn.get('contended')
        other.set('contended', 'x')
        await other.commit()
        tn.set('contended', 'y')
        await branch
      }
      return number
    })
    expect(attempts).toBe(2)
  })
})
