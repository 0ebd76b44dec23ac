// Queues are tried against models in the order of the commits: what a pop gave is what the model gives there.
import { afterAll, describe, expect, test } from 'vitest'
import { encoders } from '../../src/index.ts'
import type { Database, Transaction } from '../../src/index.ts'
import { PriorityQueue, Queue } from '../../src/recipes/index.ts'
import type { Priority } from '../../src/recipes/index.ts'
import { Draw } from '../differential/draw.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const SEEDS = backend.name === 'engine' ? 15 : 3
const PROCESSES = 5
const STEPS = 12

/** What one transaction did. */
interface Step {
  /** Of its commit, with its place in the batch; of its read, behind all of that version, when it wrote nothing. */
  readonly at: string
  readonly pushed: readonly { priority: Priority; item: string }[]
  /** undefined: it took nothing; null: there was nothing. */
  readonly popped: string | null | undefined
}

interface Line {
  pushIn(tn: Transaction, priority: Priority, item: string): void
  popIn(tn: Transaction): Promise<string | undefined>
}

/** Runs what `body` does, and finds out where it stands among the commits. */
async function place(body: (tn: Transaction) => Promise<Omit<Step, 'at'>>): Promise<Step> {
  let stamp: Promise<Buffer> | undefined
  let read = 0n
  const done = await db.doTransaction(async (tn) => {
    const own = tn.versionstamps.ofCommit().promise
    own.catch(() => undefined)
    stamp = own
    read = await tn.getReadVersion()
    return body(tn)
  })
  const wrote = done.pushed.length > 0 || typeof done.popped === 'string'
  if (wrote) return { ...done, at: (await stamp!).toString('hex') }
  return { ...done, at: `${read.toString(16).padStart(16, '0')}ffff` }
}

/** Several at work; every step in the order of the commits. */
async function history(line: Line, seed: number, priorities: readonly Priority[]): Promise<Step[]> {
  const steps: Step[] = []
  const work = async (process: number): Promise<void> => {
    const draw = new Draw(seed * 100 + process)
    for (let i = 0; i < STEPS; i++) {
      if (draw.oneIn(2)) {
        steps.push(
          await place(async (tn) => {
            const popped = (await line.popIn(tn)) ?? null
            return { pushed: [], popped }
          }),
        )
        continue
      }
      const pushed = Array.from({ length: draw.integer(1, 3) }, (_, k) => ({
        priority: draw.pick(priorities),
        item: `${process}:${i}:${k}`,
      }))
      steps.push(
        await place(async (tn) => {
          for (const { priority, item } of pushed) line.pushIn(tn, priority, item)
          return { pushed, popped: undefined }
        }),
      )
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, (_, process) => work(process)))
  return steps.sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** Plays the steps one after another; the rank of a priority says who comes first. */
function check(steps: readonly Step[], rank: (priority: Priority) => number): void {
  const waiting: { item: string; order: [number, number] }[] = []
  let pushes = 0
  for (const { pushed, popped } of steps) {
    for (const { priority, item } of pushed) {
      waiting.push({ item, order: [rank(priority), pushes++] })
    }
    waiting.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1])
    if (popped === undefined) continue
    expect(popped).toBe(waiting.shift()?.item ?? null)
  }
}

describe('in the order of the commits', () => {
  const scopeOf = (kind: string, seed: number): Database<never, unknown, string, string> =>
    db.at(`${kind}/${seed}/`).withValueEncoding(encoders.string)

  test('a queue gives the item that was pushed first', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const queue = new Queue(scopeOf('queue', seed))
      const line: Line = {
        pushIn: (tn, _, item) => queue.pushIn(tn, item),
        popIn: (tn) => queue.popIn(tn),
      }
      const steps = await history(line, seed, [0])
      expect(steps.some(({ popped }) => typeof popped === 'string')).toBe(true)
      check(steps, () => 0)
    }
  })

  test('a priority queue gives the lowest there was, and of equals the first', async () => {
    // Text before all numbers, then each kind of number where its value belongs. Those of a line are equal.
    const sorted: Priority[][] = [
      [''],
      ['a'],
      [-Infinity],
      [-(2n ** 70n), -(2 ** 70)],
      [-1.5],
      [-1, -1n],
      [-0.5],
      [0, -0, 0n],
      [0.5],
      [3],
      [2n ** 70n, 2 ** 70],
      [2n ** 70n + 1n],
      [Infinity],
    ]
    const rank = (priority: Priority) =>
      sorted.findIndex((equal) => equal.some((one) => Object.is(one, priority)))
    for (let seed = 1; seed <= SEEDS; seed++) {
      const line = new PriorityQueue(scopeOf('priority', seed))
      const steps = await history(line, seed, sorted.flat())
      check(steps, rank)
    }
  })
})

describe('a priority queue', () => {
  const queue = new PriorityQueue(db.at('one/').withValueEncoding(encoders.string))

  test('keeps what a transaction took that was not committed', async () => {
    await queue.push(1, 'a')
    const failed = db.doTransaction(async (tn) => {
      expect(await queue.popIn(tn)).toBe('a')
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await queue.peek()).toBe('a')
    expect(await queue.peek()).toBe('a')
    expect(await queue.pop()).toBe('a')
    expect(await queue.pop()).toBeUndefined()
    expect(await queue.peek()).toBeUndefined()
  })

  test('cannot give what the same transaction pushed: its place is not known yet', async () => {
    const run = db.doTransaction(async (tn) => {
      queue.pushIn(tn, 1, 'a')
      return queue.popIn(tn)
    })
    await expect(run).rejects.toMatchObject({ code: 1036 })
    expect(await queue.peek()).toBeUndefined()
  })

  test('takes several in one transaction, each another one', async () => {
    await db.doTransaction((tn) => ['c', 'a', 'b'].forEach((item) => queue.pushIn(tn, item, item)))
    const taken = await db.doTransaction(async (tn) => [
      await queue.popIn(tn),
      await queue.popIn(tn),
      await queue.popIn(tn),
      await queue.popIn(tn),
    ])
    expect(taken).toEqual(['a', 'b', 'c', undefined])
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['NaN', NaN],
    ['a date', new Date(0)],
    ['a tuple', [1]],
  ])('refuses %s as a priority', (_, priority) => {
    expect(() => queue.push(priority as Priority, 'a')).toThrow(TypeError)
    using tn = db.createTransaction()
    expect(() => queue.pushIn(tn, priority as Priority, 'a')).toThrow(/^priority is a number/)
  })
})
