/** The client library that completes as its caller says: see native-callbacks/fake/fake_client.cc. */
import { join } from 'node:path'
import koffi from 'koffi'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { startNetwork } from '../../src/native/library/network.ts'

const suffix = process.platform === 'darwin' ? '.dylib' : '.so'

export const fakeLibraryPath = join(packageRoot(), 'build', 'fake', `libfdb_c${suffix}`)

export interface FakeClient {
  futuresAlive(): number
  transactionsAlive(): number
  databasesAlive(): number
  callbacksSet(): number
  mistakes(): number
  releaseHeld(): number
  /**
   * From now on nothing has an answer, as of a cluster that is down; `always`: not even what is cancelled, as if the network
   * thread stood still. Or all has an answer again.
   */
  beSilent(silent: boolean | 'always'): void
  /** Lets go of what is held, until every future is gone. */
  settle(): Promise<void>
}

/** Starts the network of this process on the fake client. */
export function startFakeClient(): FakeClient {
  startNetwork({ library: { path: fakeLibraryPath, source: 'explicit' } })
  const library = koffi.load(fakeLibraryPath)
  const declare = (name: string): (() => number) => library.func(`int ${name}(void)`) as never
  const beSilent = library.func('int fake_be_silent(int)') as (on: number) => number
  const client: FakeClient = {
    futuresAlive: declare('fake_futures_alive'),
    transactionsAlive: declare('fake_transactions_alive'),
    databasesAlive: declare('fake_databases_alive'),
    callbacksSet: declare('fake_callbacks_set'),
    mistakes: declare('fake_mistakes'),
    releaseHeld: declare('fake_release_held'),
    beSilent: (silent) => void beSilent(silent === 'always' ? 2 : silent ? 1 : 0),
    settle: () =>
      turnUntil(() => {
        client.releaseHeld()
        return client.futuresAlive() === 0
      }),
  }
  return client
}

/** Starts it for the tests of a file, which must leave nothing of it behind. */
export function useFakeClient(): FakeClient {
  const fake = {} as FakeClient
  beforeAll(() => void Object.assign(fake, startFakeClient()))
  afterAll(async () => {
    await fake.settle()
    expect(fake.mistakes()).toBe(0)
    expect(fake.transactionsAlive()).toBe(0)
    expect(fake.databasesAlive()).toBe(0)
  })
  return fake
}

/** Lets the event loop turn until `done` says so; the test's own time limit ends it otherwise. */
export async function turnUntil(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}
