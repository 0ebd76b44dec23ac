/** A database for one test. */
import { openEmbedded, openContext } from '../../client/database/open.ts'
import { Database } from '../../client/database/database.ts'
import type { DatabaseContext } from '../../client/connection/database-context.ts'
import { root } from '../../client/keys/subspace.ts'
import * as tuple from '../../layers/tuple/tuple.ts'
import { hostEnvironment } from '../../native/environment/environment.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { DatabaseOptions } from '../../native/generated/database-options.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { kind } from '../../native/values/kinds.ts'
import { printablePrefix } from '../../native/values/printable.ts'
import { currentBackend } from '../backends/backend.ts'
import { faultNumbers, injectFaults } from '../content/faults.ts'
import type { FaultPreset, FaultRates } from '../content/faults.ts'
import { checkSeed, nextSeed } from '../ground/seeds.ts'
import { record } from './test-records.ts'

/** What a {@link testDatabase} meets, and how it is opened. */
export interface TestDatabaseOptions {
  /** A preset, or a rate for each kind; none unless set. Left out on a real cluster, which has its own. */
  faults?: FaultPreset | FaultRates | undefined
  /** What the faults are drawn from. Default: `FDBKIT_TEST_SEED`, or a new one. */
  seed?: number | undefined
  /** Clock, timers and chance of what the client does. Default: the host's. */
  environment?: Environment | undefined
  /** Database options by name. With faults `transaction_max_retry_delay` is 5 ms unless it says otherwise. */
  database?: DatabaseOptions | undefined
}

const KNOWN = knownOptions<TestDatabaseOptions>('testDatabase', {
  faults: true,
  seed: true,
  environment: true,
  database: true,
})

/** Faults make a test retry all the time; on a cluster it would wait for others, who are not here. */
const SOON_AGAIN: DatabaseOptions = { transaction_max_retry_delay: 5 }

/** A scope of a real cluster that no other test has. */
const SCOPES = 2 ** 48

/**
 * A database of one test: all of a {@link Database}, and where its faults come from. Made by `testDatabase`.
 *
 * @example
 * await using db = testDatabase({ faults: 'slowReads', seed: 7 })
 * console.log(db.seed) // 7
 */
export class TestDatabase extends Database {
  /** What its faults are drawn from; undefined: it meets none. */
  readonly seed: number | undefined

  /** @internal Use `testDatabase`. */
  constructor(context: DatabaseContext, seed: number | undefined, prefix: Buffer) {
    super(context, prefix.length === 0 ? root : root.at(prefix))
    this.seed = seed
  }

  /** Closes it; on a real cluster what it has written is cleared first. */
  override async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return
    try {
      if (this.getPrefix().length > 0) await this.clearRangeStartsWith('')
    } finally {
      this.close()
    }
  }
}

kind(TestDatabase, 'TestDatabase', (db) => printablePrefix(db.getPrefix()))

/**
 * An empty database for one test, gone at the end of its block: on the engine one of its own, in well under a millisecond;
 * under {@link onBothBackends} a scope of the cluster that nobody else uses, which `await using` clears.
 *
 * @throws TypeError for wrong options.
 * @example
 * await using db = testDatabase()
 * await db.set('hello', 'world')
 * console.log(String(await db.get('hello'))) // world
 * @example
 * await using db = testDatabase({ faults: 'everything', seed: 42 })
 * for (let i = 0; i < 10; i++) await db.doTransaction(async (tn) => tn.set('last', `${i}`))
 * console.log(String(await db.get('last'))) // 9
 */
export function testDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  checkOptions(KNOWN, options)
  const { faults, seed, environment = hostEnvironment } = options
  if (faults !== undefined) faultNumbers(faults)
  if (seed !== undefined) checkSeed(seed, 'seed of testDatabase')
  const { clusterFile } = currentBackend()
  if (clusterFile !== undefined) return onCluster(clusterFile, environment, options.database)
  const drawn = faults === undefined ? undefined : { faults, seed: seed ?? nextSeed() }
  const database = drawn === undefined ? {} : SOON_AGAIN
  const opened = openEmbedded({ environment, database: { ...database, ...options.database } })
  if (drawn !== undefined) {
    injectFaults(opened, drawn.faults, drawn.seed)
    record(drawn)
  }
  return new TestDatabase(opened['context'], drawn?.seed, NOWHERE)
}

const NOWHERE = Buffer.alloc(0)

function onCluster(
  clusterFile: string,
  environment: Environment,
  database: DatabaseOptions = {},
): TestDatabase {
  const context = openContext({ clusterFile, environment, database })
  // From the host's chance: a seeded one draws the same for each test.
  const scope = Math.floor(hostEnvironment.random() * SCOPES)
  return new TestDatabase(context, undefined, tuple.pack(['fdbkit test', process.pid, scope]))
}
