/** Tasks that wait for the engine, and what becomes of their native handles. */
import { describe, expect, it } from 'vitest'
import { census } from '../../src/future/owners/census.ts'
import { openEmbedded } from '../../src/index.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { byRef, CancelledError, choose, Runtime, sleep, when } from '../../src/task/index.ts'

const settle = async (enough: () => boolean): Promise<void> => {
  while (!enough()) await new Promise((resolve) => setImmediate(resolve))
}

describe('tasks on the engine', () => {
  it('read and write with generators and async functions, queued and in place', async () => {
    const db = openEmbedded()
    for (const waking of ['queued', 'in place'] as const) {
      const runtime = new Runtime({ waking })
      await db.set('a', '1')
      const sum = await runtime.run(async () =>
        db.doTransaction(async (tn) => {
          const both = runtime.fdbSpawn(function* () {
            const one = yield* tn.get('a')
            const two = yield* tn.get('a')
            return Number(String(one)) + Number(String(two))
          })
          return await both
        }),
      )
      expect(sum).toBe(2)
      runtime.dispose()
    }
    db.close()
  })

  it('a runtime that is disposed of gives every handle back that its tasks made, also those in flight', async () => {
    openEmbedded().close() // the network runs from here on
    const before = census()
    const runtime = new Runtime()
    const transactions: TransactionHandle[] = []
    const handles = [1, 2, 3].map((n) =>
      runtime.fdbSpawn(function* () {
        const database = DatabaseHandle.open({
          connectionString: `scope_${n}:embedded@127.0.0.1:1`,
        })
        const transaction = database.createTransaction()
        transactions.push(transaction)
        const watch = transaction.watch(Buffer.from('never'))
        void transaction.get(Buffer.from('not waited for'))
        yield* transaction.commit()
        yield* watch
      }),
    )
    await settle(() => transactions.length === 3)
    runtime.dispose()
    expect(transactions.every((transaction) => transaction.destroyed)).toBe(true)
    for (const handle of handles) expect(() => handle.result()).toThrow(CancelledError)
    await settle(() => census().handles <= before.handles)
    expect(census()).toEqual(before)
  })

  it('a task that lends a read to a choose can still wait for it later', async () => {
    const db = openEmbedded()
    const runtime = new Runtime()
    await db.set('key', 'value')
    const value = await db.doTransaction(
      async (tn) =>
        await runtime.fdbSpawn(function* () {
          const read = tn.get('key')
          yield* choose(when(sleep(0)), when(byRef(read)))
          return yield* read
        }),
    )
    expect(String(value)).toBe('value')
    runtime.dispose()
    db.close()
  })

  it('virtual time waits for the engine where it must', async () => {
    const db = openEmbedded()
    const environment = new DeterministicEnvironment({ seed: 1 })
    const runtime = new Runtime({ environment })
    await db.set('key', 'value')
    const seen = await db.doTransaction(
      async (tn) =>
        await runtime.run(function* () {
          yield* sleep(60_000)
          const value = yield* tn.get('key')
          yield* sleep(60_000)
          return [String(value), environment.now()]
        }),
    )
    expect(seen).toEqual(['value', 120_000])
    runtime.dispose()
    db.close()
  })
})
