// Keys that a client reads to learn about the cluster and about itself. docs/engine.md says which the engine has.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FDBError } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const special = (path: string): Buffer => bytes(`\xff\xff/${path}`)
const TOKEN = special('tracing/token')
const TRANSACTION_ID = special('tracing/transaction_id')

const code = async (work: PromiseLike<unknown>): Promise<number> => {
  try {
    await work
    return 0
  } catch (error) {
    if (error instanceof FDBError) return error.code
    throw error
  }
}
const text = async (tn: Transaction, key: Buffer): Promise<string | undefined> =>
  (await tn.get(key))?.toString('latin1')

function writing(): Transaction {
  const tn = db.createTransaction()
  tn.setOption('special_key_space_enable_writes')
  return tn
}

async function problemOf(tn: Transaction): Promise<object> {
  return JSON.parse(String(await tn.get(special('error_message')))) as object
}

test('the coordinators are what the cluster file says', async () => {
  using tn = db.createTransaction()
  tn.setOption('read_system_keys')
  const connection = await text(tn, special('connection_string'))
  expect(connection).toMatch(/^\w+:\w+@/)
  expect(await text(tn, bytes('\xff/coordinators'))).toBe(connection)
})

describe('what a transaction is called in traces', () => {
  test('stays the same until it is reset', async () => {
    using tn = db.createTransaction()
    const [id, token] = [await text(tn, TRANSACTION_ID), await text(tn, TOKEN)]
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(token).toMatch(/^\d+$/)
    expect([await text(tn, TRANSACTION_ID), await text(tn, TOKEN)]).toEqual([id, token])
    const rows = await tn.getRangeAll(special('tracing/'), special('tracing0'))
    expect(rows.map(([key, value]) => [key, String(value)])).toEqual([
      [TOKEN, token],
      [TRANSACTION_ID, id],
    ])
    tn.reset()
    expect(await text(tn, TRANSACTION_ID)).not.toBe(id)
  })

  test('is set before anything else, and then kept', async () => {
    using tn = writing()
    const id = '0123456789abcdef'.repeat(2)
    tn.set(TRANSACTION_ID, id)
    tn.set(TOKEN, 'false')
    expect([await text(tn, TRANSACTION_ID), await text(tn, TOKEN)]).toEqual([id, '0'])
    tn.set(TOKEN, 'true')
    expect(await text(tn, TOKEN)).not.toBe('0')
    tn.set('special keys', '')
    await tn.commit()
  })

  test.each<[string, (tn: Transaction) => void]>([
    ['another word than true and false', (tn) => tn.set(TOKEN, 'maybe')],
    ['a clear', (tn) => tn.clear(TOKEN)],
    ['a clear of a range', (tn) => tn.clearRange(special('tracing/'), special('tracing0'))],
  ])('fails with 2117 at once for %s', async (_, write) => {
    using tn = writing()
    write(tn)
    expect(await code(tn.get('special keys'))).toBe(2117)
  })

  test('fails the commit with 2117 when it comes after a write', async () => {
    using tn = writing()
    tn.set('special keys', '')
    tn.set(TOKEN, 'true')
    expect(await code(tn.commit())).toBe(2117)
    expect(await problemOf(tn)).toMatchObject({ retriable: false })
  })
})

describe('what the processes of a cluster would say', () => {
  test('of their actors is refused with 2117', async () => {
    using tn = db.createTransaction()
    for (const path of ['actor_lineage/', 'actor_lineage/state', 'actor_lineage/none/1:1']) {
      expect(await code(tn.get(special(path)))).toBe(2117)
      expect(await problemOf(tn)).toMatchObject({ command: 'read actor_lineage' })
    }
    // Reading only: the commit is not in doubt.
    tn.set('special keys', '')
    await tn.commit()
  })

  test('of their health is there in sum', async () => {
    const health = JSON.parse(String(await db.get(special('metrics/health/aggregate')))) as object
    expect(Object.keys(health).sort()).toEqual([
      'batch_limited',
      'limiting_storage_durability_lag',
      'limiting_storage_queue',
      'tps_limit',
      'worst_log_queue',
      'worst_storage_durability_lag',
      'worst_storage_queue',
    ])
    expect(health).toMatchObject({ batch_limited: false })
  })

  test.runIf(backend.name === 'engine')('of themselves is nothing: there are none', async () => {
    using tn = db.createTransaction()
    tn.setOption('read_system_keys')
    const workers = special('worker_interfaces/')
    expect(await tn.getRangeAll(workers, special('worker_interfaces0'))).toEqual([])
    for (const prefix of ['\xff/conf/', '\xff/serverList/'])
      expect(await tn.getRangeAllStartsWith(bytes(prefix))).toEqual([])
    expect(await tn.get(bytes('\xff/init_id'))).toBeUndefined()
  })
})

describe('in a tenant', () => {
  const name = `special keys ${process.pid}`
  beforeAll(() => db.tenants.create(name))
  afterAll(() => db.tenants.delete(name))

  test('the keys of what the transaction did and of the connection are read', async () => {
    using tenant = db.tenants.open(name)
    using tn = tenant.createTransaction()
    expect(await tn.get('a')).toBeUndefined()
    const read = await tn.getRangeAll(
      special('transaction/read_conflict_range/'),
      special('transaction/read_conflict_range/\xff'),
    )
    expect(read.map(([, value]) => String(value))).toEqual(['1', '0'])
    expect(await text(tn, special('connection_string'))).toMatch(/@/)
    expect(await text(tn, special('error_message'))).toBeUndefined()
    await tn.commit()
  })

  test.each(['management/tenant/map/x', 'tracing/token', 'metrics/health/aggregate'])(
    'a read of %s is refused, and the commit not',
    async (path) => {
      using tenant = db.tenants.open(name)
      using tn = tenant.createTransaction()
      expect(await code(tn.get(special(path)))).toBe(2138)
      await tn.commit()
    },
  )

  test('every write is refused', async () => {
    using tenant = db.tenants.open(name)
    for (const write of [
      (tn: Transaction) => tn.set(special('management/tenant/map/x'), ''),
      (tn: Transaction) => tn.clear(special('management/tenant/map/x')),
      (tn: Transaction) => tn.set(TOKEN, 'true'),
    ]) {
      using tn = tenant.createTransaction()
      tn.setOption('special_key_space_enable_writes')
      write(tn)
      expect(await code(tn.commit())).toBe(2138)
    }
  })
})
