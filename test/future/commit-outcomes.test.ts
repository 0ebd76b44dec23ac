// What is known of a commit: it was applied, it was not, or nobody can tell; of each ending, and over those of a transaction.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { lostAnswer } from '../../src/future/port/lost-answer.ts'
import { Code } from '../../src/future/port/commands.ts'
import { Ring } from '../../src/future/ring/ring.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'

let ring: Ring
let database: DatabaseHandle

beforeAll(() => {
  startNetwork({ library: embeddedLibrary() })
  ring = new Ring()
  database = DatabaseHandle.open({}, ring)
})

afterAll(() => {
  database.close()
  expect(ring.liveObjects).toBe(0)
  ring.close()
})

const bytes = (text: string): Buffer => Buffer.from(text)
const failed = (error: unknown): number | undefined => (error as { readonly code?: number }).code

/** A way for a commit to end: what it says, and whether it may have been applied. */
interface Ending {
  readonly code: number | undefined
  readonly mayBeApplied: boolean
  readonly commit: (transaction: TransactionHandle) => Promise<number | undefined>
}

const endings: Record<string, Ending> = {
  applied: {
    code: undefined,
    mayBeApplied: true,
    async commit(transaction) {
      transaction.set(bytes('a'), bytes('1'))
      return transaction.commit().then(() => undefined, failed)
    },
  },
  'nothing to apply': {
    code: undefined,
    mayBeApplied: false,
    async commit(transaction) {
      await transaction.get(bytes('a'))
      return transaction.commit(false).then(() => undefined, failed)
    },
  },
  'a conflict': {
    code: 1020,
    mayBeApplied: false,
    async commit(transaction) {
      await transaction.get(bytes('contended'))
      using other = database.createTransaction()
      other.set(bytes('contended'), bytes('1'))
      await other.commit()
      transaction.set(bytes('a'), bytes('2'))
      return transaction.commit().then(() => undefined, failed)
    },
  },
  'too large a key': {
    code: 2102,
    mayBeApplied: false,
    async commit(transaction) {
      transaction.set(Buffer.alloc(10_001, 'k'), bytes('1'))
      return transaction.commit().then(() => undefined, failed)
    },
  },
  'cancelled before': {
    code: 1025,
    mayBeApplied: false,
    async commit(transaction) {
      transaction.set(bytes('a'), bytes('3'))
      transaction.cancel()
      return transaction.commit().then(() => undefined, failed)
    },
  },
}

test('each ending says whether the commit may have been applied', async () => {
  for (const [name, { code, mayBeApplied, commit }] of Object.entries(endings)) {
    using transaction = database.createTransaction()
    expect([name, transaction.maybeCommitted]).toEqual([name, false])
    expect([name, await commit(transaction)]).toEqual([name, code])
    expect([name, transaction.maybeCommitted]).toEqual([name, mayBeApplied])
  }
})

test('a commit that is under way may be applied, unless it has nothing to apply', async () => {
  for (const writes of [true, false]) {
    using transaction = database.createTransaction()
    transaction.set(bytes('b'), bytes('1'))
    const commit = transaction.commit(writes)
    expect([commit.mayHaveEffect, commit.mayBeApplied]).toEqual([writes, writes])
    expect(transaction.maybeCommitted).toBe(writes)
    await commit
    expect([commit.mayHaveEffect, commit.mayBeApplied]).toEqual([writes, writes])
  }
})

test('nothing but a commit has an effect', async () => {
  using transaction = database.createTransaction()
  const reads = [transaction.get(bytes('a')), transaction.getReadVersion()]
  for (const read of reads) {
    expect([read.mayHaveEffect, read.mayBeApplied]).toEqual([false, false])
    await read
    expect([read.mayHaveEffect, read.mayBeApplied]).toEqual([false, false])
  }
})

test('a transaction says so of any of its commits, over resets', async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(endings)), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(names, async (drawn) => {
      using transaction = database.createTransaction()
      let expected = false
      for (const name of drawn) {
        const { commit, code, mayBeApplied } = endings[name] as Ending
        expect(await commit(transaction)).toBe(code)
        expected ||= mayBeApplied
        expect(transaction.maybeCommitted).toBe(expected)
        transaction.reset()
        expect(transaction.maybeCommitted).toBe(expected)
      }
    }),
    { numRuns: 60 },
  )
})

test('an answer that is lost with its ring is unknown for a commit, and for nothing else', () => {
  for (const [name, code] of Object.entries(Code)) {
    // The flags of a command are above its code.
    for (const flags of [0, 0x100, 0x300]) {
      const { maybeCommitted, message } = lostAnswer(code | flags)
      expect([name, maybeCommitted]).toEqual([name, name === 'commit'])
      expect(message).toMatch(/closed while \w+ was in flight/)
    }
    expect(lostAnswer(code, true).maybeCommitted).toBe(true)
    expect(lostAnswer(code, false).maybeCommitted).toBe(false)
  }
})
