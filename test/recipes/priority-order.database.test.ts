// Priorities of all kinds are one order. Keys of earlier versions of the package, written here by hand, take part in it.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { encoders, tuple } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { PriorityQueue } from '../../src/recipes/index.ts'
import type { Priority } from '../../src/recipes/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { anyNeighbours, anyNumber, byNumber } from './any-number.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const RUNS = backend.name === 'engine' ? 200 : 10
let scopes = 0
const newScope = () => db.at(`${scopes++}/`).withValueEncoding(encoders.string)
type Scope = ReturnType<typeof newScope>

const anyPriority: fc.Arbitrary<Priority> = fc.oneof(
  { weight: 8, arbitrary: anyNumber },
  { weight: 1, arbitrary: fc.constantFrom('', 'a', 'z') },
)

function byPriority(a: Priority, b: Priority): number {
  if (typeof a === 'string' || typeof b === 'string') {
    if (typeof a !== 'string') return 1
    if (typeof b !== 'string') return -1
    return a < b ? -1 : a > b ? 1 : 0
  }
  return byNumber(a, b)
}

/** A sort that leaves equals in the order of the pushes. */
const inOrder = (priorities: readonly Priority[]) =>
  priorities
    .map((priority, at) => ({ priority, item: String(at) }))
    .sort((a, b) => byPriority(a.priority, b.priority))
    .map(({ item }) => item)

/** What version 0.1 wrote for a push: the tuple of the priority and the stamp of the commit. */
async function writeOld(scope: Scope, priorities: readonly Priority[]): Promise<void> {
  const items = scope.withKeyEncoding(encoders.tuple)
  await items.doTransaction(async (tn) => {
    for (const [at, priority] of priorities.entries()) {
      const value = Buffer.alloc(12)
      value.writeUInt16BE(at, 10)
      tn.set(['item', priority, { type: 'versionstamp', value }], String(at))
    }
  })
}

async function drain(queue: PriorityQueue<string, string>): Promise<string[]> {
  const popped: string[] = []
  for (;;) {
    const next = await queue.peek()
    const item = await queue.pop()
    expect(item).toBe(next)
    if (item === undefined) return popped
    popped.push(item)
  }
}

describe('a priority queue', () => {
  test('gives integers, fractions and bigints in the order of numbers', async () => {
    const queue = new PriorityQueue(newScope())
    const priorities = [10, 0.5, 2n, 3, -1, 1.5, 1, -1.5, 2]
    for (const [at, priority] of priorities.entries()) await queue.push(priority, String(at))
    const popped = (await drain(queue)).map((item) => priorities[Number(item)])
    expect(popped).toEqual([-1.5, -1, 0.5, 1, 1.5, 2n, 2, 3, 10])
  })

  test('sorts any numbers as a model does, of equals the first, with keys of earlier versions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPriority, { maxLength: 12 }),
        fc.array(anyPriority, { maxLength: 12 }),
        async (old, pushed) => {
          const scope = newScope()
          await writeOld(scope, old)
          const queue = new PriorityQueue(scope)
          for (const [at, priority] of pushed.entries()) {
            await queue.push(priority, String(old.length + at))
          }
          expect(await drain(queue)).toEqual(inOrder([...old, ...pushed]))
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('writes the keys that earlier versions read', async () => {
    const scope = newScope()
    const queue = new PriorityQueue(scope)
    for (const priority of [1.5, 2n ** 64n, 'a', 1]) await queue.push(priority, '')
    const raw = scope.withKeyEncoding(encoders.tuple)
    const keys = await raw.getRangeAllStartsWith(['item'])
    expect(keys.map(([[, priority]]) => priority)).toEqual(['a', 1, 2n ** 64n, 1.5])
  })

  test('takes what lies before the pushes of its own transaction, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(anyNeighbours, async ([there, own]) => {
        fc.pre(byNumber(there, own) !== 0)
        const queue = new PriorityQueue(newScope())
        await queue.push(there, 'there')
        const popped = db.doTransaction(async (tn) => {
          queue.pushIn(tn, own, 'own')
          return queue.popIn(tn)
        })
        // A key of an integer is found first, whatever its size: tuples sort it before all fractions.
        const isInWay = tuple.compare([own], [there]) < 0
        if (byNumber(there, own) < 0 && !isInWay) expect(await popped).toBe('there')
        else await expect(popped).rejects.toMatchObject({ code: 1036 })
      }),
      { numRuns: RUNS },
    )
  })
})

describe('a pop conflicts', () => {
  /** Whether a pop of the queue is refused after a push that came in between. */
  async function conflicts(scope: Scope, pushed: Priority): Promise<boolean> {
    const queue = new PriorityQueue(scope)
    const popping: Transaction = db.getRoot().createTransaction()
    try {
      await queue.popIn(popping)
      popping.set(tuple.pack(['fdbkit-test', 'conflict']), '')
      await queue.push(pushed, 'between')
      await popping.commit()
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 1020 })
      return true
    } finally {
      popping[Symbol.dispose]()
    }
  }

  test('with a push that comes before its item, and with no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPriority, { minLength: 1, maxLength: 4 }),
        anyPriority,
        async (there, pushed) => {
          const scope = newScope()
          await writeOld(scope, there)
          const lowest = [...there].sort(byPriority)[0]!
          expect(await conflicts(scope, pushed)).toBe(byPriority(pushed, lowest) < 0)
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('with every push, when there was nothing', async () => {
    for (const pushed of [-Infinity, 'a', 0, 0.5, Infinity]) {
      expect(await conflicts(newScope(), pushed)).toBe(true)
    }
  })
})
