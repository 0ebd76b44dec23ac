// The handles on the embedded engine: every call, its arguments, and its end.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { census } from '../../src/future/owners/census.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { setFaults } from '../../src/future/handles/engine-calls.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import type { Selector, TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import { MutationType } from '../../src/native/generated/mutation-type.ts'
import { StreamingMode } from '../../src/native/generated/streaming-mode.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'

let database: DatabaseHandle
beforeAll(() => {
  startNetwork({ library: embeddedLibrary() })
  database = DatabaseHandle.open()
})
afterAll(() => {
  database.close()
  ringOfWorker().flush()
  expect(ringOfWorker().liveObjects).toBe(0)
  expect(census().handles).toBe(0)
})

const bytes = (text: string): Buffer => Buffer.from(text)
const from = (text: string): Selector => ({ key: bytes(text), orEqual: false, offset: 1 })

async function withTransaction<T>(run: (transaction: TransactionHandle) => Promise<T>): Promise<T> {
  using transaction = database.createTransaction()
  return await run(transaction)
}

async function write(pairs: Record<string, string>): Promise<void> {
  await withTransaction(async (transaction) => {
    for (const [key, value] of Object.entries(pairs)) transaction.set(bytes(key), bytes(value))
    await transaction.commit()
  })
}

describe('a transaction', () => {
  test('sets, gets, clears', async () => {
    await write({ a1: 'one', a2: 'two', a3: 'three' })
    await withTransaction(async (transaction) => {
      expect(String(await transaction.get(bytes('a1')))).toBe('one')
      expect(await transaction.get(bytes('a0'), true)).toBeUndefined()
      transaction.clear(bytes('a1'))
      transaction.clearRange(bytes('a2'), bytes('a3'))
      expect(await transaction.get(bytes('a1'))).toBeUndefined()
      expect(await transaction.get(bytes('a2'))).toBeUndefined()
      expect(String(await transaction.get(bytes('a3')))).toBe('three')
    })
  })

  test('takes empty keys and values, and any bytes', async () => {
    await withTransaction(async (transaction) => {
      const all = Uint8Array.from({ length: 254 }, (_, i) => i)
      transaction.set(new Uint8Array(0), new Uint8Array(0))
      transaction.set(all, all)
      expect(await transaction.get(new Uint8Array(0))).toEqual(Buffer.alloc(0))
      expect(await transaction.get(all)).toEqual(Buffer.from(all))
    })
  })

  test('reads keys by selector and ranges in both directions', async () => {
    await write({ b1: '1', b2: '2', b3: '3', b4: '4' })
    await withTransaction(async (transaction) => {
      expect(String(await transaction.getKey(bytes('b2'), true, 1))).toBe('b3')
      expect(String(await transaction.getKey(bytes('b2'), false, 0))).toBe('b1')
      const all = await transaction.getRange(from('b1'), from('b5'))
      expect(all.results.map(String)).toEqual(['b1,1', 'b2,2', 'b3,3', 'b4,4'])
      expect(all.more).toBe(false)
      const some = await transaction.getRange(from('b1'), from('b5'), {
        limit: 2,
        reverse: true,
        mode: StreamingMode.Exact,
        snapshot: true,
      })
      expect(some.results.map(String)).toEqual(['b4,4', 'b3,3'])
      expect(some.more).toBe(true)
    })
  })

  test('reads long ranges', async () => {
    const pairs = Array.from({ length: 3000 }, (_, i) => [
      `c${String(i).padStart(5, '0')}`,
      'v'.repeat(i % 100),
    ])
    await write(Object.fromEntries(pairs) as Record<string, string>)
    await withTransaction(async (transaction) => {
      const { results } = await transaction.getRange(from('c'), from('d'), {
        mode: StreamingMode.WantAll,
      })
      const found = results.map(([key, value]) => [String(key), String(value)])
      expect(found).toEqual(pairs.slice(0, found.length))
      expect(found.length).toBeGreaterThan(100)
    })
  })

  test('applies atomic operations', async () => {
    const one = Buffer.alloc(8)
    one.writeBigInt64LE(1n)
    await withTransaction(async (transaction) => {
      transaction.atomicOp(MutationType.Add, bytes('d'), one)
      transaction.atomicOp(MutationType.Add, bytes('d'), one)
      expect((await transaction.get(bytes('d')))?.readBigInt64LE()).toBe(2n)
    })
  })

  test('knows its versions', async () => {
    await withTransaction(async (transaction) => {
      const version = await transaction.getReadVersion()
      expect(version).toBeGreaterThan(0n)
      expect(transaction.getCommittedVersion()).toBe(-1n)
      transaction.set(bytes('e'), bytes(''))
      const stamp = transaction.getVersionstamp()
      await transaction.commit()
      expect(transaction.getCommittedVersion()).toBeGreaterThan(version)
      expect((await stamp).readBigUInt64BE()).toBe(transaction.getCommittedVersion())
      expect(await stamp).toHaveLength(10)
    })
    await withTransaction(async (transaction) => {
      transaction.setReadVersion(1n)
      await expect(transaction.get(bytes('e'))).rejects.toThrow('transaction_too_old')
    })
  })

  test('a versionstamp asked for is there after the transaction is destroyed', async () => {
    const transaction = database.createTransaction()
    transaction.set(bytes('e'), bytes(''))
    const stamp = transaction.getVersionstamp()
    await transaction.commit()
    transaction.destroy()
    expect(await stamp).toHaveLength(10)
  })

  test('conflicts, and onError says whether to retry', async () => {
    await withTransaction(async (loser) => {
      await loser.get(bytes('f'))
      await write({ f: 'other' })
      loser.set(bytes('g'), bytes(''))
      const error: unknown = await loser.commit().catch((problem: unknown) => problem)
      expect((error as FDBError).code).toBe(1020)
      await loser.onError(1020)
      await loser.commit()
      await expect(loser.onError(2000)).rejects.toThrow(FDBError)
    })
  })

  test('adds conflict ranges', async () => {
    await withTransaction(async (loser) => {
      await loser.getReadVersion()
      loser.addConflictRange(bytes('h'), bytes('i'), 0)
      await write({ h: '' })
      loser.set(bytes('j'), bytes(''))
      await expect(loser.commit()).rejects.toThrow('not_committed')
      expect(() => loser.addConflictRange(bytes('b'), bytes('a'), 0)).toThrow('inverted_range')
    })
  })

  test('watches', async () => {
    // In an object: an async function that returns a future awaits it.
    const { watch } = await withTransaction(async (transaction) => {
      const watching = transaction.watch(bytes('k'))
      await transaction.commit()
      return { watch: watching.holdOpen(true) }
    })
    await write({ k: 'changed' })
    await watch
    await withTransaction(async (transaction) => {
      const cancelled = transaction.watch(bytes('k'))
      await transaction.commit()
      cancelled.cancel()
      await expect(cancelled).rejects.toThrow('operation_cancelled')
    })
  })

  test('tells of sizes, splits, addresses and costs', async () => {
    await write(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, 'v'.repeat(1000)])),
    )
    await withTransaction(async (transaction) => {
      const empty = await transaction.getApproximateSize()
      transaction.set(bytes('l'), bytes('value'))
      expect(await transaction.getApproximateSize()).toBeGreaterThan(empty)
      expect(await transaction.getEstimatedRangeSizeBytes(bytes('l'), bytes('m'))).toBeGreaterThan(
        0n,
      )
      const splits = await transaction.getRangeSplitPoints(bytes('l'), bytes('m'), 10_000n)
      expect(splits.map(String).sort()).toEqual(splits.map(String))
      expect(String(splits[0])).toBe('l')
      expect(String(splits.at(-1))).toBe('m')
      expect(await transaction.getAddressesForKey(bytes('l'))).toEqual([
        expect.stringMatching(/^[\d.]+:\d+$/),
      ])
      expect(typeof (await transaction.getTotalCost())).toBe('bigint')
      expect(await transaction.getTagThrottledDuration()).toBe(0)
    })
  })

  test('is reset and cancelled', async () => {
    await withTransaction(async (transaction) => {
      transaction.set(bytes('n'), bytes(''))
      transaction.reset()
      expect(await transaction.get(bytes('n'))).toBeUndefined()
      transaction.cancel()
      await expect(transaction.get(bytes('n'))).rejects.toThrow('transaction_cancelled')
    })
  })

  test('takes options by name and code, and names the one that is refused', async () => {
    await withTransaction(async (transaction) => {
      transaction.setOption('timeout', 60_000)
      transaction.setOption('retryLimit', 3n)
      transaction.setOption('read_your_writes_disable')
      expect(() => transaction.setOption('timeout', 'soon')).toThrow(/transaction option timeout/)
      expect(() => transaction.setOption('nothing')).toThrow(TypeError)
    })
    // A value out of bounds is found on the network thread: it shows at the next operation.
    await withTransaction(async (transaction) => {
      transaction.setOption('timeout', -1)
      await expect(transaction.getReadVersion()).rejects.toThrow('invalid_option_value')
    })
  })

  test('refuses arguments of the wrong type, and names them', async () => {
    await withTransaction(async (transaction) => {
      const before = ringOfWorker().liveSlots
      const wrong: [call: () => unknown, name: RegExp][] = [
        [() => transaction.get('a' as never), /^key must be a Uint8Array, not string/],
        [() => transaction.set(bytes('a'), 1 as never), /^value must be a Uint8Array, not 1/],
        [() => transaction.clear(undefined as never), /^key must/],
        [() => transaction.clearRange(bytes('a'), null as never), /^end must/],
        [() => transaction.atomicOp(1.5, bytes('a'), bytes('b')), /^mutation must be a 32-bit/],
        [() => transaction.setReadVersion(1 as never), /^version must be a bigint/],
        [() => transaction.setReadVersion(1n << 63n), /^version must be a signed 64-bit/],
        [() => transaction.getKey(bytes('a'), true, 2 ** 31), /^offset must/],
        [() => transaction.getRange(bytes('a') as never, from('b')), /^begin\.key must/],
        [() => transaction.getRange(from('a'), from('b'), { limit: 1.5 }), /^limit must/],
        [() => transaction.onError('x' as never), /^code must/],
        [() => transaction.watch({} as never), /^key must/],
      ]
      for (const [call, name] of wrong) {
        expect(call).toThrow(name)
      }
      expect(ringOfWorker().liveSlots).toBe(before)
      expect(await transaction.get(bytes('still works'))).toBeUndefined()
    })
  })

  test('is destroyed once, and refuses every call after that', async () => {
    const transaction = database.createTransaction()
    transaction.destroy()
    expect(transaction.destroyed).toBe(true)
    const a = bytes('a')
    const calls: (() => unknown)[] = [
      () => transaction.destroy(),
      () => transaction.get(a),
      () => transaction.set(a, a),
      () => transaction.commit(),
      () => transaction.getCommittedVersion(),
      () => transaction.setOption('timeout', 1),
      () => transaction.reset(),
      () => transaction.pointer,
    ]
    for (const call of calls) expect(call).toThrow(FDBStateError)
    transaction[Symbol.dispose]()
  })

  test('reads mapped ranges', async () => {
    // Tuples ('i', 1) -> ('r', 7) and ('r', 7) -> 'row', packed by hand.
    const text = (value: string): Buffer => Buffer.from([2, ...Buffer.from(value), 0])
    const integer = (value: number): Buffer => Buffer.from([0x15, value])
    const index = Buffer.concat([text('i'), integer(1), integer(7)])
    const row = Buffer.concat([text('r'), integer(7)])
    await withTransaction(async (transaction) => {
      transaction.set(index, Buffer.alloc(0))
      transaction.set(Buffer.concat([row, integer(1)]), bytes('row'))
      await transaction.commit()
    })
    await withTransaction(async (transaction) => {
      const mapper = Buffer.concat([text('r'), text('{K[2]}'), text('{...}')])
      const begin = { key: Buffer.concat([text('i')]), orEqual: false, offset: 1 }
      const end = {
        key: Buffer.concat([text('i'), Buffer.from([0xff])]),
        orEqual: false,
        offset: 1,
      }
      const found = await transaction.getMappedRange(begin, end, mapper, {
        mode: StreamingMode.WantAll,
      })
      expect(found.more).toBe(false)
      expect(found.results).toHaveLength(1)
      expect(found.results[0]?.key).toEqual(index)
      expect(found.results[0]?.results).toEqual([[Buffer.concat([row, integer(1)]), bytes('row')]])
      expect(Buffer.from(found.results[0]!.begin.key)).toEqual(row)
    })
  })
})

describe('a database', () => {
  test('tells of itself', async () => {
    const status = JSON.parse(String(await database.getClientStatus())) as object
    expect(status).toHaveProperty('Coordinators')
    expect(database.getMainThreadBusyness()).toBeGreaterThanOrEqual(0)
    expect(await database.getServerProtocol()).toBeGreaterThan(0n)
  })

  test('takes options', () => {
    database.setOption('max_watches', 1000)
    expect(() => database.setOption('max_watches', 'many')).toThrow(/database option max_watches /)
    expect(() => database.setOption('max_watches')).toThrow(TypeError)
  })

  test('refuses faults that are no chances of a thousand, and says whose they are', () => {
    const faults = { conflicts: 0, unknownCommits: 0, slowReads: 0, tooOld: 0, overload: 0 }
    for (const name of Object.keys(faults)) {
      for (const wrong of [-1, 1001]) {
        expect(() => setFaults(database, 1, { ...faults, [name]: wrong })).toThrow(
          /^faults of the embedded engine: .*invalid_option_value, 2006/,
        )
      }
      setFaults(database, 1, { ...faults, [name]: 1000 })
    }
    setFaults(database, 1, faults)
  })

  test('is opened by cluster file or connection string, not by both', () => {
    using byString = DatabaseHandle.open({ connectionString: 'some:thing@127.0.0.1:4500' })
    expect(byString.closed).toBe(false)
    expect(() => DatabaseHandle.open({ clusterFile: 'a', connectionString: 'b' })).toThrow(
      TypeError,
    )
    expect(() => DatabaseHandle.open({ clusterFile: 1 as never })).toThrow(/^clusterFile must/)
    expect(() => DatabaseHandle.open({ clusterFile: 'a\0b' })).toThrow(/null character/)
  })

  test('is closed once, and ends its transactions, which stay their owners', async () => {
    const other = DatabaseHandle.open()
    using transaction = other.createTransaction()
    const before = census().handles
    other.close()
    expect(census().handles).toBe(before - 1)
    expect(() => other.close()).toThrow(FDBStateError)
    expect(() => other.createTransaction()).toThrow(FDBStateError)
    other[Symbol.dispose]()
    expect(() => transaction.getReadVersion()).toThrow(/database is closed/)
    transaction.cancel()
    expect(transaction.destroyed).toBe(false)
  })

  test('a transaction that nobody destroyed is destroyed with its object', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const before = ringOfWorker().liveObjects
    const forget = async (): Promise<void> => {
      await database.createTransaction().getReadVersion()
    }
    await forget()
    expect(ringOfWorker().liveObjects).toBe(before + 1)
    while (ringOfWorker().liveObjects > before) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
})
