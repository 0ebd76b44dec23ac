import type { Database } from '../../client/database/database.ts'
import { checkDatabase } from '../../client/keys/given-scope.ts'
import { assertEngine } from '../../future/handles/engine-calls.ts'
import type { DatabaseHandle } from '../../future/handles/database-handle.ts'

/** A database of any scope: what is done concerns all that is in it. */
export type AnyDatabase = Database<never, unknown, never, unknown>

/**
 * The handle of a database of the engine.
 *
 * @throws TypeError for what is no database; FDBStateError on a cluster.
 */
export function engineOf(db: AnyDatabase, call: string): DatabaseHandle {
  checkDatabase(db, `db of ${call}`)
  assertEngine(call)
  return db['context'].whole.handle
}
