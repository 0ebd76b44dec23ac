/** The whole content of an engine's database, taken and brought back. */
import { loadContent, saveContent } from '../../future/handles/engine-calls.ts'
import { FDBError } from '../../native/errors/errors.ts'
import { engineOf, type AnyDatabase } from './engine-of.ts'

/** What the engine answers to bytes that are no content. */
const NO_CONTENT = 2000

/**
 * Takes all that is in a database of the engine, whatever the scope: its keys, the system's among them, and its
 * tenants with theirs. Commits that were called before are in it.
 *
 * Not in it: versions, watches, ranges that were blobbified, and what belongs to the one database: its metadata version
 * and the numbers of its tenants. The bytes may be kept in a file, and restored by another process.
 *
 * @returns bytes for {@link restore}, about as many as keys and values have. Less than 2 GiB.
 * @throws FDBStateError on a cluster.
 * @example
 * await db.set('fixture', 'ready')
 * const content = await snapshot(db)
 * await db.clear('fixture')
 * await restore(db, content)
 * console.log(String(await db.get('fixture'))) // ready
 */
export async function snapshot(db: AnyDatabase): Promise<Buffer> {
  return await saveContent(engineOf(db, 'snapshot'))
}

/**
 * Makes a database of the engine what it was when the snapshot was taken, of this database or of another one, as one
 * commit: nobody sees a part of it.
 *
 * A transaction that has read before still reads what was there then, and its commit fails with `not_committed` (1020).
 * Watches fire where a value has changed; a tenant that is no more ends them (2142). The metadata version is a new one. A
 * tenant that was removed since is made again under its name; handles that were opened before stay the removed one's.
 *
 * @throws TypeError for bytes that are no snapshot, or not all of it: then nothing was changed. FDBStateError on a cluster.
 * @example
 * const empty = await snapshot(db)
 * await db.set('a', 'b')
 * await restore(db, empty)
 * console.log(await db.get('a')) // undefined
 */
export async function restore(db: AnyDatabase, content: Uint8Array): Promise<void> {
  const handle = engineOf(db, 'restore')
  try {
    await loadContent(handle, content)
  } catch (error) {
    if (!(error instanceof FDBError && error.code === NO_CONTENT)) throw error
    throw new TypeError(
      'content of restore is no snapshot, or not all of one. Nothing was changed.',
      { cause: error },
    )
  }
}
