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

/** A way for a commit to end: what leads to it, what it says, and whether it may have been applied. */
interface Ending {
  readonly prepare: (transaction: TransactionHandle) => unknown
  /** false: there is nothing to apply. */
  readonly writes?: false
  readonly code: number | undefined
  readonly mayBeApplied: boolean
}

const write = (transaction: TransactionHandle): void => transaction.set(bytes('a'), bytes('1'))

const endings: Record<string, Ending> = {
  applied: { prepare: write, code: undefined, mayBeApplied: true },
  'nothing to apply': {
    prepare: (transaction) => transaction.get(bytes('a')),
    writes: false,
    code: undefined,
    mayBeApplied: false,
  },
  'a conflict': {
    async prepare(transaction) {
      await transaction.get(bytes('contended'))
      using other = database.createTransaction()
      other.set(bytes('contended'), bytes('1'))
      await other.commit()
      write(transaction)
    },
    code: 1020,
    mayBeApplied: false,
  },
  'too large a key': {
    prepare: (transaction) => transaction.set(Buffer.alloc(10_001, 'k'), bytes('1')),
    code: 2102,
    mayBeApplied: false,
  },
  'cancelled before': {
    prepare(transaction) {
      write(transaction)
      transaction.cancel()
    },
    code: 1025,
    mayBeApplied: false,
  },
}

/** Resolves to the code that the commit failed with. */
async function commit(
  transaction: TransactionHandle,
  { prepare, writes }: Ending,
): Promise<number | undefined> {
  await prepare(transaction)
  return transaction.commit(writes).then(() => undefined, failed)
}

test('each ending says whether the commit may have been applied', async () => {
  for (const [name, ending] of Object.entries(endings)) {
    using transaction = database.createTransaction()
    expect([name, transaction.maybeCommitted]).toEqual([name, false])
    expect([name, await commit(transaction, ending)]).toEqual([name, ending.code])
    expect([name, transaction.maybeCommitted]).toEqual([name, ending.mayBeApplied])
  }
})

test('a commit that is under way may be applied, unless it has nothing to apply', async () => {
  for (const writes of [true, false]) {
    using transaction = database.createTransaction()
    transaction.set(bytes('b'), bytes('1'))
    const future = transaction.commit(writes)
    expect([future.mayHaveEffect, future.mayBeApplied]).toEqual([writes, writes])
    expect(transaction.maybeCommitted).toBe(writes)
    await future
    expect([future.mayHaveEffect, future.mayBeApplied]).toEqual([writes, writes])
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
        const ending = endings[name] as Ending
        expect(await commit(transaction, ending)).toBe(ending.code)
        expected ||= ending.mayBeApplied
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
