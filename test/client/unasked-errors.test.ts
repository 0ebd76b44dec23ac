// What a transaction hands out may fail before anybody asks: it waits, and is neither lost nor the end of the process.
import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import {
  DirectoryLayer,
  FDBError,
  HighContentionAllocator,
  encoders,
  versionAtTime,
} from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import {
  Blob,
  IndexedTable,
  Lock,
  PriorityQueue,
  Queue,
  ShardedCounter,
} from '../../src/recipes/index.ts'
import { Draw } from '../task/helpers.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { caught, turn } from './early-ends.ts'
import { emptyScope, openBackend } from './open-backend.ts'
import { watchingProcess } from './process-events.ts'

const database = openBackend()
const db = emptyScope(database, 'unasked')
afterAll(() => database.close())

// Its lease outlasts the tests.
const jobs = new Queue(db.at('jobs/'), { leaseMilliseconds: 3_600_000 })
await jobs.push('a')
const leased = (await jobs.receive())!

const PAST_VERSION = 1007
/** Long before anything: every read fails. */
const failReads = (tn: Transaction): void => tn.setReadVersion(1n)

test('a range that is awaited behind something else is retried, and does not end the process', async () => {
  await watchingProcess(async (seen) => {
    let attempts = 0
    const count = await db.doTransaction(async (tn) => {
      if (++attempts === 1) failReads(tn)
      const rows = tn.getRangeAll('r', 's')
      await tn.get('flag')
      return (await rows).length
    })
    await turn()
    expect([count, attempts, seen.rejections, seen.unasked]).toEqual([0, 2, [], []])
  })
})

describe('all that a transaction hands out waits to be asked:', () => {
  const directories = new DirectoryLayer({
    nodeSubspace: db.getSubspace().at('nodes/'),
    contentSubspace: db.getSubspace().at('contents/'),
  })
  const tuples = db.at('recipes/')
  const table = new IndexedTable(tuples.at('t/').withValueEncoding(encoders.string), {
    length: (value: string) => [[value.length]],
  })
  type Start = (tn: Transaction) => PromiseLike<unknown>
  // The first is tried below; the other reads nothing but the version, which is set here.
  const otherwise = ['guard', 'pushIn']
  const started: Record<string, Start> = {
    getMany: (tn) => tn.getMany(['a']),
    getRangeAll: (tn) => tn.getRangeAll('a', 'b'),
    getRanges: (tn) => tn.getRanges([{ start: 'a' }]),
    getRangeAllStartsWith: (tn) => tn.getRangeAllStartsWith('a'),
    'getRange().next': (tn) => tn.getRange('a', 'b').next(),
    'getRangeBatch().next': (tn) => tn.getRangeBatch('a', 'b').next(),
    'getRange().throw': (tn) => tn.getRange('a', 'b').throw!(new FDBError(PAST_VERSION)),
    'getRangeBatch().throw': (tn) => tn.getRangeBatch('a', 'b').throw(new FDBError(PAST_VERSION)),
    doTransaction: (tn) => tn.doTransaction((part) => part.get('a')),
    'doTransaction of a generator': (tn) =>
      tn.doTransaction(function* (part) {
        yield* part.get('a')
      }),
    getConflicting: (tn) => tn.doTransaction((part) => part.conflicts.getConflicting().then(fails)),
    getRead: (tn) => tn.doTransaction((part) => part.conflicts.getRead().then(fails)),
    getWritten: (tn) => tn.doTransaction((part) => part.conflicts.getWritten().then(fails)),
    read: (tn) => {
      tn.setOption('read_your_writes_disable')
      return tn.granules.read('a', 'b', { loadFile: fails })
    },
    versionAtTime: (tn) => versionAtTime(tn, NaN, 'before'),
    createOrOpen: (tn) => directories.createOrOpen(tn, 'a'),
    open: (tn) => directories.open(tn, 'a'),
    create: (tn) => directories.create(tn, 'a'),
    move: (tn) => directories.move(tn, 'a', 'b'),
    moveTo: (tn) => directories.moveTo(tn, 'a'),
    remove: (tn) => directories.remove(tn, 'a'),
    removeIfExists: (tn) => directories.removeIfExists(tn, 'a'),
    exists: (tn) => directories.exists(tn, 'a'),
    listAll: (tn) => directories.listAll(tn, 'a'),
    'list().next': (tn) => directories.list(tn, 'a').next(),
    allocate: (tn) => new HighContentionAllocator(db.at('allocator/')).allocate(tn),
    'Queue.popIn': (tn) => new Queue(tuples.at('q/')).popIn(tn),
    'QueueMessage.ackIn': (tn) => leased.ackIn(tn),
    'PriorityQueue.popIn': (tn) => new PriorityQueue(tuples.at('p/')).popIn(tn),
    valueIn: (tn) => new ShardedCounter(tuples.at('c/')).valueIn(tn),
    sizeIn: (tn) => new Blob(tuples.at('b/')).sizeIn(tn),
    get: (tn) => table.get(tn, 'a'),
    set: (tn) => table.set(tn, 'a', 'b'),
    clear: (tn) => table.clear(tn, 'a'),
    find: (tn) => table.find(tn, 'length', []),
    ...Object.fromEntries(otherwise.map((name) => [name, async () => undefined])),
  }
  function fails(): never {
    throw new FDBError(PAST_VERSION)
  }

  test.each(Object.keys(started).filter((name) => !otherwise.includes(name)))(
    '%s',
    async (name) => {
      await watchingProcess(async (seen) => {
        const problems: unknown[] = []
        using tn = db.createTransaction()
        failReads(tn)
        const early = started[name]!(tn)
        const never = started[name]!(tn)
        // Until both have failed: they have no answer from outside that comes later than this one.
        await caught(tn.get('behind'))
        for (let i = 0; i < 50; i++) await turn()
        expect(seen.rejections).toEqual([])
        problems.push(await caught(early))
        expect(problems[0]).toBeInstanceOf(Error)
        tn.close()
        // One that reads more than once may fail only now.
        while (seen.unasked.length === 0) await turn()
        expect(seen.rejections).toEqual([])
        expect(seen.unasked).toHaveLength(1)
        expect(String(seen.unasked[0])).toBe(String(await caught(never)))
      })
    },
  )

  test('a guard of a lease', async () => {
    await watchingProcess(async (seen) => {
      const lease = await new Lock(tuples.at('l/'), { leaseMilliseconds: 60_000 }).acquire()
      using tn = db.createTransaction()
      failReads(tn)
      const guard = lease.guard(tn)
      await caught(tn.get('behind'))
      for (let i = 0; i < 50; i++) await turn()
      expect(await caught(guard)).toMatchObject({ code: PAST_VERSION })
      await lease.release()
      expect(seen.rejections).toEqual([])
    })
  })

  test('and those that there are in the sources are tried', () => {
    const source = new URL('../../src/', import.meta.url)
    const tried = Object.keys(started).map((name) => name.replace(/^\w+\.|\(.*| .*/g, ''))
    const untried: string[] = []
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!/^(client\/(transaction|granules)\/trans|layers\/dir|recipes\/).*\.ts$/.test(file))
        continue
      // Parts of these, which only their methods call.
      if (/node-tree|directory-version|transact\.ts|queue-(items|line)|ground.bell/.test(file))
        continue
      const text = readFileSync(new URL(file, source), 'utf8')
      // Methods that take a transaction, or are of one, and return a promise.
      for (const [, name, parameters] of text.matchAll(
        /^ {2}(\w+)(?:<[^>]*>)?\(([^{}()]*(?:\([^()]*\)[^{}()]*)*)\): Promise</gm,
      )) {
        const isOfTransaction = file.startsWith('client/') || /tn:|scope:/.test(parameters!)
        if (isOfTransaction && !tried.includes(name!)) untried.push(`${file}: ${name}`)
      }
      for (const [line] of text.matchAll(/^ {2}async \*?\w+[^]*?\{$/gm)) {
        if (/tn:|scope:/.test(line)) untried.push(`${file}: ${line}`)
      }
    }
    expect(untried).toEqual([])
  })
})

describe('an error that nobody asks for', () => {
  test('fails the attempt when its function returns, and is retried when that may help', async () => {
    await watchingProcess(async (seen) => {
      let attempts = 0
      await db.doTransaction(async (tn) => {
        if (++attempts === 1) failReads(tn)
        tn.set('written', String(attempts))
        void tn.getRangeAll('a', 'b')
        await caught(tn.get('behind'))
        for (let i = 0; i < 50; i++) await turn()
      })
      expect([attempts, seen.rejections]).toEqual([2, []])
      expect(String(await db.get('written'))).toBe('2')
      const failure = new Error('not asked for')
      const run = db.doTransaction(async (tn) => {
        tn.set('written', 'never')
        void tn.doTransaction(() => Promise.reject(failure))
        await turn()
      })
      expect(await caught(run)).toBe(failure)
      expect(String(await db.get('written'))).toBe('2')
      expect([seen.rejections, seen.unasked]).toEqual([[], []])
    })
  })

  test('is a warning when it comes behind an attempt that was applied, and nothing behind one that failed', async () => {
    await watchingProcess(async (seen) => {
      const gates: (() => void)[] = []
      const failures = [new Error('of the first attempt'), new Error('of the second')]
      await db.doTransaction(async (tn, { number }) => {
        const gate = new Promise<void>((resolve) => gates.push(resolve))
        void tn.doTransaction(async () => {
          await gate
          throw failures[number - 1]!
        })
        if (number === 1) throw new FDBError(1020)
      })
      for (const open of gates) open()
      await turn()
      expect([seen.rejections, seen.unasked]).toEqual([[], [failures[1]]])
    })
  })

  test('is what its asker gets, whenever and however they ask, and then is theirs', async () => {
    await watchingProcess(async (seen) => {
      const failure = new Error('asked for')
      await db.doTransaction(async (tn) => {
        const failing = tn.doTransaction(() => Promise.reject(failure))
        expect(failing).toBeInstanceOf(Promise)
        await turn()
        expect(await caught(failing)).toBe(failure)
        expect(await failing.catch((error: unknown) => error)).toBe(failure)
        await expect(failing.finally(() => undefined)).rejects.toBe(failure)
        expect(await Promise.allSettled([failing])).toMatchObject([{ reason: failure }])
        // Whoever asks and does nothing with it is told by Node, as always.
        void failing.then(() => undefined)
        await turn()
        expect(seen.rejections).toEqual([failure])
      })
      expect(seen.unasked).toEqual([])
    })
  })
})

/** What a promise of a random program does, in turns of the event loop from the start of the function. */
interface Planned {
  readonly settlesAt: number
  readonly fails: boolean
  /** Undefined: never. */
  readonly askedAt: number | undefined
}

test('a model of promises that fail, are asked for and are forgotten, in any order', async () => {
  await forSeedsAsync(async (seed) => {
    const draw = new Draw(seed)
    // No two things of different kinds in one turn: which comes first then is not said.
    const endsAt = 3 * draw.below(6) + 2
    const plans = Array.from({ length: 1 + draw.below(5) }, (): Planned => {
      return {
        settlesAt: 3 * draw.below(9),
        fails: draw.chance(0.6),
        askedAt: draw.chance(0.5) ? 3 * draw.below(9) + 1 : undefined,
      }
    })
    const isThrown = draw.chance(0.2)
    await watchingProcess(async (seen) => {
      const failures = plans.map((_, at) => new Error(`promise ${at}`))
      const thrown = new Error('of the function')
      const asked: Promise<void>[] = []
      const run = db.doTransaction(async (tn) => {
        for (const [at, plan] of plans.entries()) {
          const promise = tn.doTransaction(async () => {
            for (let i = 0; i < plan.settlesAt; i++) await turn()
            if (plan.fails) throw failures[at]!
          })
          if (plan.askedAt === undefined) continue
          asked.push(
            (async () => {
              for (let i = 0; i < plan.askedAt!; i++) await turn()
              expect(await caught(promise)).toBe(plan.fails ? failures[at] : undefined)
            })(),
          )
        }
        for (let i = 0; i < endsAt; i++) await turn()
        if (isThrown) throw thrown
      })
      const error = await caught(run)
      for (let i = 0; i < 30; i++) await turn()
      await Promise.all(asked)
      const unasked = plans
        .map((plan, at) => ({ ...plan, error: failures[at], at }))
        .filter(
          ({ fails, askedAt = Infinity, settlesAt }) =>
            fails && askedAt > Math.max(settlesAt, endsAt),
        )
      const early = unasked
        .filter(({ settlesAt }) => settlesAt < endsAt)
        .sort((a, b) => a.settlesAt - b.settlesAt || a.at - b.at)
      const late = unasked.filter(
        ({ settlesAt, askedAt = Infinity }) => settlesAt > endsAt && askedAt > settlesAt,
      )
      if (isThrown) expect(error).toBe(thrown)
      else expect(error).toBe(early[0]?.error)
      // One that is asked for while the commit is under way may be known before the ask, or not.
      const said = error === undefined ? late : []
      const mustBe = said.filter(({ askedAt }) => askedAt === undefined)
      expect(said.map((plan) => plan.error)).toEqual(expect.arrayContaining(seen.unasked))
      expect(seen.unasked).toEqual(expect.arrayContaining(mustBe.map((plan) => plan.error)))
      expect(new Set(seen.unasked).size).toBe(seen.unasked.length)
      expect(seen.rejections).toEqual([])
    })
  })
})
