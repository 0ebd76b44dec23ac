// The whole content of an engine's database, against a model: also what is in tenants, and what goes on meanwhile.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { directory, encoders, type Database } from '../../src/index.ts'
import { Queue } from '../../src/recipes/index.ts'
import { restore, snapshot, testDatabase } from '../../src/testing/index.ts'

const db = testDatabase()
afterAll(() => db.close())

const TENANTS = ['acme', 'bolt']

interface Change {
  readonly tenant: string | undefined
  readonly key: string
  /** Undefined: it is cleared. */
  readonly value: string | undefined
}

const changes = fc.array(
  fc.record<Change>({
    tenant: fc.constantFrom(undefined, ...TENANTS),
    key: fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }),
    value: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
  }),
  { maxLength: 12 },
)

async function apply(to: Database, list: readonly Change[]): Promise<void> {
  for (const { tenant, key, value } of list) {
    if (tenant !== undefined && (await to.tenants.get(tenant)) === undefined) {
      await to.tenants.create(tenant)
    }
    using opened = tenant === undefined ? undefined : to.tenants.open(tenant)
    const place = opened ?? to
    if (value === undefined) await place.clear(key)
    else await place.set(key, value)
  }
}

/** All that is there, for comparison. */
async function contentOf(of: Database): Promise<unknown> {
  const content: Record<string, unknown> = { root: await of.getRangeAllStartsWith('') }
  for (const { name } of await of.tenants.list()) {
    using tenant = of.tenants.open(name)
    content[String(name)] = await tenant.getRangeAllStartsWith('')
  }
  return content
}

describe('a snapshot', () => {
  test('brings back what was there, here and elsewhere, whatever came in between', async () => {
    await fc.assert(
      fc.asyncProperty(changes, changes, async (before, after) => {
        using other = testDatabase()
        await apply(db, before)
        const was = await contentOf(db)
        const content = await snapshot(db)
        await apply(db, after)
        await apply(other, after)
        for (const one of [db, other]) {
          await restore(one, content)
          expect(await contentOf(one)).toEqual(was)
          expect(await snapshot(one)).toEqual(content)
        }
      }),
      { numRuns: 25 },
    )
  })

  test('is bytes that a file can keep, and what is built on keys is in it', async () => {
    using source = testDatabase()
    const users = await directory.createOrOpen(source, ['app', 'users'])
    await source.at(users).set('ada', 'Ada')
    await new Queue(source.at('jobs/', undefined, encoders.string)).push('mail')
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-snapshot-'))
    try {
      writeFileSync(join(folder, 'fixture'), await snapshot(source))
      using copy = testDatabase()
      await restore(copy, readFileSync(join(folder, 'fixture')))
      const found = await directory.open(copy, ['app', 'users'])
      expect(String(await copy.at(found).get('ada'))).toBe('Ada')
      expect(await new Queue(copy.at('jobs/', undefined, encoders.string)).pop()).toBe('mail')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('takes and brings back all of it from any scope', async () => {
    using whole = testDatabase()
    await whole.set('outside', '1')
    const content = await snapshot(whole.at('scope/'))
    await whole.clear('outside')
    await restore(whole.at('other/', encoders.string), content)
    expect(String(await whole.get('outside'))).toBe('1')
  })
})

describe('what goes on while a content comes back', () => {
  test('is a transaction as of its moment, which then conflicts and is run again', async () => {
    using one = testDatabase()
    await one.set('stock', '10')
    const content = await snapshot(one)
    await one.set('stock', '3')
    const seen: string[] = []
    await one.doTransaction(async (tn) => {
      seen.push(String(await tn.get('stock')))
      if (seen.length === 1) await restore(one, content)
      seen.push(String(await tn.get('stock')))
      tn.set('copy', (await tn.get('stock'))!)
    })
    expect(seen).toEqual(['3', '3', '10', '10'])
    expect(String(await one.get('copy'))).toBe('10')
  })

  test('is a watch, which fires where the value is another one', async () => {
    using one = testDatabase()
    await one.set('same', '1')
    const content = await snapshot(one)
    await one.set('changed', '1')
    const same = await one.getAndWatch('same')
    const changed = await one.getAndWatch('changed')
    await restore(one, content)
    expect(await changed.promise).toBe(true)
    const again = one.set('same', '2')
    expect(await same.promise).toBe(true)
    await again
  })

  test('is a tenant, whose handle is no more once it was removed', async () => {
    using one = testDatabase()
    await one.tenants.create('acme')
    const content = await snapshot(one)
    using tenant = one.tenants.open('acme')
    await tenant.set('a', 'b')
    await restore(one, content)
    expect(await tenant.get('a')).toBeUndefined()
    await one.tenants.delete('acme')
    await restore(one, content)
    await expect(tenant.get('a')).rejects.toMatchObject({ code: 2131 })
    using anew = one.tenants.open('acme')
    expect(await anew.get('a')).toBeUndefined()
  })
})

describe('what is no snapshot', () => {
  test('is refused, and nothing is changed', async () => {
    using one = testDatabase()
    await one.set('a', 'now')
    const content = await snapshot(one)
    await one.set('a', 'later')
    const damaged = Buffer.from(content)
    damaged[20]! ^= 1
    for (const bytes of [Buffer.alloc(0), content.subarray(1), content.subarray(0, -1), damaged]) {
      await expect(restore(one, bytes)).rejects.toThrow(/^content of restore is no snapshot/)
    }
    await expect(restore(one, 'text' as never)).rejects.toThrow(/^content is a Uint8Array/)
    expect(String(await one.get('a'))).toBe('later')
  })

  test('is refused of a database that is closed', async () => {
    const closed = testDatabase()
    closed.close()
    await expect(snapshot(closed)).rejects.toThrow(/This database is closed/)
    await expect(restore(closed, Buffer.alloc(9))).rejects.toThrow(/This database is closed/)
  })
})
