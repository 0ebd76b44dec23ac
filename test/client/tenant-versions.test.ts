// The map of tenants has versions, as data has: what a read sees of it, and what a commit may decide by it.
import { afterAll, describe, expect, test } from 'vitest'
import { FDBError, tuple } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { Draw } from '../differential/draw.ts'
import { SEED_COUNT } from '../support/seeds.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
const prefix = `tenant versions ${process.pid} `
const MANAGEMENT = '\xff\xff/management/tenant/'
const END = `${prefix}~`

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const mapKey = (name: string): Buffer => bytes(`${MANAGEMENT}map/${name}`)
const renameKey = (name: string): Buffer => bytes(`${MANAGEMENT}rename/${name}`)
const groupKey = (name: string): Buffer =>
  Buffer.concat([bytes(`${MANAGEMENT}configure/`), tuple.pack([name, 'tenant_group'])])

async function removeAll(): Promise<void> {
  for (const { name } of await db.tenants.list({ begin: prefix, end: END })) {
    using tenant = db.tenants.open(name)
    await tenant.clearRange('', Buffer.of(0xff))
    await db.tenants.delete(name)
  }
}
afterAll(async () => {
  await removeAll()
  db.close()
})

const code = async (work: PromiseLike<unknown>): Promise<number> => {
  try {
    await work
    return 0
  } catch (error) {
    if (error instanceof FDBError) return error.code
    throw error
  }
}

const managing = (): Transaction => {
  const tn = db.createTransaction()
  tn.setOption('special_key_space_enable_writes')
  return tn
}

/** Commits what the function writes to the special keys; its version, or the code of the error. */
async function manage(write: (tn: Transaction) => unknown): Promise<{ error: number; at: bigint }> {
  using tn = managing()
  await write(tn)
  const error = await code(tn.commit())
  return { error, at: error === 0 ? tn.getCommittedVersion() : -1n }
}

const create = (...names: string[]) =>
  manage((tn) => names.forEach((name) => tn.set(mapKey(name), '')))
const remove = (name: string) => manage((tn) => tn.clear(mapKey(name)))

let made = 0
const newName = (): string => prefix + String(made++).padStart(4, '0')

/** The names that a read of a version lists, with what is in the description. */
async function listedAt(version: bigint): Promise<string[]> {
  using tn = db.createTransaction()
  tn.setReadVersion(version)
  const rows = await tn.getRangeAll(mapKey(prefix), mapKey(END))
  return rows.map(([key, value]) => {
    const { id, tenant_group: group } = JSON.parse(String(value)) as {
      id: number
      tenant_group?: { printable: string }
    }
    return `${String(key.subarray(mapKey(prefix).length))} ${id} ${group?.printable ?? ''}`
  })
}

describe('a read of a tenant', () => {
  test('sees what was there at its version, and the tenant', async () => {
    const name = newName()
    const before = await db.doTransaction((tn) => tn.getReadVersion())
    await create(name)
    using tenant = db.tenants.open(name)
    await tenant.set('a', 'b')
    const full = await tenant.doTransaction((tn) => tn.getReadVersion())
    await tenant.clear('a')
    const empty = await tenant.doTransaction((tn) => tn.getReadVersion())
    const { at: removed } = await remove(name)

    const getAt = async (version: bigint, whose = tenant): Promise<unknown> => {
      using tn = whose.createTransaction()
      tn.setReadVersion(version)
      const value = await tn.get('a')
      expect(await tn.getRangeAll('', '\xff')).toHaveLength(value === undefined ? 0 : 1)
      return value?.toString()
    }
    expect(await code(getAt(before))).toBe(2131)
    expect(await getAt(full)).toBe('b')
    expect(await getAt(empty)).toBeUndefined()
    expect(await getAt(removed - 1n)).toBeUndefined()
    expect(await code(getAt(removed))).toBe(2131)
    expect(await code(tenant.get('a'))).toBe(2131)

    // The name again is another tenant.
    await create(name)
    using again = db.tenants.open(name)
    expect(await again.get('a')).toBeUndefined()
    expect(await code(getAt(full, again))).toBe(2131)
    expect(await getAt(full)).toBe('b')
  })

  test('has a commit behind it only while the tenant is there', async () => {
    const name = newName()
    await create(name)
    using tenant = db.tenants.open(name)
    using tn = tenant.createTransaction()
    expect(await tn.get('a')).toBeUndefined()
    await remove(name)
    expect(await tn.get('b')).toBeUndefined()
    tn.set('a', 'b')
    expect(await code(tn.commit())).toBe(2131)
  })

  test('ends as a watch with 2142 when the tenant is removed, and with 2131 when it comes after that', async () => {
    const name = newName()
    await create(name)
    using tenant = db.tenants.open(name)
    const active = await tenant.getAndWatch('a', { keepAlive: true })
    using late = tenant.createTransaction()
    const placed = late.watch('a', { keepAlive: true })
    placed.promise.catch(() => undefined)
    await late.get('a')
    await remove(name)
    expect(await code(active.promise)).toBe(2142)
    await late.commit()
    expect(await code(placed.promise)).toBe(2131)
  })
})

describe('a commit of changes', () => {
  test('takes the last write of a key', async () => {
    const name = newName()
    await create(name)
    const { id } = (await db.tenants.get(name))!
    using tenant = db.tenants.open(name)
    await tenant.set('a', 'b')
    const kept = await manage((tn) => {
      tn.clear(mapKey(name))
      tn.set(mapKey(name), '')
    })
    expect(kept.error).toBe(0)
    expect((await db.tenants.get(name))?.id).toBe(id)
    expect(await tenant.get('a')).toEqual(Buffer.from('b'))
    await tenant.clear('a')
    const removed = await manage((tn) => {
      tn.set(mapKey(name), '')
      tn.set(groupKey(name), 'group')
      tn.clear(mapKey(name))
    })
    expect(removed.error).toBe(0)
    expect(await db.tenants.get(name)).toBeUndefined()
  })

  test('clears a range around what it sets', async () => {
    const names = [newName(), newName(), newName()] as const
    await create(...names)
    const { error } = await manage((tn) => {
      tn.clearRange(mapKey(names[0]), mapKey(`${names[2]}\0`))
      tn.set(mapKey(names[1]), '')
    })
    expect(error).toBe(0)
    const found = await db.tenants.list({ begin: names[0], end: END })
    expect(found.map(({ name }) => String(name))).toEqual([names[1]])
  })

  test('is decided by what its reads see, and only while that is so', async () => {
    const [one, two, three] = [newName(), newName(), newName()]
    using late = managing()
    await late.getReadVersion()
    await create(one)
    // It sees no such tenant, so it has nothing to write, and conflicts with nobody.
    late.clear(mapKey(one))
    expect(await code(late.commit())).toBe(0)
    expect(late.getCommittedVersion()).toBe(-1n)
    expect(await db.tenants.get(one)).toBeDefined()

    using writing = managing()
    await writing.getReadVersion()
    await create(three)
    writing.clear(mapKey(three))
    writing.set(newName(), '')
    expect(await code(writing.commit())).toBe(1020)

    using second = managing()
    await second.getReadVersion()
    await create(two)
    second.set(mapKey(newName()), '')
    expect(await code(second.commit())).toBe(1020)

    using tenant = db.tenants.open(one)
    using third = managing()
    await third.getReadVersion()
    await tenant.set('a', 'b')
    third.clear(mapKey(one))
    expect(await code(third.commit())).toBe(1020)
    expect((await remove(one)).error).toBe(2133)
    await tenant.clear('a')
    expect((await remove(one)).error).toBe(0)
  })

  test('of data conflicts when the tenants that were listed changed', async () => {
    const name = newName()
    using tn = db.createTransaction()
    expect(await tn.getRangeAll(mapKey(name), mapKey(`${name}\0`))).toEqual([])
    await create(name)
    tn.set(prefix, 'listed')
    expect(await code(tn.commit())).toBe(1020)
    tn.reset()
    expect(await tn.get(mapKey(newName()))).toBeUndefined()
    await remove(name)
    tn.clear(prefix)
    expect(await code(tn.commit())).toBe(0)
  })

  test.each<[string, (tn: Transaction, a: string, b: string, c: string) => void]>([
    ['a rename to its own name', (tn, a) => tn.set(renameKey(a), a)],
    [
      'a chain of renames',
      (tn, a, b, c) => {
        tn.set(renameKey(a), b)
        tn.set(renameKey(b), c)
      },
    ],
    [
      'two renames to one name',
      (tn, a, b, c) => {
        tn.set(renameKey(a), c)
        tn.set(renameKey(b), c)
      },
    ],
    [
      'a rename of what is removed',
      (tn, a, _, c) => {
        tn.set(renameKey(a), c)
        tn.clear(mapKey(a))
      },
    ],
    [
      'a rename to what is made',
      (tn, a, _, c) => {
        tn.set(renameKey(a), c)
        tn.set(mapKey(c), '')
      },
    ],
    [
      'a rename of what is configured',
      (tn, a, _, c) => {
        tn.set(renameKey(a), c)
        tn.set(groupKey(a), 'group')
      },
    ],
    ['a key of no parameter', (tn) => tn.set(bytes(`${MANAGEMENT}configure/none`), 'group')],
  ])('fails with 2117 for %s', async (_, write) => {
    const [a, b, c] = [newName(), newName(), newName()]
    await create(a, b)
    const version = await db.doTransaction((tn) => tn.getReadVersion())
    const before = await listedAt(version)
    using tn = managing()
    write(tn, a, b, c)
    expect(await code(tn.commit())).toBe(2117)
    const message = JSON.parse(String(await tn.get(bytes('\xff\xff/error_message')))) as object
    expect(message).toMatchObject({ retriable: false })
    expect(await listedAt(await db.doTransaction((other) => other.getReadVersion()))).toEqual(
      before,
    )
  })

  test('may rename several at once', async () => {
    const [a, b, c, d] = [newName(), newName(), newName(), newName()]
    await create(a, b)
    const { error } = await manage((tn) => {
      tn.set(renameKey(a), c)
      tn.set(renameKey(b), d)
    })
    expect(error).toBe(0)
    const found = await db.tenants.list({ begin: a, end: END })
    expect(found.map(({ name }) => String(name))).toEqual([c, d])
  })
})

/** Draws changes, and remembers what the list looked like after each. */
async function remembered(draw: Draw): Promise<[version: bigint, list: string[]][]> {
  const lists: [bigint, string[]][] = []
  const names = Array.from({ length: 4 }, (_, i) => `${prefix}drawn ${i}`)
  for (let step = 0; step < 12; step++) {
    const [name, other] = [draw.pick(names), draw.pick(names)]
    const { at } = await manage((tn) => {
      switch (draw.weighted({ make: 4, remove: 2, rename: 2, group: 2 })) {
        case 'make':
          return tn.set(mapKey(name), '')
        case 'remove':
          return tn.clear(mapKey(name))
        case 'rename':
          return tn.set(renameKey(name), other)
        case 'group':
          return tn.set(groupKey(name), draw.pick(['one', 'two']))
      }
    })
    if (at > 0n) lists.push([at, await listedAt(at)])
  }
  return lists
}

test('a list stays what it was at its version', async () => {
  for (let seed = 1; seed <= Math.min(SEED_COUNT, 100); seed++) {
    await removeAll()
    const lists = await remembered(new Draw(seed))
    for (const [version, list] of lists) {
      expect(await listedAt(version), `seed ${seed}`).toEqual(list)
    }
  }
})
