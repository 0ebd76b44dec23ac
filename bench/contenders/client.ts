/** A contender of the client: fdbkit or foundationdb, on the engine or a cluster, one row of a process. */
import { openClient } from './client-kind.ts'
import type { BenchClient, BenchDatabase, BenchTransaction } from './client-kind.ts'
import { lanes, type Meter } from './meter.ts'
import { contenderArguments, serve, type RunRound, type Size } from './serve.ts'

const KEYS = 1000
const VALUE = Buffer.alloc(100, 'v')
const ONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
const PER_COMMIT = 5000

/** 20 characters, as in the contender in C. */
const numbered = (prefix: string, number: number): string =>
  `bench/${prefix}/${String(number).padStart(13 - prefix.length, '0')}`

const keys = Array.from({ length: KEYS }, (_, i) => numbered('key', i))
const keyOf = (number: number): string => keys[number % KEYS] as string

/** Prepares the database for a row, and gives what a round of it does. */
type Row = (client: BenchClient, size: Size) => RunRound | Promise<RunRound>

/** In one transaction, which lives as long as the round. */
const inOne =
  (each: (tn: BenchTransaction, meter: Meter) => Promise<void>) =>
  ({ db }: BenchClient): RunRound =>
  (meter) =>
    db.doTransaction((tn) => each(tn.snapshot(), meter))

const rows: Record<string, Row> = {
  'get-in-one': (client, { lanes: count }) =>
    inOne((tn, meter) => lanes(meter, count, (i) => tn.get(keyOf(i))))(client),

  'get-in-own':
    ({ db }, { lanes: count }) =>
    (meter) =>
      lanes(meter, count, (i) => db.get(keyOf(i))),

  'get-many': (client, { size }) =>
    inOne(async (tn, meter) => {
      const some = Array.from({ length: size }, (_, i) => keyOf(i))
      await lanes(meter, 1, () => tn.getMany?.(some) ?? Promise.all(some.map((key) => tn.get(key))))
    })(client),

  'read-version':
    ({ db }, { lanes: count }) =>
    (meter) =>
      lanes(meter, count, () => db.doTransaction(async (tn) => void (await tn.getReadVersion()))),

  'set-commit':
    ({ db }, { lanes: count }) =>
    (meter) =>
      lanes(meter, count, (i) => db.set(keyOf(i), VALUE)),

  'atomic-add':
    ({ db }, { lanes: count }) =>
    (meter) =>
      lanes(meter, count, (i) => db.doTransaction(async (tn) => tn.add(keyOf(i), ONE))),

  'read-modify-write':
    ({ db }, { lanes: count }) =>
    (meter) =>
      lanes(meter, count, (i) => {
        const [one, two] = [keyOf(2 * (i % count)), keyOf(2 * (i % count) + 1)]
        return db.doTransaction(async (tn) => {
          await Promise.all([tn.get(one), tn.get(two)])
          tn.set(one, VALUE)
          tn.set(two, VALUE)
        })
      }),

  range: async (client, { size }) => {
    await fillRows(client, size)
    return readRows(client, size, false)
  },

  'range-iterated': async (client, { size }) => {
    await fillRows(client, size)
    return readRows(client, size, true)
  },

  'range-typed': async ({ db, encoders }, { size }) => {
    const typed = db.at('bench/typed/', encoders.tuple, encoders.json)
    for (let first = 0; first < size; first += PER_COMMIT) {
      await typed.doTransaction(async (tn) => {
        for (let i = first; i < Math.min(size, first + PER_COMMIT); i++) {
          tn.set(['row', i] as never, { name: `row ${i}`, count: i, tags: ['a', 'b'] })
        }
      })
    }
    return (meter) =>
      lanes(meter, 1, () =>
        typed.doTransaction(async (tn) => {
          const all = await tn.snapshot().getRangeAll(['row'], ['rox'])
          if (all.length !== size) throw new Error(`${all.length} rows, not ${size}`)
        }),
      )
  },

  value: async ({ db }, { lanes: count, size }) => {
    const key = numbered('value', size)
    await db.set(key, Buffer.alloc(size, 'v'))
    return (meter) => lanes(meter, count, () => db.get(key))
  },

  'directory-open': async ({ db, directory }) => {
    const path = ['bench', 'directory']
    await directory.createOrOpen(db, path)
    return (meter) => lanes(meter, 1, () => directory.open(db, path))
  },

  watches: ({ db }, { lanes: count }) => {
    const PER_WATCHING = 1000
    let round = 0
    return async (meter) => {
      round++
      const since = meter.now()
      const waiting: Promise<unknown>[] = []
      const some = (from: number): string[] =>
        Array.from({ length: Math.min(PER_WATCHING, count - from) }, (_, i) =>
          numbered('watch', from + i),
        )
      for (let from = 0; from < count; from += PER_WATCHING) {
        const set = await db.doTransaction(async (tn) =>
          some(from).map((key) => tn.watch(Buffer.from(key))),
        )
        for (const { promise } of set) waiting.push(promise.then(() => meter.done(since)))
      }
      for (let from = 0; from < count; from += PER_WATCHING) {
        await db.doTransaction(async (tn) => {
          // On a cluster others have set them before: what is set again to the same fires nothing.
          for (const key of some(from)) tn.set(key, `${process.pid} ${round}`)
        })
      }
      await Promise.all(waiting)
    }
  },

  /** Among so many keys that there are. */
  'get-among': async ({ db }, { size }) => {
    const name = (number: number): string => numbered('among', number)
    for (let first = 0; first < size; first += PER_COMMIT) {
      await db.doTransaction(async (tn) => {
        for (let i = first; i < Math.min(size, first + PER_COMMIT); i++) tn.set(name(i), VALUE)
      })
    }
    // A step that meets all of them, in no order.
    const STEP = 7919
    return (meter) => lanes(meter, 100, (i) => db.get(name((i * STEP) % size)))
  },

  /** What so many open transactions hold, each with a read version. */
  'open-transactions': ({ db }, { size }) => holding(size, () => begun(db)),

  /** What so many watches hold that nobody fires. */
  'open-watches': ({ db }, { size }) =>
    holding(size, (i) => db.doTransaction(async (tn) => [tn.watch(Buffer.from(keyOf(i)))])),

  dropped:
    ({ db }, { size }) =>
    async (meter) => {
      const PER_TRANSACTION = 1000
      for (let made = 0; made < size; made += PER_TRANSACTION) {
        const since = meter.now()
        await db.doTransaction(async (tn) => {
          const snapshot = tn.snapshot()
          for (let i = 0; i < PER_TRANSACTION; i++) void snapshot.get(keyOf(i))
        })
        meter.done(since, PER_TRANSACTION)
      }
    },
}

/** Makes as many, all of which are held at the end of the round. */
function holding(size: number, make: (number: number) => Promise<unknown>): RunRound {
  const held: unknown[] = []
  return async (meter) => {
    const since = meter.now()
    while (held.length < size) held.push(await make(held.length))
    meter.done(since, Math.max(1, size))
  }
}

async function begun(db: BenchDatabase): Promise<unknown> {
  const tn = db.createTransaction?.()
  await tn?.getReadVersion()
  return tn
}

async function fillRows({ db }: BenchClient, count: number): Promise<void> {
  for (let first = 0; first < count; first += PER_COMMIT) {
    await db.doTransaction(async (tn) => {
      for (let i = first; i < Math.min(count, first + PER_COMMIT); i++) {
        tn.set(numbered('row', i), VALUE)
      }
    })
  }
}

/** All rows, each touched once. */
function readRows({ db }: BenchClient, count: number, iterated: boolean): RunRound {
  const [from, to] = [numbered('row', 0), numbered('row', count)]
  const touch = ([key, value]: readonly [unknown, unknown]): number =>
    (key as Buffer)[0]! + (value as Buffer)[0]!
  const check = (rows: number, sum: number): void => {
    if (rows !== count || sum === 0) throw new Error(`${rows} rows, not ${count}`)
  }
  const read = async (tn: BenchTransaction): Promise<void> => {
    let [sum, rows] = [0, 0]
    if (iterated) {
      for await (const row of tn.getRange(from, to)) {
        sum += touch(row)
        rows++
      }
      return check(rows, sum)
    }
    const all = await tn.getRangeAll(from, to)
    for (const row of all) sum += touch(row)
    check(all.length, sum)
  }
  return (meter) => lanes(meter, 1, () => db.doTransaction((tn) => read(tn.snapshot())))
}

const { who, row, size } = contenderArguments()
const prepare = rows[row]
if (prepare === undefined)
  throw new Error(`there is no row ${row}: ${Object.keys(rows).join(', ')}`)
const client = await openClient(who)
await client.db.doTransaction(async (tn) => {
  for (const key of keys) tn.set(key, VALUE)
})
await serve(await prepare(client, size))
client.db.close()
