import { strict as assert } from 'node:assert'
import { FDBError } from '../../../index.ts'
import type {
  Database,
  DatabaseOptionName,
  DatabaseOptions,
  OptionValue,
  Transaction,
} from '../../../index.ts'

/** A watch alone keeps no process running. */
const KEEP_ALIVE = { keepAlive: true }

const TRANSACTION_CANCELLED = 1025
const TRANSACTION_TIMED_OUT = 1031
const NOT_COMMITTED = 1020
const SIZE_LIMIT_EXCEEDED = 2101

/** What the instructions cannot express: options, watches, cancellation, retry limits, timeouts. */
export async function runUnitTests(db: Database, apiVersion: number): Promise<void> {
  setDatabaseOptions(db)
  await setTransactionOptions(db)
  await watchKeys(db)
  await cancelTransactions(db)
  await limitRetries(db)
  await timeOut(db)
  if (apiVersion >= 610) await limitSize(db)
  await locate(db)
}

async function failsWith(code: number, run: () => PromiseLike<unknown>): Promise<void> {
  const failure: unknown = await Promise.resolve(run()).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof FDBError, `error ${code} was due`)
  assert.equal(failure.code, code)
}

function setOptions(db: Database, options: DatabaseOptions): void {
  for (const [name, value] of Object.entries(options)) {
    db.setOption(name as DatabaseOptionName, value as OptionValue)
  }
}

function setDatabaseOptions(db: Database): void {
  setOptions(db, {
    location_cache_size: 100_001,
    max_watches: 100_001,
    datacenter_id: 'dc_id',
    machine_id: 'machine_id',
    transaction_logging_max_field_length: 1000,
    transaction_timeout: 100_000,
    transaction_max_retry_delay: 100,
    transaction_size_limit: 100_000,
    transaction_retry_limit: 10,
  })
  db.setOption('snapshot_ryw_enable')
  db.setOption('snapshot_ryw_disable')
  db.setOption('transaction_causal_read_risky')
  db.setOption('transaction_include_port_in_address')
  setOptions(db, {
    transaction_timeout: 0,
    transaction_retry_limit: -1,
    transaction_size_limit: 10_000_000,
  })
}

async function setTransactionOptions(db: Database): Promise<void> {
  await db.doTransaction(async (tn) => {
    tn.setOption('priority_system_immediate')
    tn.setOption('priority_batch')
    tn.setOption('causal_read_risky')
    tn.setOption('causal_write_risky')
    tn.setOption('read_your_writes_disable')
    tn.setOption('read_system_keys')
    tn.setOption('access_system_keys')
    tn.setOption('transaction_logging_max_field_length', 1000)
    tn.setOption('timeout', 60_000)
    tn.setOption('retry_limit', 50)
    tn.setOption('max_retry_delay', 100)
    tn.setOption('used_during_commit_protection_disable')
    tn.setOption('debug_transaction_identifier', 'my_transaction')
    tn.setOption('log_transaction')
    tn.setOption('read_lock_aware')
    tn.setOption('lock_aware')
    tn.setOption('include_port_in_address')
    await tn.get(Buffer.from([0xff]))
  })
}

/** A watch fires for a change, not for the same value again, and not after it was cancelled. */
async function watchKeys(db: Database): Promise<void> {
  await db.set('w0', '0')
  const same = await db.getAndWatch('w0', KEEP_ALIVE)
  await db.set('w0', '0')
  const changed = await db.getAndWatch('w0', KEEP_ALIVE)
  same.cancel()
  assert.equal(await same.promise, false)
  await db.set('w0', '1')
  assert.equal(await changed.promise, true)
  const unset = await db.clearAndWatch('w0', KEEP_ALIVE)
  await db.set('w0', '2')
  assert.equal(await unset.promise, true)
}

/** After a cancel everything fails, until a reset. */
async function cancelTransactions(db: Database): Promise<void> {
  await inTransaction(db, async (tn) => {
    tn.cancel()
    await failsWith(TRANSACTION_CANCELLED, () => tn.commit())
    await failsWith(TRANSACTION_CANCELLED, () => tn.get('foo'))
    await failsWith(TRANSACTION_CANCELLED, () => tn.onError(NOT_COMMITTED))
    tn.reset()
    await tn.commit()
  })
}

async function limitRetries(db: Database): Promise<void> {
  await inTransaction(db, async (tn) => {
    tn.setOption('retry_limit', 1)
    await tn.onError(NOT_COMMITTED)
    await failsWith(NOT_COMMITTED, () => tn.onError(NOT_COMMITTED))
  })
  await inTransaction(db, async (tn) => {
    tn.setOption('retry_limit', 0)
    await failsWith(NOT_COMMITTED, () => tn.onError(NOT_COMMITTED))
  })
  let attempts = 0
  await failsWith(NOT_COMMITTED, () =>
    db.doTransaction(
      () => {
        attempts++
        throw new FDBError(NOT_COMMITTED)
      },
      { retry_limit: 2 },
    ),
  )
  assert.equal(attempts, 3)
}

async function timeOut(db: Database): Promise<void> {
  await inTransaction(db, async (tn) => {
    tn.setOption('timeout', 1)
    // Retries go on until the clock of the client says that it is over.
    const retry = async (): Promise<void> => {
      for (;;) await tn.onError(NOT_COMMITTED)
    }
    await failsWith(TRANSACTION_TIMED_OUT, retry)
    await failsWith(TRANSACTION_TIMED_OUT, () => tn.get('foo'))
    tn.reset()
    await tn.get('foo')
  })
}

async function limitSize(db: Database): Promise<void> {
  const value = 'a'.repeat(1024)
  await failsWith(SIZE_LIMIT_EXCEEDED, () =>
    db.doTransaction(
      (tn) => {
        for (let i = 0; i < 20; i++) tn.set(`k${i}`, value)
      },
      { size_limit: 10_000 },
    ),
  )
}

async function locate(db: Database): Promise<void> {
  const addresses = await db.locality.getAddresses('key')
  assert.ok(addresses.length > 0, 'no server has the key')
}

async function inTransaction(
  db: Database,
  body: (tn: Transaction) => Promise<void>,
): Promise<void> {
  const tn = db.createTransaction()
  try {
    await body(tn)
  } finally {
    tn[Symbol.dispose]()
  }
}
