import { open, openEmbedded, tuple, type Database } from '../../src/index.ts'
import { backend } from './backends.ts'

let opened = 0

/**
 * A database of this backend, scoped to a prefix that no other test file uses: on a real cluster they
 * share one database. The caller closes it; clear it with `db.clearRangeStartsWith('')`.
 */
export function openTestDatabase(): Database {
  const db =
    backend.clusterFile === undefined ? openEmbedded() : open({ clusterFile: backend.clusterFile })
  const prefix = tuple.pack(['fdbkit-test', process.pid, Date.now(), opened++])
  return db.at(prefix)
}
