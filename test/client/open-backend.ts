import { open, openEmbedded } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import { backend } from '../support/backends.ts'

/** The database that this run of the tests is about. On the engine: a new one for each file. */
export function openBackend(): Database {
  return backend.clusterFile === undefined
    ? openEmbedded()
    : open({ clusterFile: backend.clusterFile })
}
