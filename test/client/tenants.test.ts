import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { Database, FDBStateError, Transaction, encoders, tuple } from '../../src/index.ts'
import type { FDBError, Tenant, TenantInfo } from '../../src/index.ts'
import { tenantKeys } from '../../src/client/tenants/tenant-management.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
const prefix = `tenants ${process.pid} `
let made = 0
const newName = (): string => prefix + String(made++).padStart(4, '0')

async function removeAll(): Promise<void> {
  for (const { name } of await db.tenants.list({ begin: prefix, end: `${prefix}~` })) {
    using tenant = db.tenants.open(name)
    await tenant.clearRange('', Buffer.of(0xff))
    await db.tenants.delete(name)
  }
}
afterAll(async () => {
  await removeAll()
  db.close()
})

async function withTenant(body: (tenant: Tenant, name: string) => Promise<void>): Promise<void> {
  const name = newName()
  await db.tenants.create(name)
  using tenant = db.tenants.open(name)
  await body(tenant, name)
}

const code = (number: number) => ({ code: number })

describe('the management of tenants', () => {
  test('creates, describes and removes', async () => {
    const name = newName()
    expect(await db.tenants.get(name)).toBeUndefined()
    await db.tenants.create(name)
    const info = await db.tenants.get(name)
    expect(info).toMatchObject({ name: Buffer.from(name), group: undefined })
    expect(info!.prefix).toHaveLength(8)
    expect(info!.prefix.readBigInt64BE()).toBe(info!.id)
    using tenant = db.tenants.open(name)
    expect(await tenant.getId()).toBe(info!.id)
    await db.tenants.delete(name)
    expect(await db.tenants.get(name)).toBeUndefined()
  })

  test('says by codes what cannot be done', async () => {
    const name = newName()
    await expect(db.tenants.delete(name)).rejects.toMatchObject({
      ...code(2131),
      operation: 'deleteTenant',
      key: Buffer.from(name),
    })
    await db.tenants.create(name)
    await expect(db.tenants.create(name)).rejects.toMatchObject(code(2132))
    await expect(db.tenants.create('\xffbad')).resolves.toBeUndefined()
    await db.tenants.delete('\xffbad')
    await expect(db.tenants.create(Buffer.of(0xff, 0x61))).rejects.toMatchObject(code(2134))
    using tenant = db.tenants.open(name)
    await tenant.set('a', 'b')
    await expect(db.tenants.delete(name)).rejects.toMatchObject(code(2133))
    await tenant.clear('a')
    await db.tenants.delete(name)
  })

  test('never gives an id again', async () => {
    const name = newName()
    await db.tenants.create(name)
    const first = (await db.tenants.get(name))!.id
    await db.tenants.delete(name)
    await db.tenants.create(name)
    expect((await db.tenants.get(name))!.id).toBeGreaterThan(first)
  })

  test('lists a range of names, up to a limit', async () => {
    await removeAll()
    const names = [newName(), newName(), newName(), newName()]
    for (const name of [...names].reverse()) await db.tenants.create(name)
    const listed = async (options: Parameters<typeof db.tenants.list>[0]) =>
      (await db.tenants.list(options)).map(({ name }) => name.toString())
    const [first, second, third, fourth] = names as [string, string, string, string]
    const end = `${prefix}~`
    expect(await listed({ begin: prefix, end })).toEqual(names)
    expect(await listed({ begin: prefix, end, limit: 2 })).toEqual([first, second])
    expect(await listed({ begin: second, end: fourth })).toEqual([second, third])
    expect(await listed({ begin: end, end: `${end}~` })).toEqual([])
    expect(await listed({})).toEqual(expect.arrayContaining(names))
    await expect(db.tenants.list({ limit: -1 })).rejects.toThrow(TypeError)
  })

  test('keeps groups and renames', async () => {
    const name = newName()
    await db.tenants.create(name, { group: 'one' })
    expect((await db.tenants.get(name))?.group).toEqual(Buffer.from('one'))
    await db.tenants.configure(name, { group: 'two' })
    expect((await db.tenants.get(name))?.group).toEqual(Buffer.from('two'))
    await db.tenants.configure(name, { group: null })
    expect((await db.tenants.get(name))?.group).toBeUndefined()
    await expect(db.tenants.configure(newName(), { group: 'x' })).rejects.toMatchObject(code(2131))

    using tenant = db.tenants.open(name)
    await tenant.set('a', 'b')
    const renamed = newName()
    await db.tenants.rename(name, renamed)
    expect(await db.tenants.get(name)).toBeUndefined()
    using again = db.tenants.open(renamed)
    expect(await again.get('a')).toEqual(Buffer.from('b'))
    await expect(db.tenants.rename(name, newName())).rejects.toMatchObject(code(2131))
    const other = newName()
    await db.tenants.create(other)
    await expect(db.tenants.rename(renamed, other)).rejects.toMatchObject(code(2132))
    await expect(db.tenants.rename(renamed, renamed)).rejects.toMatchObject({
      ...code(2117),
      operation: 'renameTenant',
      key: Buffer.from(renamed),
      message: expect.stringContaining('renameTenant of '),
    })
    await again.clear('a')
  })

  test('works from a tenant and from a scope as from the database', async () => {
    await withTenant(async (tenant) => {
      const name = newName()
      await tenant.tenants.create(name)
      expect(await db.at('scope').tenants.get(name)).toBeDefined()
      using sibling = tenant.tenants.open(name)
      await sibling.set('a', 'b')
      expect(await tenant.get('a')).toBeUndefined()
      await sibling.clear('a')
    })
  })

  test.each<[string, () => unknown]>([
    ['a number as name', () => db.tenants.create(1 as never)],
    ['no name', () => db.tenants.delete(undefined as never)],
    ['a number as group', () => db.tenants.create('a', { group: 1 as never })],
    ['no group', () => db.tenants.configure('a', {} as never)],
    ['a number as begin', () => db.tenants.list({ begin: 1 as never })],
    ['a name to open', async () => db.tenants.open(null as never)],
  ])('refuses %s', async (_, use) => {
    await expect(use()).rejects.toThrow(TypeError)
  })

  test('knows the special keys of release 7.1, which are others', () => {
    expect(tenantKeys(710).map.toString('latin1')).toBe('\xff\xff/management/tenant_map/')
    expect(tenantKeys(740).map.toString('latin1')).toBe('\xff\xff/management/tenant/map/')
  })
})

describe('a tenant', () => {
  test('is a database of its own', async () => {
    await withTenant(async (one) => {
      await withTenant(async (two) => {
        expect(one).toBeInstanceOf(Database)
        await db.set('tenant test', 'outside')
        await one.set('tenant test', 'one')
        await two.set('tenant test', 'two')
        expect(String(await db.get('tenant test'))).toBe('outside')
        expect(String(await one.get('tenant test'))).toBe('one')
        expect(await two.getRangeAll('', Buffer.of(0xff))).toEqual([
          [Buffer.from('tenant test'), Buffer.from('two')],
        ])
        await two.clearRange('', Buffer.of(0xff))
        expect(String(await one.get('tenant test'))).toBe('one')
        await db.clear('tenant test')
      })
    })
  })

  test('has scopes, encodings and transactions', async () => {
    await withTenant(async (tenant) => {
      const users = tenant.at('users/', encoders.tuple, encoders.json)
      await users.set(['ada', 1], { name: 'Ada' })
      expect(await users.get(['ada', 1])).toEqual({ name: 'Ada' })
      await tenant.doTransaction(async (tn) => {
        tn.at(users).set(['bob'], { name: 'Bob' })
        tn.add('count', Buffer.from([1, 0, 0, 0]))
        expect(await tn.at(users).getRangeAll([])).toHaveLength(2)
        expect(await tn.getKey('users/')).toEqual(
          Buffer.concat([Buffer.from('users/'), tuple.pack(['ada', 1])]),
        )
      })
      expect(await tenant.getRangeAllStartsWith('users/')).toHaveLength(2)
      expect(await tenant.getRoot().get('count')).toEqual(Buffer.from([1, 0, 0, 0]))
      expect((await tenant.locality.getAddresses('a')).length).toBeGreaterThan(0)
    })
  })

  test('conflicts within itself and not with others', async () => {
    await withTenant(async (one) => {
      await withTenant(async (two) => {
        const race = async (other: Database) => {
          using tn = one.createTransaction()
          await tn.get('key')
          tn.set('key', 'mine')
          await other.set('key', 'theirs')
          return await tn.commit().then(
            () => 0,
            (error: unknown) => (error as FDBError).code,
          )
        }
        expect(await race(one)).toBe(1020)
        expect(await race(two)).toBe(0)
        expect(await race(db)).toBe(0)
        await db.clear('key')
      })
    })
  })

  test('watches and stamps', async () => {
    await withTenant(async (tenant) => {
      const watch = await tenant.getAndWatch('key', { keepAlive: true })
      await db.set('key', 'outside')
      await tenant.set('key', 'inside')
      expect(await watch.promise).toBe(true)
      await tenant.versionstamps.setSuffixedKey('log/', 'entry')
      const [[key, value] = []] = await tenant.getRangeAllStartsWith('log/')
      expect(key).toHaveLength(14)
      expect(value).toEqual(Buffer.from('entry'))
      await db.clear('key')
    })
  })

  test('that is not there fails at its first use', async () => {
    using tenant = db.tenants.open(newName())
    await expect(tenant.getId()).rejects.toMatchObject(code(2131))
    await expect(tenant.get('a')).rejects.toMatchObject(code(2131))
    await expect(tenant.set('a', 'b')).rejects.toMatchObject(code(2131))
  })

  test('is looked up when it is opened, once', async () => {
    const name = newName()
    using early = db.tenants.open(name)
    await expect(early.getId()).rejects.toMatchObject(code(2131))
    await db.tenants.create(name)
    await expect(early.getId()).rejects.toMatchObject(code(2131))
    await expect(early.get('a')).rejects.toMatchObject(code(2131))
    using late = db.tenants.open(name)
    expect(await late.get('a')).toBeUndefined()
    const renamed = newName()
    await db.tenants.rename(name, renamed)
    expect(await late.get('a')).toBeUndefined()
    await db.tenants.delete(renamed)
  })

  test('that is not there has what a transaction wrote itself, until it commits', async () => {
    using tenant = db.tenants.open(newName())
    using tn = tenant.createTransaction()
    tn.set('a', 'b')
    expect(await tn.get('a')).toEqual(Buffer.from('b'))
    await expect(tn.commit()).rejects.toMatchObject(code(2131))
  })

  test('that is not there fails a watch, and not the commit behind it', async () => {
    using tenant = db.tenants.open(newName())
    using tn = tenant.createTransaction()
    const watch = tn.watch('a', { keepAlive: true })
    const ended = expect(watch.promise).rejects.toMatchObject(code(2131))
    await tn.commit()
    await ended
  })

  test('that was removed is gone for who has it open', async () => {
    await withTenant(async (tenant, name) => {
      await tenant.set('a', 'b')
      await tenant.clear('a')
      await db.tenants.delete(name)
      await expect(tenant.set('a', 'b')).rejects.toMatchObject(code(2131))
    })
  })

  test('keeps to its own keys', async () => {
    await withTenant(async (tenant) => {
      await expect(tenant.get(Buffer.from('\xff/system', 'latin1'))).rejects.toMatchObject(
        code(2004),
      )
      const run = tenant.doTransaction((tn) => tn.get('a'), { read_system_keys: true })
      await expect(run).rejects.toMatchObject(code(2007))
    })
  })

  test('is closed for all of its scopes, and the database stays open', async () => {
    const name = newName()
    await db.tenants.create(name)
    const tenant = db.tenants.open(name)
    const scope = tenant.at('scope/')
    tenant.close()
    tenant.close()
    expect([tenant.closed, scope.closed, db.closed]).toEqual([true, true, false])
    await expect(scope.get('a')).rejects.toThrow(FDBStateError)
    await expect(tenant.getId()).rejects.toThrow(/tenant is closed/)
    expect(() => tenant.createTransaction()).toThrow(FDBStateError)
    expect(await db.get('tenant test')).toBeUndefined()
    await using other = db.tenants.open(name)
    expect(await other.get('a')).toBeUndefined()
  })
})

describe('the description of a tenant', () => {
  /** What the cluster says of it, in the form of a release. */
  async function readOf(description: object): Promise<TenantInfo | undefined> {
    const read = vi.spyOn(Transaction.prototype, 'get')
    read.mockResolvedValueOnce(Buffer.from(JSON.stringify(description)))
    try {
      return await db.tenants.get('described')
    } finally {
      read.mockRestore()
    }
  }
  const anyBytes = (length: number): fc.Arbitrary<Buffer> =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes))
  const anyGroup = fc.option(fc.uint8Array({ maxLength: 5 }), { nil: undefined })

  test('is read in the form of each release', async () => {
    const anyLock = fc.constantFrom(undefined, 'unlocked', 'locked')
    await fc.assert(
      fc.asyncProperty(
        anyBytes(8),
        anyGroup,
        anyLock,
        fc.boolean(),
        async (prefix, group, lock, isOld) => {
          const inJson = (bytes: Uint8Array): unknown => {
            const base64 = Buffer.from(bytes).toString('base64')
            return isOld ? Buffer.from(bytes).toString('latin1') : { base64, printable: 'not this' }
          }
          const description = {
            // Not the whole of it: a number of JSON has 53 bits.
            id: 7,
            prefix: inJson(prefix),
            ...(group && { tenant_group: inJson(group) }),
            ...(lock && { lock_state: lock }),
          }
          expect(await readOf(description)).toEqual({
            name: Buffer.from('described'),
            id: prefix.readBigInt64BE(),
            prefix,
            group: group && Buffer.from(group),
            lockState: lock,
          })
        },
      ),
      { numRuns: 30 },
    )
    const short = await readOf({ id: 7, prefix: 'short' })
    expect([short?.id, short?.prefix.toString()]).toEqual([7n, 'short'])
  })

  test('has an id and a prefix', async () => {
    for (const damaged of [{}, { id: 1 }, { prefix: 'p' }]) {
      await expect(readOf(damaged)).rejects.toEqual(
        new TypeError('the description of a tenant is an object without id or prefix'),
      )
    }
  })
})
