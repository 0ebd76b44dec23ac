/** A database and a transaction on the fake client, on the ring of this worker, for the tests of a file. */
import { afterAll, beforeAll, expect } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { useFakeClient, type FakeClient } from './fake-client.ts'

export interface FakeDatabase {
  readonly fake: FakeClient
  readonly database: DatabaseHandle
  readonly transaction: TransactionHandle
  /** The first letter of the key says how it completes, the rest with what. */
  readonly get: (key: string) => FdbFuture<Buffer | undefined>
}

export function useFakeDatabase(): FakeDatabase {
  const fake = useFakeClient()
  const made = { fake, get: (key: string) => made.transaction.get(Buffer.from(key)) } as {
    -readonly [Part in keyof FakeDatabase]: FakeDatabase[Part]
  }
  beforeAll(() => {
    made.database = DatabaseHandle.open()
    made.transaction = made.database.createTransaction()
  })
  // Before that of the client, which looks for what is left.
  afterAll(async () => {
    made.transaction.destroy()
    made.database.close()
    ringOfWorker().flush()
    await fake.settle()
    expect(ringOfWorker().liveSlots).toBe(0)
    expect(ringOfWorker().liveObjects).toBe(0)
    expect(ringOfWorker().holding).toBe(0)
  })
  return made
}
