// What all commands stand on: their errors, the way to a database, progress.
import { FDBError, open, openEmbedded, type Database } from '../../index.ts'
import { findLibrary } from '../../native/library/library.ts'
import { CommandError } from './errors.ts'

/** Which database a command works on. */
export interface Target {
  /** Undefined for the embedded engine. */
  readonly clusterFile: string | undefined
  /** How long to wait for the first answer, in milliseconds. */
  readonly timeoutMs: number
}

const TIMED_OUT = 1031

/** Opens the database and waits for its first answer; fails with the reason when there is none in time. */
export async function connect({ clusterFile, timeoutMs }: Target): Promise<Database> {
  if (clusterFile === undefined) return openEmbedded()
  // A cluster that was named is meant, whatever FDBKIT_ENGINE says.
  const db = open({ clusterFile, library: findLibrary().path })
  try {
    await db.doTransaction(async (tn) => tn.getReadVersion(), { timeout: timeoutMs })
    return db
  } catch (error) {
    db.close()
    if (!(error instanceof FDBError)) throw error
    if (error.code !== TIMED_OUT) throw new CommandError(`${clusterFile}: ${error.message}`)
    throw new CommandError(
      `no answer from the cluster of ${clusterFile} within ${timeoutMs / 1000} s: ` +
        `\`fdbkit doctor --cluster ${clusterFile}\` looks for the reason (--timeout waits longer)`,
    )
  }
}
