// Every iterator that the package hands out does what a generator over the same items does.
import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { inParallel } from '../src/cli/demo/part.ts'
import { readLines } from '../src/cli/shell/console/read-lines.ts'
import { EntryIterator } from '../src/client/ranges/entry-iterator.ts'
import { PENDING, suspend } from '../src/future/wakers/waker.ts'
import type { Awaitable } from '../src/future/wakers/waker.ts'
import { DirectoryLayer, encoders, longScan, ReadLimitError, StreamingMode } from '../src/index.ts'
import type { Transaction } from '../src/index.ts'
import { Queue, Topic } from '../src/recipes/index.ts'
import {
  bounded,
  broadcast,
  EndOfStreamError,
  fdbSpawn,
  fromPromise,
  fwdToStream,
  fwdToStreamResult,
  interval,
  LaggedError,
  oneshot,
  PromiseFuture,
  PromiseStream,
  race,
  sleep,
  unbounded,
  yieldNow,
} from '../src/task/index.ts'
import { backend } from './support/backends.ts'
import { openTestDatabase } from './support/database.ts'
import {
  asyncCalls,
  expectAsyncConformance,
  expectSyncConformance,
  syncCalls,
} from './support/iterator-conformance.ts'
import type { AsyncSource, Call } from './support/iterator-conformance.ts'

const RUNS = backend.name === 'engine' ? 60 : 5

const db = openTestDatabase()
const names = Array.from({ length: 9 }, (_, at) => `k${at}`)
const listed = db.at('entries/').withKeyEncoding(encoders.string)
const topic = new Topic(db.at('topic/').withValueEncoding(encoders.string))
/** Of its own: other tests find the database as it was. */
const directories = new DirectoryLayer({
  nodeSubspace: db.getSubspace().at('nodes/'),
  contentSubspace: db.getSubspace().at('contents/'),
})
let filled: Promise<void> | undefined
let queues = 0
/** Of the queue that was made last. */
let pushed: Promise<void> | undefined

async function fill(): Promise<void> {
  await listed.doTransaction((tn) => names.forEach((name) => tn.set(name, name)))
  for (const name of names) await directories.createOrOpen(db, [name])
  for (const name of names) await topic.publish(name)
  await topic.sweep()
}

afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

/** Makes what an iterator gives comparable. */
function mapped<T>(
  iterator: AsyncIterator<T, unknown>,
  see: (value: T) => unknown,
): AsyncIterator<unknown> {
  const seen = (method: 'next' | 'return' | 'throw') => (value: unknown) =>
    (iterator[method] as (value: unknown) => Promise<IteratorResult<T>>)
      .call(iterator, value)
      .then((result) => (result.done === true ? result : { done: false, value: see(result.value) }))
  const facade = { next: seen('next'), return: seen('return'), throw: seen('throw') }
  const isOwn =
    (iterator as unknown as AsyncIterable<T>)[Symbol.asyncIterator]() === (iterator as unknown)
  return Object.assign(facade, { [Symbol.asyncIterator]: () => (isOwn ? facade : undefined) })
}

const keyOf = ([key]: readonly [unknown, unknown]) => String(key)
/** Few entries a batch, so that calls fall between batches. */
const small = { streamingMode: StreamingMode.Exact, limit: 0, targetBytes: 40 }

/** What a source is made of, and what is done with it after the test. */
type Make = (tn: Transaction, items: string[], end: (clean: () => void) => void) => AsyncSource

const stored = (make: (tn: Transaction) => AsyncIterator<unknown>): Make => {
  return (tn) => ({ items: names, iterator: make(tn) })
}

const asyncSources: Record<string, { file: string; make: Make }> = {
  'getRange in small batches': {
    file: 'client/ranges/entry-iterator.ts',
    make: stored((tn) => mapped(tn.at(listed).getRange('', '\xff', small), keyOf)),
  },
  'getRange backwards': {
    file: 'client/ranges/entry-iterator.ts',
    make: (tn) => ({
      items: names.toReversed(),
      iterator: mapped(tn.at(listed).getRange('', '\xff', { reverse: true }), keyOf),
    }),
  },
  'getRange above its limit of bytes': {
    file: 'client/ranges/entry-iterator.ts',
    make: (tn) => ({
      items: [],
      failure: expect.any(ReadLimitError),
      iterator: tn.at(listed).getRange('', '\xff', { maxBytes: 1 }),
    }),
  },
  getRangeStartsWith: {
    file: 'client/ranges/entry-iterator.ts',
    make: stored((tn) => mapped(tn.at(listed).getRangeStartsWith('k'), keyOf)),
  },
  'batches of any size that fail at last': {
    file: 'client/ranges/entry-iterator.ts',
    make: (_, items) => {
      const failure = new Error('the read failed')
      const batches = items.map((item, at) => (at % 3 === 0 ? [] : [item, item]))
      const next = () => {
        const batch = batches.shift()
        return batch === undefined ? Promise.reject(failure) : Promise.resolve(batch)
      }
      const iterator = new EntryIterator({ next })
      return { items: batches.flat(), failure, iterator }
    },
  },
  getRangeBatch: {
    file: 'client/ranges/range-reads.ts',
    make: (tn) => ({
      items: [names.join()],
      iterator: mapped(tn.at(listed).getRangeBatch('', '\xff'), (batch) => batch.map(keyOf).join()),
    }),
  },
  longScan: {
    file: 'client/scans/long-scan.ts',
    make: stored(() =>
      mapped(longScan(listed, '', '\xff', { batchKeys: 1 }), ({ entries }) => keyOf(entries[0]!)),
    ),
  },
  'getRange of a database': {
    file: 'client/scans/scanned-range.ts',
    make: stored(() => mapped(listed.getRange('', '\xff')[Symbol.asyncIterator](), keyOf)),
  },
  getBoundaryKeys: {
    file: 'client/scans/database-locality.ts',
    make: () => ({ items: [], iterator: listed.locality.getBoundaryKeys('a', 'b') }),
  },
  'directory.list': {
    file: 'layers/directory/directory-layer.ts',
    make: stored((tn) => directories.list(tn.at(db.getRoot()))),
  },
  'a topic': {
    file: 'recipes/queues/topic.ts',
    make: (_, __, end) => {
      const ended = new AbortController()
      let taken = 0
      const iterator = mapped(topic.subscribe({ signal: ended.signal }), ({ value }) => {
        if (++taken === names.length) ended.abort()
        return value
      })
      end(() => ended.abort())
      return { items: names, iterator }
    },
  },
  'a queue': {
    file: 'recipes/queues/queue.ts',
    make: (_, items, end) => {
      const ended = new AbortController()
      const queue = new Queue(db.at(`queue/${queues++}/`).withValueEncoding(encoders.string))
      // What waits for them may begin before they are there.
      pushed = queue.pushAll(items)
      let taken = 0
      const seen = (value: string): string => {
        if (++taken === items.length) ended.abort()
        return value
      }
      if (items.length === 0) ended.abort()
      end(() => ended.abort())
      return { items, iterator: mapped(queue.values({ signal: ended.signal }), seen) }
    },
  },
  'a bounded channel': {
    file: 'task/channels/value-receiver.ts',
    make: (_, items) => {
      const [sender, receiver] = bounded<string>(100)
      for (const item of items) sender.trySend(item)
      sender.drop()
      return { items, iterator: receiver[Symbol.asyncIterator]() }
    },
  },
  'an unbounded channel': {
    file: 'task/channels/value-receiver.ts',
    make: (_, items) => {
      const [sender, receiver] = unbounded<string>()
      for (const item of items) sender.send(item)
      sender.drop()
      return { items, iterator: receiver[Symbol.asyncIterator]() }
    },
  },
  'a broadcast': {
    file: 'task/channels/value-receiver.ts',
    make: (_, items) => {
      const sender = broadcast<string>(100)
      const receiver = sender.subscribe()
      for (const item of items) sender.send(item)
      sender.drop()
      return { items, iterator: receiver[Symbol.asyncIterator]() }
    },
  },
  'a broadcast that missed some': {
    file: 'task/channels/value-receiver.ts',
    make: () => {
      const sender = broadcast<string>(1)
      const receiver = sender.subscribe()
      for (const name of names) sender.send(name)
      sender.drop()
      return {
        items: [],
        failure: expect.any(LaggedError),
        iterator: receiver[Symbol.asyncIterator](),
      }
    },
  },
  'a stream': {
    file: 'task/flow/promise-stream.ts',
    make: (_, items) => {
      const stream = new PromiseStream<string>()
      for (const item of items) stream.send(item)
      stream.sendError()
      return { items, iterator: stream.getFuture()[Symbol.asyncIterator]() }
    },
  },
  'a stream that breaks': {
    file: 'task/flow/promise-stream.ts',
    make: (_, items) => {
      const stream = new PromiseStream<string>()
      const failure = new Error('it broke')
      for (const item of items) stream.send(item)
      stream.sendError(failure)
      return { items, failure, iterator: stream.getFuture()[Symbol.asyncIterator]() }
    },
  },
  'a stream that a Fwd feeds': {
    file: 'task/channels/value-receiver.ts',
    make: (_, items) => {
      const { fwd, stream } = fwdToStream<string>()
      for (const value of items) fwd.fwd({ value })
      fwd.fwd(undefined)
      fwd.drop()
      return { items, iterator: stream[Symbol.asyncIterator]() }
    },
  },
  'an interval': {
    file: 'task/time/interval.ts',
    // No sequence of calls takes as many.
    make: () => ({
      items: Array.from({ length: 100 }, () => 'tick'),
      iterator: mapped(interval(0.01)[Symbol.asyncIterator](), () => 'tick'),
    }),
  },
  'the lines of a stream': {
    file: 'cli/shell/console/read-lines.ts',
    make: (_, items) => ({
      items,
      iterator: readLines(Readable.from(items.map((item) => Buffer.from(`${item}\n`)))),
    }),
  },
}

/** Nobody outside gets these: they are gone through to their end, or until a `for await` leaves them. */
const INTERNAL = [
  'cli/shell/handlers/read-commands.ts',
  'layers/directory/node-tree.ts',
  'simulation/oracle/read-cluster.ts',
  'simulation/world/simulated-timers.ts',
  'testing/stack-tester/machine/instructions.ts',
]

describe('an async iterator conforms', () => {
  test.each(Object.keys(asyncSources))('%s', async (name) => {
    await (filled ??= fill())
    await fc.assert(
      fc.asyncProperty(
        asyncCalls,
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b') })),
        async (calls, items) => {
          using tn = db.createTransaction()
          const cleanUps: (() => void)[] = []
          const source = asyncSources[name]!.make(tn, items, (clean) => cleanUps.push(clean))
          try {
            await expectAsyncConformance(source, calls)
          } finally {
            for (const clean of cleanUps) clean()
            await pushed
          }
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('and all that there are in the sources are tried', () => {
    const source = new URL('../src/', import.meta.url)
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    const handsOut = /async (?:function)?\*|\[Symbol\.asyncIterator\]\(\)/
    const found = files.filter(
      (file) => file.endsWith('.ts') && handsOut.test(readFileSync(new URL(file, source), 'utf8')),
    )
    const tried = Object.values(asyncSources).map(({ file }) => file)
    expect(found.toSorted()).toEqual([...new Set([...tried, ...INTERNAL])].toSorted())
  })
})

interface Own extends Awaitable<unknown> {
  readonly given: number
}
const own = (): Own => {
  let given = 0
  return {
    get given() {
      return given
    },
    poll: () => PENDING,
    unregister: () => void given++,
    [Symbol.iterator]() {
      return suspend(this)
    },
  }
}
function* once<T>(pollable: unknown): Generator<unknown, T, T> {
  return yield pollable
}

const waits: [string, (tn: Transaction) => Iterable<unknown>][] = [
  ['a read', (tn) => tn.get('k')],
  ['a watch', (tn) => tn.watch('k')],
  ['a sleep', () => sleep(1)],
  ['a race', () => race([sleep(1)])],
  ['a promise', () => fromPromise(Promise.resolve(1))],
  ['a receiver', () => bounded<number>(1)[1]],
  ['a broadcast', () => broadcast<number>(1).subscribe()],
  ['a stream', () => new PromiseStream<number>().getFuture()],
  ['a stream that a Fwd feeds', () => fwdToStream<number>().stream],
  ['such a stream with failures', () => fwdToStreamResult<number>().stream],
  ['a future of Flow', () => new PromiseFuture<number>().future],
  ['an end of a oneshot', () => oneshot<number>()[1]],
  ['a handle of a task', () => fdbSpawn(sleep(1))],
  ['a turn', () => yieldNow()],
  ['an object of its own', () => own()],
]

describe('what a task waits for conforms', () => {
  test("an object of one's own, which is given up once when its iterator ends early", () => {
    fc.assert(
      fc.property(syncCalls, (calls) => {
        const pollable = own()
        expectSyncConformance(pollable[Symbol.iterator](), once(pollable), calls)
        // It was handed out by the first call, and the second one did not answer it.
        const [first, second] = [...calls, { method: 'return' } as Call]
        const isEndedEarly = first?.method === 'next' && second?.method !== 'next'
        expect(pollable.given).toBe(isEndedEarly ? 1 : 0)
      }),
    )
  })

  test.each(waits)('%s', (_, make) => {
    fc.assert(
      fc.property(syncCalls, (calls) => {
        using tn = db.createTransaction()
        const waited = make(tn)
        const handed = expect.objectContaining({}) as unknown
        expectSyncConformance(waited[Symbol.iterator](), once(handed), calls)
        // A read is given up with the last who waited for it: then there is nothing to cancel.
        const { released, cancel } = waited as { released?: boolean; cancel?: () => void }
        if (released !== true) cancel?.call(waited)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('what only `yield*` may go through', () => {
  const uses: Record<string, (waited: Iterable<unknown>) => unknown> = {
    'for...of': (waited) => {
      for (const _ of waited) return
    },
    spread: (waited) => [...waited],
    'an array pattern': (waited) => {
      const [first] = waited
      return first
    },
    'Array.from': (waited) => Array.from(waited),
    'new Set': (waited) => new Set(waited),
    'a generator of no task': (waited) => [
      ...(function* () {
        yield* [...waited]
      })(),
    ],
  }
  const rejecting: Record<string, (waited: Iterable<unknown>) => Promise<unknown>> = {
    'Promise.all': (waited) => Promise.all(waited),
    'for await': async (waited) => {
      // eslint-disable-next-line @typescript-eslint/await-thenable -- that is what is tried
      for await (const _ of waited) return
    },
  }
  const made = (use: (waited: Iterable<unknown>) => unknown, isForStreams = true) => {
    using tn = db.createTransaction()
    return waits.flatMap(([name, make]) => {
      const waited = make(tn)
      // A stream is one for `for await`.
      if (!isForStreams && Symbol.asyncIterator in waited) return []
      try {
        return { name, result: use(waited) }
      } catch (error) {
        return { name, error }
      } finally {
        if ('cancel' in waited) (waited as { cancel(): void }).cancel()
      }
    })
  }

  test.each(Object.keys(uses))('is refused by %s', (name) => {
    for (const { name: what, error } of made(uses[name]!)) {
      expect([what, error]).toEqual([what, expect.any(TypeError)])
      expect(String(error)).toContain('yield*')
    }
  })

  test.each(Object.keys(rejecting))('is refused by %s', async (name) => {
    for (const { name: what, result } of made(rejecting[name]!, name !== 'for await')) {
      await expect(result, what).rejects.toThrow(/yield\*/)
    }
  })
})

describe('an iterator that is left', () => {
  test('is over: the second loop over a range gets nothing', async () => {
    await (filled ??= fill())
    await db.doTransaction(async (tn) => {
      const range = tn.at(listed).getRange('', '\xff', small)
      const seen: string[] = []
      for await (const [key] of range) {
        seen.push(key)
        if (seen.length === 2) break
      }
      for await (const [key] of range) seen.push(key)
      expect(seen).toEqual(names.slice(0, 2))
    })
  })

  test.each(['return', 'throw'] as const)(
    'gives its receiver up, also by %s before the first value',
    async (method) => {
      const [sender, receiver] = bounded<number>(1)
      const broadcaster = broadcast<number>(1)
      const subscriber = broadcaster.subscribe()
      for (const values of [receiver[Symbol.asyncIterator](), subscriber[Symbol.asyncIterator]()]) {
        await Promise.allSettled([values[method](undefined)])
        expect(await values.next()).toEqual({ done: true, value: undefined })
      }
      expect([sender.isClosed, broadcaster.receivers]).toEqual([true, 0])
    },
  )

  test('does not take an error that is thrown into it for the end of its stream', async () => {
    const stream = new PromiseStream<number>()
    stream.send(1)
    const values = stream.getFuture()[Symbol.asyncIterator]()
    await values.next()
    const thrown = new EndOfStreamError('not of the stream')
    await expect(values.throw(thrown)).rejects.toBe(thrown)
  })

  test('is closed by the first of several workers that fails', async () => {
    let closed = 0
    function* numbers(): Generator<number> {
      try {
        for (let number = 0; ; number++) yield number
      } finally {
        closed++
      }
    }
    const worked: number[] = []
    const work = async (number: number): Promise<void> => {
      await Promise.resolve()
      if (number === 10) throw new Error('ten')
      worked.push(number)
    }
    await expect(inParallel(numbers(), 3, work)).rejects.toThrow('ten')
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).toBe(1)
    expect(worked.length).toBeLessThan(13)
  })

  test('says so when nobody takes its error', async () => {
    const seen: unknown[] = []
    const listen = (reason: unknown): void => void seen.push(reason)
    const others = process.rawListeners('unhandledRejection') as (() => void)[]
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', listen)
    try {
      const failure = new Error('the read failed')
      void new EntryIterator({ next: () => Promise.reject(failure) }).next()
      await new Promise((resolve) => setImmediate(resolve))
      expect(seen).toEqual([failure])
    } finally {
      process.off('unhandledRejection', listen)
      for (const other of others) process.on('unhandledRejection', other)
    }
  })
})
