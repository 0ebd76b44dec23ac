import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { allKeys, encoders, hostEnvironment, keySelector } from '../../src/index.ts'
import type { Database, FDBError, PageOptions } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { openBackend } from './open-backend.ts'
import { anyRead, checkReads } from './model/everyday-reads.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRange('', Buffer.of(0xff))
  db.close()
})

test('all of a scope, a count, pages and several keys are those of a sorted list', async () => {
  await fc.assert(
    fc.asyncProperty(anyRead, (read) => checkReads(db.at('model/'), read)),
    { numRuns: backend.name === 'engine' ? 150 : 10 },
  )
})

test('so they are in a tenant', async () => {
  const name = `reads ${process.pid}`
  await db.tenants.create(name)
  try {
    using tenant = db.tenants.open(name)
    await fc.assert(
      fc.asyncProperty(anyRead, (read) => checkReads(tenant.getRoot(), read)),
      { numRuns: backend.name === 'engine' ? 20 : 5 },
    )
    await tenant.clearRange('', Buffer.of(0xff))
  } finally {
    await db.tenants.delete(name)
  }
})

async function fill(scope: Database, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, i) => String(i).padStart(5, '0'))
  await scope.doOneshot((tn) => keys.forEach((key) => tn.set(key, '')))
  return keys
}

describe('getRange of a database', () => {
  test('goes on in other transactions, and gives each key once while they are written', async () => {
    // Time passes with each key, so every batch has a transaction of its own.
    let now = 0
    using slow = openBackend({ environment: { ...hostEnvironment, now: () => now } })
    const scope = slow.at('slow/')
    await scope.clearAll()
    const keys = await fill(scope, 2500)
    const seen: string[] = []
    for await (const [key] of scope.getRange(allKeys)) {
      seen.push(String(key))
      now += 10
      if (seen.length % 500 === 0) await scope.set(String(key), 'written')
    }
    expect(seen).toEqual(keys)
    expect(await scope.count(allKeys)).toBe(keys.length)
  })

  test('takes selectors for what they mean at first', async () => {
    const scope = db.at('selectors/')
    const keys = await fill(scope, 30)
    const third = keySelector.add(keySelector.firstGreaterOrEqual(keys[0]!), 2)
    const fifthLast = keySelector.add(keySelector.lastLessThan(keys[29]!), -3)
    const seen: string[] = []
    for await (const [key] of scope.getRange(third, fifthLast)) seen.push(String(key))
    expect(seen).toEqual(keys.slice(2, 25))
    expect(await scope.count(third, fifthLast)).toBe(23)
    const behind = keySelector.firstGreaterThan(keys[4]!)
    expect(await scope.count(keys[2]!, behind)).toBe(3)
  })

  test('ends when its loop is left, and with the reason of its signal', async () => {
    const scope = db.at('left/')
    await fill(scope, 10)
    const controller = new AbortController()
    const entries = scope.getRange(allKeys, undefined, { signal: controller.signal })
    for await (const _ of entries) break
    expect(await entries.next()).toEqual({ done: true, value: undefined })
    controller.abort(new Error('enough'))
    const { signal } = controller
    await expect(scope.getRange(allKeys, undefined, { signal }).next()).rejects.toThrow('enough')
    await expect(scope.count(allKeys, undefined, { signal })).rejects.toThrow('enough')
  })

  test.each<[string, () => unknown]>([
    ['a limit below 0', () => db.getRange('', undefined, { limit: -1 })],
    ['an option of another call', () => db.getRange('', undefined, { maxBytes: 1 } as never)],
    ['an end of all keys', () => db.getRange(allKeys, 'z')],
    ['all keys as an end', () => db.getRange('a', allKeys as never)],
    ['a wrong key', () => db.getRange(1 as never)],
  ])('refuses %s at once', (_, call) => {
    expect(call).toThrow(TypeError)
  })
})

describe('all keys of a scope', () => {
  test('are all of them, whatever the key encoding', async () => {
    const scope = db.at('encodings/')
    await scope.at('int/', encoders.int32BE).set(-1, '')
    expect(await scope.at('int/', encoders.int32BE).getRangeAll(allKeys)).toHaveLength(1)
    const tuples = scope.at('tuple/', encoders.tuple)
    await tuples.doOneshot((tn) => {
      tn.set([], '')
      tn.set(['a', 1], '')
    })
    expect((await tuples.getRangeAll(allKeys)).map(([key]) => key)).toEqual([[], ['a', 1]])
    const seen = await tuples.doTransaction(async (tn) => {
      const keys: unknown[] = []
      for await (const [key] of tn.getRange(allKeys, undefined, { reverse: true })) keys.push(key)
      return keys
    })
    expect(seen).toEqual([['a', 1], []])
  })
})

describe('getMany', () => {
  test('reads nothing when a key is wrong', async () => {
    await expect(db.getMany('abc' as never)).rejects.toThrow(/keys must be an array/)
    const reads = await db.doTransaction(async (tn) => {
      await expect(tn.getMany(['a', 1 as never])).rejects.toThrow(/^key must be/)
      await expect(tn.getMany(undefined as never)).rejects.toThrow(TypeError)
      return tn.getMany([])
    })
    expect(reads).toEqual([])
  })

  test('conflicts with a write of each of its keys, unless it is a snapshot read', async () => {
    for (const [isSnapshot, outcome] of [
      [false, 1020],
      [true, undefined],
    ] as const) {
      using tn = db.createTransaction()
      await (isSnapshot ? tn.snapshot() : tn).getMany(['many/a', 'many/b'])
      await db.set('many/b', String(Math.random()))
      tn.set('many/c', '')
      const code = await tn.commit().then(
        () => undefined,
        (error: unknown) => (error as FDBError).code,
      )
      expect(code).toBe(outcome)
    }
  })
})

describe('the cursor of a page', () => {
  const scope = db.at('cursors/')
  const rangeOf = { start: '0', end: '9', limit: 2 }

  async function cursorOf(at: Database, options: PageOptions<string>): Promise<string> {
    const { cursor } = await at.page(options)
    return cursor!
  }

  test('is refused by another scope, range or direction', async () => {
    await fill(scope, 10)
    await fill(db.at('others/'), 10)
    const after = await cursorOf(scope, rangeOf)
    expect((await scope.page({ ...rangeOf, limit: 5, after })).entries).toHaveLength(5)
    expect(
      (await scope.withValueEncoding(encoders.string).page({ ...rangeOf, after })).entries,
    ).toHaveLength(2)
    const others: [Database, PageOptions<string>][] = [
      [db.at('others/'), rangeOf],
      [scope, { ...rangeOf, reverse: true }],
      [scope, { limit: 2 }],
      [scope, { ...rangeOf, end: '8' }],
      [scope, { ...rangeOf, start: '00' }],
      [db.at('cursors'), { start: '/0', end: '/9' }],
    ]
    for (const [at, options] of others) {
      await expect(at.page({ ...options, after })).rejects.toThrow(RangeError)
    }
  })

  test('is refused by another tenant with the same keys', async () => {
    const names = ['a', 'b'].map((name) => `pages ${process.pid} ${name}`)
    for (const name of names) await db.tenants.create(name)
    try {
      using one = db.tenants.open(names[0]!)
      using two = db.tenants.open(names[1]!)
      for (const tenant of [one, two]) await fill(tenant, 3)
      const after = await cursorOf(one, { limit: 1 })
      expect((await one.page({ after })).entries).toHaveLength(2)
      await expect(two.page({ after })).rejects.toThrow(RangeError)
      await expect(db.getRoot().page({ after })).rejects.toThrow(RangeError)
      for (const tenant of [one, two]) await tenant.clearRange('', Buffer.of(0xff))
    } finally {
      for (const name of names) await db.tenants.delete(name)
    }
  })

  test('is refused when a character of it was changed, or when it is none', async () => {
    await fill(scope, 10)
    const after = await cursorOf(scope, rangeOf)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(after.length - 1),
        fc.constantFrom(...'AZaz09-_='),
        async (at, char) => {
          const changed = after.slice(0, at) + char + after.slice(at + 1)
          fc.pre(changed !== after)
          const page = scope.page({ ...rangeOf, after: changed })
          const error = await page.then(
            () => undefined,
            (reason: unknown) => reason,
          )
          expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
        },
      ),
    )
    for (const wrong of ['', 'x', 12, null, Buffer.from(after), `${after}=`]) {
      await expect(scope.page({ after: wrong as never })).rejects.toThrow(TypeError)
    }
  })

  test.each([0, -1, 1.5, 10_001, '5', null])('a page has no limit of %o', async (limit) => {
    await expect(scope.page({ limit: limit as never })).rejects.toThrow(/^limit of a page/)
  })
})
