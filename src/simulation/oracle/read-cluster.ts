// The oracle: what it reads of the cluster itself, when it checks, and what it tells.
/** Reads the marks and all keys of users, at one version, with handles of its own: no retry loop that is under test. */
import type { DatabaseHandle } from '../../future/handles/database-handle.ts'
import type { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import { FDBError } from '../../native/errors/errors.ts'
import { END, type Row } from './model/reads.ts'
import { MARKS, readMark, type Mark } from './records/mark.ts'
import type { Snapshot } from './replay/replay.ts'

/** Under faults a try may fail, or take longer than a read version lives. */
const MOST_TRIES = 100
/** Bytes of keys and values that are read. */
const MOST_BYTES = 256 * 2 ** 20
/** The code of the streaming mode want_all. */
const WANT_ALL = -2

const INVALID_OPTION = 2007

/**
 * What there is, without marks where the transactions of all clients are in a tenant.
 *
 * @throws FDBError, or Error for more than it takes, when that can't be read.
 */
export async function readCluster(
  open: () => TransactionHandle,
  afterMark: string,
  isInTenant: boolean,
): Promise<Snapshot> {
  return tried(open, (handle) => readOnce(handle, afterMark, isInTenant))
}

/**
 * Whether fdbserver has drawn a tenant for all transactions of a test: they are in it once they have read, unless they have an
 * option before that which no tenant has.
 */
export async function isInDefaultTenant(open: () => TransactionHandle): Promise<boolean> {
  return tried(open, async (handle) => {
    const key = Buffer.from('fdbkit')
    await handle.get(key, true)
    // What is wrong with an option, the client library says to the next call.
    handle.setOption('read_system_keys', true)
    try {
      await handle.get(key, true)
      return false
    } catch (error) {
      if (error instanceof FDBError && error.code === INVALID_OPTION) return true
      throw error
    }
  })
}

async function tried<T>(
  open: () => TransactionHandle,
  body: (handle: TransactionHandle) => Promise<T>,
): Promise<T> {
  const handle = open()
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await body(handle)
      } catch (error) {
        if (!(error instanceof FDBError) || tries === MOST_TRIES) throw error
        await handle.onError(error.code)
      }
    }
  } finally {
    handle.destroy()
  }
}

async function readOnce(
  handle: TransactionHandle,
  afterMark: string,
  isInTenant: boolean,
): Promise<Snapshot> {
  if (!isInTenant) handle.setOption('read_system_keys', true)
  handle.setOption('lock_aware', true)
  const version = Number(await handle.getReadVersion())
  const begin = MARKS.begin + Buffer.from(afterMark, 'hex').toString('latin1')
  const marks: Mark[] = []
  if (!isInTenant) {
    for await (const [key, value] of rowsBetween(handle, `${begin}\0`, MARKS.end)) {
      marks.push(readMark(key, value))
    }
  }
  const rows: Row[] = []
  let bytes = 0
  for await (const [key, value] of rowsBetween(handle, '', END)) {
    bytes += key.length + value.length
    if (bytes > MOST_BYTES) throw new Error('the database has more than the oracle reads')
    rows.push([key.toString('latin1'), value])
  }
  return { version, marks, rows }
}

async function* rowsBetween(
  handle: TransactionHandle,
  begin: string,
  end: string,
): AsyncGenerator<readonly [Buffer, Buffer]> {
  const to = { key: Buffer.from(end, 'latin1'), orEqual: false, offset: 1 }
  let key: Uint8Array = Buffer.from(begin, 'latin1')
  for (let orEqual = false, more = true; more; orEqual = true) {
    const from = { key, orEqual, offset: 1 }
    const batch = await handle.getRange(from, to, { mode: WANT_ALL, snapshot: true })
    yield* batch.results
    more = batch.more && batch.lastKey !== undefined
    key = batch.lastKey ?? key
  }
}

/** Transactions of a database, made as `unrecorded` has it. */
export function opener(
  database: DatabaseHandle,
  unrecorded: <T>(open: () => T) => T,
): () => TransactionHandle {
  return () => unrecorded(() => database.createTransaction())
}
