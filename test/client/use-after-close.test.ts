// Whatever is called after an end, in whatever order: a clear typed error, and nothing is written or lost.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { Worker } from 'node:worker_threads'
import { FDBError, FDBStateError, MutationType } from '../../src/index.ts'
import type { Database, Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'use after close')
afterAll(() => database.close())

type Use<T> = [name: string, use: (target: T) => unknown]

const one = Buffer.of(1)

async function drain(iterable: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iterable);
}

const transactionCalls: Use<Transaction>[] = [
  ['get', (tn) => tn.get('a')],
  ['exists', (tn) => tn.exists('a')],
  ['getKey', (tn) => tn.getKey('a')],
  ['getRange', (tn) => drain(tn.getRange('a', 'b'))],
  ['getRangeBatch', (tn) => drain(tn.getRangeBatch('a', 'b'))],
  ['getRangeStartsWith', (tn) => drain(tn.getRangeStartsWith('a'))],
  ['getRangeBatch of a prefix', (tn) => drain(tn.getRangeBatch('a'))],
  ['getRangeAll', (tn) => tn.getRangeAll('a', 'b')],
  ['getRangeAllStartsWith', (tn) => tn.getRangeAllStartsWith('a')],
  ['getEstimatedRangeSizeBytes', (tn) => tn.locality.getEstimatedSize('a', 'b')],
  ['getRangeSplitPoints', (tn) => tn.locality.getSplitPoints('a', 'b', 1000)],
  ['getAddressesForKey', (tn) => tn.locality.getAddresses('a')],
  ['getBlobGranuleRanges', (tn) => tn.granules.getRanges('a')],
  ['getReadVersion', (tn) => tn.getReadVersion()],
  ['set', (tn) => tn.set('a', 'b')],
  ['clear', (tn) => tn.clear('a')],
  ['clearRange', (tn) => tn.clearRange('a', 'b')],
  ['clearRangeStartsWith', (tn) => tn.clearRangeStartsWith('a')],
  ['atomicOp', (tn) => tn.atomicOp(MutationType.Add, 'a', one)],
  ['setVersionstampSuffixedKey', (tn) => tn.versionstamps.setSuffixedKey('a', 'b')],
  ['setVersionstampPrefixedValue', (tn) => tn.versionstamps.setPrefixedValue('a', 'b')],
  ['addReadConflictKey', (tn) => tn.conflicts.addReadKey('a')],
  ['addWriteConflictRange', (tn) => tn.conflicts.addWriteRange('a', 'b')],
  ['watch', (tn) => tn.watch('a', { throwAllErrors: true }).promise],
  ['commit', (tn) => tn.commit()],
  ['onError', (tn) => tn.onError(1020)],
  ['reset', (tn) => tn.reset()],
  ['cancel', (tn) => tn.cancel()],
  ['getCommittedVersion', (tn) => tn.getCommittedVersion()],
  ['getVersionstamp', (tn) => tn.versionstamps.ofCommit().promise],
  ['getApproximateSize', (tn) => tn.costs.getApproximateSize()],
  ['getTotalCost', (tn) => tn.costs.getTotalCost()],
  ['getTagThrottledDuration', (tn) => tn.costs.getTagThrottledDuration()],
  ['setReadVersion', (tn) => tn.setReadVersion(1n)],
  ['setOption', (tn) => tn.setOption('timeout', 1000)],
  ['snapshot', (tn) => tn.snapshot().get('a')],
  ['a scope', (tn) => tn.at(db.at('x')).set('a', 'b')],
]

/** Those that do not wait for a commit. */
const settlingCalls = transactionCalls.filter(([name]) => !/^(watch|getVersionstamp)$/.test(name))

const databaseCalls: Use<Database>[] = [
  ['get', (d) => d.get('a')],
  ['getKey', (d) => d.getKey('a')],
  ['getRangeAll', (d) => d.getRangeAll('a', 'b')],
  ['set', (d) => d.set('a', 'b')],
  ['clearRange', (d) => d.clearRange('a', 'b')],
  ['add', (d) => d.add('a', one)],
  ['getAndWatch', (d) => d.getAndWatch('a')],
  ['doTransaction', (d) => d.doTransaction((tn) => tn.set('a', 'b'))],
  ['createTransaction', (d) => d.createTransaction()],
  ['openTenant', (d) => d.tenants.open('a')],
  ['createTenant', (d) => d.tenants.create('a')],
  ['deleteTenant', (d) => d.tenants.delete('a')],
  ['listTenants', (d) => d.tenants.list()],
  ['getTenant', (d) => d.tenants.get('a')],
  ['getBoundaryKeys', (d) => drain(d.locality.getBoundaryKeys())],
  ['getClientStatus', (d) => d.admin.getClientStatus()],
  ['getServerProtocol', (d) => d.admin.getServerProtocol()],
  ['getMainThreadBusyness', (d) => d.admin.getMainThreadBusyness()],
  ['rebootWorker', (d) => d.admin.rebootWorker('127.0.0.1:1')],
  ['forceRecoveryWithDataLoss', (d) => d.admin.forceRecoveryWithDataLoss('dc')],
  ['createSnapshot', (d) => d.admin.createSnapshot('0'.repeat(32), 'x')],
  ['blobbifyRange', (d) => d.granules.blobbify('a')],
  ['unblobbifyRange', (d) => d.granules.unblobbify('a')],
  ['listBlobbifiedRanges', (d) => d.granules.list('a')],
  ['verifyBlobRange', (d) => d.granules.verify('a')],
  ['flushBlobRange', (d) => d.granules.flush('a')],
  ['purgeBlobGranules', (d) => d.granules.purge('a')],
  ['waitForPurge', (d) => d.granules.waitForPurge('a')],
  ['setOption', (d) => d.setOption('transaction_timeout', 1)],
  ['a scope', (d) => d.at('scope').get('a')],
]

async function outcome<T>([, use]: Use<T>, target: T): Promise<unknown> {
  try {
    await use(target)
    return undefined
  } catch (error) {
    return error
  }
}

function sequences<T>(calls: Use<T>[]): fc.Arbitrary<Use<T>[]> {
  return fc.array(fc.constantFrom(...calls), { minLength: 1, maxLength: 12 })
}

async function expectRefused<T>(calls: Use<T>[], target: T, what: RegExp): Promise<void> {
  for (const call of calls) {
    const error = await outcome(call, target)
    expect(error, call[0]).toBeInstanceOf(FDBStateError)
    expect((error as Error).message).toMatch(what)
  }
}

describe('after its end', () => {
  test('each call of a transaction says that it is destroyed', async () => {
    const tn = db.createTransaction()
    tn.close()
    expect(tn.closed).toBe(true)
    await expectRefused(transactionCalls, tn, /transaction is destroyed/)
    tn.close()
    tn[Symbol.dispose]()
    await tn[Symbol.asyncDispose]()
  })

  test('each call of a database or a tenant says that it is closed', async () => {
    const closed = openBackend()
    const tenant = closed.tenants.open('nobody')
    const orphan = closed.tenants.open('nobody')
    tenant.close()
    closed.close()
    await expectRefused(databaseCalls, closed, /database is closed/)
    const own = databaseCalls.filter(([name]) =>
      /^(get|getKey|getRangeAll|set|add|doTransaction|createTransaction|.*[bB]lob.*|a scope)$/.test(
        name,
      ),
    )
    await expectRefused(own, tenant, /tenant is closed/)
    await expectRefused([['getId', () => tenant.getId()]], tenant, /tenant is closed/)
    await expectRefused(own, orphan, /database is closed/)
    orphan.close()
    await closed[Symbol.asyncDispose]()
  })

  test('any sequence of calls of a transaction, before and behind it, throws what is typed', async () => {
    await fc.assert(
      fc.asyncProperty(
        sequences(settlingCalls),
        sequences(transactionCalls),
        fc.constantFrom('close', 'cancel', 'loop'),
        async (before, behind, end) => {
          const run = async (tn: Transaction): Promise<void> => {
            for (const call of before) {
              const error = await outcome(call, tn)
              if (error !== undefined) expect(error, call[0]).toBeInstanceOf(FDBError)
            }
          }
          if (end === 'loop') {
            let kept: Transaction | undefined
            const stop = new Error('stop')
            const loop = db.doTransaction(async (tn) => {
              kept = tn
              await run(tn)
              throw stop
            })
            await expect(loop).rejects.toBe(stop)
            return await expectRefused(behind, kept!, /called too late.* attempt 1/)
          }
          using tn = db.createTransaction({ timeout: 5000 })
          await run(tn)
          if (end === 'close') {
            tn.close()
            return await expectRefused(behind, tn, /destroyed/)
          }
          tn.cancel()
          for (const call of behind.filter((each) => settlingCalls.includes(each))) {
            const error = await outcome(call, tn)
            if (error !== undefined) expect(error, call[0]).toBeInstanceOf(FDBError)
          }
        },
      ),
      { numRuns: 60 },
    )
    await db.clearRangeStartsWith('')
  })

  test('any sequence of calls of a closed database writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(sequences(databaseCalls), async (calls) => {
        const closed = openBackend()
        const scope = closed.at('use after close/')
        closed.close()
        await expectRefused(calls, scope, /closed/)
        expect(await db.getRangeAllStartsWith('')).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('what was under way when its transaction was closed fails with 1025', async () => {
    const tn = db.createTransaction()
    const { promise } = tn.watch('key', { throwAllErrors: true })
    tn.close()
    await expect(promise).rejects.toMatchObject({ code: 1025, operation: 'watch' })
  })
})

describe('in another worker', () => {
  test('nothing arrives: databases, tenants, transactions, futures and watches stay', async () => {
    using tn = db.createTransaction()
    const watch = tn.watch('key')
    const future = tn.get('key')
    const worker = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', {
      eval: true,
    })
    using tenant = database.tenants.open('nobody')
    try {
      // A handle says so itself; what holds one in a private field is cloned to an empty object, or not at all.
      interface Holder {
        context: { handle: object }
      }
      for (const handle of [tn, db, tenant]) {
        const { inner } = handle as unknown as { inner?: Holder }
        const holder = inner ?? (handle as unknown as Holder)
        expect(() => worker.postMessage(holder.context.handle)).toThrow(/is pinned to the worker/)
        expect(() => worker.postMessage(handle)).toThrow(/is pinned to the worker/)
      }
      expect(() => worker.postMessage(future)).toThrow(/could not be cloned/)
      expect(() => worker.postMessage(watch)).toThrow(/is pinned to the worker/)
    } finally {
      await worker.terminate()
    }
    watch.cancel()
    await future
  })
})
